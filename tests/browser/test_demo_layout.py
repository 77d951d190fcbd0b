"""The layout of /demo at every width, and in forced colours."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.api_stub import READING, SEARCH, answer, film, give
from tests.browser.conftest import PHONE_WIDTH, Tab, opened_tab
from tests.browser.demo_page import cards, open_filters, search, titles
from tests.running_server import RunningServer

WIDTHS = [1440, 1024, 390, 320]
SIZES = "selector => [...document.querySelectorAll(selector)].map((each) => each.getBoundingClientRect())"
LONG = "Supercalifragilisticexpialidocious-and-on-without-a-space" * 3


def shown(tab: Tab) -> Page:
    """A search with chips, filters, titles and a film whose names are long."""
    page = tab.page
    odd = film(99, title=LONG, directors=[LONG], genres=[LONG], similarity_score=0.2)
    found = answer(3, understood=READING, titles=[film(20, title=LONG), *map(film, range(21, 32))], total=500)
    found["people"] = [{"name": LONG, "films": 3}]
    give(page, SEARCH, {**found, "recommendations": [*found["recommendations"], odd], "count": 4})
    tab.open("/demo?query=x&genres_none=Horror")
    expect(cards(page)).to_have_count(4)
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_long_names_and_many_chips_fit(chromium: Browser, server: RunningServer, width: int) -> None:
    with opened_tab(chromium, server, width) as tab:
        page = shown(tab)
        open_filters(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", WIDTHS)
def test_posters_are_whole_at_two_to_three(chromium: Browser, server: RunningServer, width: int) -> None:
    with opened_tab(chromium, server, width) as tab:
        page = shown(tab)
        sizes = page.evaluate(SIZES, ".poster")
        tab.open("/demo?film=19")
        titles(page)
        sizes += page.evaluate(SIZES, ".poster")
        assert len(sizes) > 16
        assert all(abs(size["height"] / size["width"] - 1.5) < 0.01 and size["width"] > 50 for size in sizes)
        assert page.evaluate("getComputedStyle(document.querySelector('.poster')).overflow") == "hidden"


@pytest.mark.parametrize("width", [width for width in WIDTHS if width < PHONE_WIDTH])
def test_what_is_pressed_on_a_phone_is_large_enough(chromium: Browser, server: RunningServer, width: int) -> None:
    with opened_tab(chromium, server, width) as tab:
        page = shown(tab)
        open_filters(page)
        expect(page.locator("#genre-chips button").first).to_be_visible()
        sizes = page.evaluate(SIZES, "main button:not([hidden]), .fields :is(input, select), summary")
        assert [size for size in sizes if 0 < size["height"] < 44] == []
        chips = page.evaluate(SIZES, ".chips button:not([hidden])")
        assert all(size["width"] >= 44 and size["height"] >= 44 for size in chips)


@pytest.mark.parametrize("width", [390, 1440])
def test_forced_colours_keep_what_is_chosen_visible(chromium: Browser, server: RunningServer, width: int) -> None:
    with opened_tab(chromium, server, width, forced_colors="active") as tab:
        page = shown(tab)
        open_filters(page)
        page.get_by_role("button", name="Drama", exact=True).click()
        page.locator("#films .like").first.click()

        def background(selector: str) -> str:
            colour: str = page.evaluate(
                "selector => getComputedStyle(document.querySelector(selector)).backgroundColor", selector
            )
            return colour

        plain = background(".chips [data-choice='']")
        for chosen in (".chips [data-choice='with']", "#understood .on", ".like[aria-pressed='true']", ".bar span"):
            assert background(chosen) not in (plain, "rgba(0, 0, 0, 0)"), chosen
        without = page.locator("#genre-chips [data-choice='without']")
        expect(without).to_have_css("text-decoration-line", "line-through")


def test_the_first_answer_is_on_the_first_screen_of_a_phone(chromium: Browser, server: RunningServer) -> None:
    with opened_tab(chromium, server, 375) as tab:
        page = tab.open("/demo")
        page.set_viewport_size({"width": 375, "height": 667})
        search(page)
        titles(page)
        bottom = page.evaluate("document.querySelector('#films .title').getBoundingClientRect().bottom")
        assert bottom < 667
        assert page.evaluate("scrollY") == 0
