"""The order of the films at /demo, and the choice between films and series."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.api_stub import SEARCH, answer, film, give, give_pages, parameters_of
from tests.browser.conftest import Tab, opened_tab
from tests.browser.demo_page import box, cards, open_filters, search, titles
from tests.running_server import RunningServer

INFO: dict[str, Any] = {"films": 3, "model_id": "m", "built_at": None, "warnings": []}


@pytest.fixture(params=[1440, 320])
def sized_tab(request: pytest.FixtureRequest, chromium: Browser, server: RunningServer) -> Iterator[Tab]:
    with opened_tab(chromium, server, request.param, "light") as tab:
        yield tab


def years(page: Page) -> list[int]:
    titles(page)
    return [int(facts.split(" · ")[0]) for facts in page.locator("#films .facts").all_inner_texts()]


def test_the_nearest_films_are_sorted_and_the_address_keeps_the_order(sized_tab: Tab) -> None:
    page = sized_tab.open("/demo?query=a+ship+in+a+storm")
    nearest = titles(page)
    with page.expect_response(SEARCH) as response:
        page.get_by_label("Order").select_option("Newest")
    assert parameters_of(response.value.request)["sort"] == ["year"]
    expect(cards(page)).to_have_count(50)
    assert years(page) == sorted(years(page), reverse=True)
    assert set(nearest) <= set(titles(page))
    assert page.url.endswith("/demo?query=a+ship+in+a+storm&sort=year")
    page.reload()
    expect(page.get_by_label("Order")).to_have_value("year")
    assert years(page) == sorted(years(page), reverse=True)
    page.go_back()
    expect(page.get_by_label("Order")).to_have_value("")
    assert titles(page) == nearest


def test_more_films_are_sorted_in(sized_tab: Tab) -> None:
    page = sized_tab.page
    give_pages(page, total=80)
    sized_tab.open("/demo?query=ships&sort=year")
    expect(cards(page)).to_have_count(50)
    page.get_by_role("button", name="Show more films").click()
    expect(cards(page)).to_have_count(80)
    assert years(page) == sorted(years(page), reverse=True)


def test_votes_are_an_order_and_a_new_search_starts_with_the_best_match(sized_tab: Tab) -> None:
    page = sized_tab.page
    voted = [film(number, similarity_score=0.5, vote_count=votes) for number, votes in enumerate((None, 7, 2000), 1)]
    give(page, SEARCH, {**answer(3), "recommendations": voted})
    sized_tab.open("/demo?query=ships")
    assert titles(page) == ["Film 1", "Film 2", "Film 3"]
    with page.expect_response(SEARCH) as response:
        page.get_by_label("Order").select_option("Most votes")
    assert parameters_of(response.value.request)["sort"] == ["votes"]
    expect(page.locator("#films h3").first).to_have_text("Film 3")
    assert titles(page) == ["Film 3", "Film 2", "Film 1"]
    search(page, "a robot in a city")
    titles(page)
    expect(page.get_by_label("Order")).to_have_value("")


def test_votes_are_no_order_if_the_films_have_none(sized_tab: Tab) -> None:
    page = sized_tab.open("/demo?query=a+ship+in+a+storm")  # the starter catalogue has no votes
    titles(page)
    expect(page.locator("#sort option", has_text="Most votes")).to_be_disabled()
    expect(page.locator("#sort option", has_text="Newest")).to_be_enabled()


def test_an_unknown_order_in_the_address_is_the_best_match(sized_tab: Tab) -> None:
    page = sized_tab.open("/demo?query=a+ship+in+a+storm&sort=title")
    assert titles(page)
    expect(page.get_by_label("Order")).to_have_value("")


def test_an_empty_list_has_no_order(sized_tab: Tab) -> None:
    page = sized_tab.open("/demo?query=a+ship+in+a+storm&year_max=1889")
    expect(page.locator("#none")).to_be_visible()
    expect(page.locator("#sort")).to_be_hidden()


@pytest.mark.parametrize("types", [["movie"], ["tv"], []])
def test_a_catalogue_of_one_type_offers_no_choice(sized_tab: Tab, types: list[str]) -> None:
    page = sized_tab.page
    give(page, "**/api/v1/info", {**INFO, "types": types})
    sized_tab.open("/demo")
    expect(page.locator("#catalogue")).to_contain_text("3 films")
    open_filters(page)
    expect(page.get_by_label("From year")).to_be_visible()
    expect(page.locator("#type")).to_be_hidden()


def test_series_can_be_chosen(sized_tab: Tab) -> None:
    page = sized_tab.page
    give(page, "**/api/v1/info", {**INFO, "types": ["movie", "tv"]})
    give(page, SEARCH, {**answer(1), "recommendations": [film(1, similarity_score=0.5, type="tv")]})
    sized_tab.open("/demo?query=ships")
    titles(page)
    open_filters(page)
    with page.expect_response(SEARCH) as response:
        page.get_by_label("Type").select_option("Series")
    assert parameters_of(response.value.request)["type"] == ["tv"]
    expect(cards(page).first.locator(".facts")).to_contain_text("Series")
    assert page.url.endswith("/demo?query=ships&type=tv")
    page.reload()
    expect(page.locator("#type")).to_have_value("tv")
    page.get_by_role("button", name="Remove series only").click()
    expect(page.locator("#type")).to_have_value("")
    assert page.url.endswith("/demo?query=ships")
    expect(box(page)).to_have_value("ships")
