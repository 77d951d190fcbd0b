"""/docs and /redoc without the internet, in a real browser."""

import json

from playwright.sync_api import expect

from tests.browser.conftest import Tab


def test_docs_try_out_a_recommendation(tab: Tab) -> None:
    page = tab.open("/docs")
    operation = page.locator("#operations-recommendations-recommend")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    expect(answer.locator(".response-col_status").last).to_contain_text("200")
    body = json.loads(answer.locator(".highlight-code code").first.inner_text())
    assert body["count"] == 10
    assert body["recommendations"][0]["title"]
    assert tab.outside_requests == []
    assert tab.problems == []


def test_docs_try_out_a_film_page(tab: Tab) -> None:
    page = tab.open("/docs")
    operation = page.locator("#operations-films-getSimilarMovies")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    assert tab.outside_requests == []
    assert tab.problems == []


def test_docs_show_every_tag(tab: Tab) -> None:
    page = tab.open("/docs")
    for tag in ("recommendations", "films", "catalogue", "system"):
        expect(page.locator(f"#operations-tag-{tag}")).to_be_visible()


def test_redoc_shows_every_operation_and_searches(tab: Tab) -> None:
    page = tab.open("/redoc")
    for summary in ("Films like a synopsis", "Films for a taste", "Genres", "What is in use"):
        expect(page.get_by_role("heading", name=summary)).to_be_visible()
    page.get_by_role("textbox").first.fill("taste")
    expect(page.locator('[data-role="search:results"]')).to_contain_text("Films for a taste")
    assert tab.outside_requests == []
    assert tab.problems == []
