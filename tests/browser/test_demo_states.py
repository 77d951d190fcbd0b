"""States of /demo without an answer, or without a good one."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.api_stub import READING, SEARCH, answer, give
from tests.browser.conftest import Tab
from tests.browser.demo_page import cards, open_filters, search, titles
from tests.running_server import running_server


def test_films_that_are_not_close_are_said_to_be_so(tab: Tab) -> None:
    page = tab.open("/demo")
    give(page, SEARCH, answer(3, has_close_match=False))
    search(page)
    expect(page.locator("#far")).to_contain_text("Nothing here is a close match.")
    assert titles(page)


def test_a_request_without_a_text_has_nothing_to_be_close_to(tab: Tab) -> None:
    page = tab.open("/demo")
    give(page, SEARCH, answer(3, has_close_match=False, understood={**READING, "text": ""}))
    search(page)
    assert titles(page)
    expect(page.locator("#far")).to_be_hidden()


def test_warnings_are_shown(tab: Tab) -> None:
    page = tab.open("/demo")
    give(page, SEARCH, answer(3, warnings=["The text does not look like English."], truncated=True))
    search(page)
    expect(page.locator("#warnings")).to_contain_text("does not look like English. The description is longer")


def test_nothing_found_is_said(tab: Tab) -> None:
    page = tab.open("/demo")
    give(page, SEARCH, answer(0))
    search(page)
    expect(page.locator("#none-text")).to_have_text("This catalogue has no film for this.")
    expect(page.get_by_role("button", name="Clear all filters")).to_be_hidden()


def test_a_busy_server_and_a_lost_network_can_be_tried_again(tab: Tab) -> None:
    page = tab.open("/demo")

    def busy(route: Route) -> None:
        detail = {"detail": "Too many requests are waiting; try again in a moment."}
        route.fulfill(status=503, headers={"Retry-After": "2"}, json=detail)

    page.route(SEARCH, busy)
    search(page)
    expect(page.locator("#problem")).to_contain_text("try again in a moment. (Wait 2 seconds.)")
    page.unroute(SEARCH)
    page.route(SEARCH, lambda route: route.abort())
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#problem")).to_contain_text("The server cannot be reached.")
    page.unroute(SEARCH)
    page.get_by_role("button", name="Try again").click()
    expect(cards(page)).to_have_count(12)
    expect(page.locator("#problem")).to_be_hidden()


def test_a_search_goes_on_when_the_connection_is_back(tab: Tab) -> None:
    page = tab.open("/demo")
    page.context.set_offline(True)
    search(page)
    expect(page.locator("#problem")).to_contain_text("You are offline.")
    page.context.set_offline(False)
    expect(cards(page)).to_have_count(12)
    expect(page.locator("#problem")).to_be_hidden()


@pytest.mark.parametrize("status", [500, 502])
def test_a_failure_leaves_no_films_of_the_search_before(tab: Tab, status: int) -> None:
    page = tab.open("/demo")
    search(page)
    titles(page)
    page.route(SEARCH, lambda route: route.fulfill(status=status, body="<html>", content_type="text/html"))
    search(page, "something else that happens")
    expect(page.locator("#problem")).to_contain_text(f"The server answered {status}.")
    expect(cards(page)).to_have_count(0)
    expect(page.locator("#request")).to_be_hidden()


def test_genres_that_did_not_come_are_asked_for_again(tab: Tab) -> None:
    page = tab.page
    page.route("**/api/v1/genres", lambda route: route.abort())
    tab.open("/demo")
    open_filters(page)
    expect(page.locator("#choices-problem")).to_contain_text("The server cannot be reached.")
    open_filters(page)  # that is, close them
    page.unroute("**/api/v1/genres")
    open_filters(page)
    expect(page.get_by_role("button", name="Horror", exact=True)).to_be_visible()
    expect(page.locator("#choices-problem")).to_be_hidden()


@pytest.mark.parametrize("body", ["<html>Sign in to this network</html>", '{"recommendations": [{"movie_id": 1', ""])
def test_an_answer_that_is_not_whole_can_be_asked_for_again(tab: Tab, body: str) -> None:
    page = tab.open("/demo")
    page.route(SEARCH, lambda route: route.fulfill(status=200, body=body, content_type="application/json"))
    search(page)
    expect(page.locator("#problem")).to_contain_text("The answer did not come whole, or not from this service.")
    page.unroute(SEARCH)
    page.get_by_role("button", name="Try again").click()
    expect(cards(page)).to_have_count(12)
    assert tab.problems == []


def test_a_slow_answer_does_not_replace_a_later_one(tab: Tab) -> None:
    page = tab.open("/demo")
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if "first" in route.request.url:
            held.append(route)
        else:
            route.fulfill(json=answer(1, first=2))

    page.route(SEARCH, hold_the_first)
    search(page, "the first search")
    expect(page.locator("#films .waiting").first).to_be_visible()
    search(page, "the second search")
    expect(cards(page)).to_have_count(1)
    held[0].fulfill(json=answer(5))
    page.wait_for_timeout(200)
    assert titles(page) == ["Film 2"]


def test_a_film_that_is_not_there(tab: Tab) -> None:
    page = tab.open("/demo?film=123456789-gone")
    expect(page.locator("#problem")).to_contain_text("This catalogue has no such film.")
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()


def test_more_films_that_do_not_come_leave_the_others(tab: Tab) -> None:
    page = tab.open("/demo")
    give(page, SEARCH, answer(12, total=40))
    search(page)
    expect(cards(page)).to_have_count(12)
    page.unroute(SEARCH)
    give(page, SEARCH, {"detail": "The server is restarting."}, status=500)
    page.get_by_role("button", name="Show more films").click()
    expect(page.locator("#more-status")).to_have_text("The server is restarting.")
    expect(cards(page)).to_have_count(12)


def test_more_films_come_when_the_connection_is_back(tab: Tab) -> None:
    page = tab.open("/demo")
    search(page)
    expect(cards(page)).to_have_count(12)
    page.context.set_offline(True)
    page.get_by_role("button", name="Show more films").click()
    expect(page.locator("#more-status")).to_contain_text("The films come as soon as the connection is back.")
    page.context.set_offline(False)
    expect(cards(page)).to_have_count(36)


def test_a_key_is_asked_for_by_a_server_that_needs_one(chromium: Browser, models_dir: Path, tmp_path: Path) -> None:
    key = "a-key-of-more-than-twenty-four-letters"
    with running_server(models_dir, tmp_path / "log", API_KEYS=key) as server:
        page = chromium.new_page()
        page.route("https://image.tmdb.org/**", lambda route: route.abort())
        page.goto(f"{server.url}/demo")
        message = page.locator("#key-message")
        expect(message).to_contain_text("is needed")
        for wrong in ("schlüssel–日本", "not-the-key"):
            page.get_by_label("API key").fill(wrong)
            page.get_by_role("button", name="Use this key").click()
            expect(message).to_contain_text("does not know the API key")
            expect(page.locator("#key")).to_be_visible()
        page.get_by_label("API key").fill(key)
        page.get_by_role("button", name="Use this key").click()
        expect(page.locator("#key")).to_be_hidden()
        search(page)
        assert titles(page)
        open_filters(page)
        expect(page.get_by_role("button", name="Drama", exact=True)).to_be_visible()
        page.context.close()
