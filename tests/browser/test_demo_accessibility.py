"""Checks of every state of /demo at every width, light and dark, with axe-core and for overflow."""

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.api_stub import FILM, READING, SEARCH, SIMILAR, TASTE, answer, film, give
from tests.browser.conftest import ColorScheme, opened_tab
from tests.browser.demo_page import box, cards, open_filters, search
from tests.running_server import RunningServer

OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"label-content-name-mismatch": {"enabled": True}, "target-size": {"enabled": True}},
}


@cache
def axe_script() -> str:
    """The source of axe-core."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page) -> list[str]:
    """The findings of axe-core, one per line."""
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(options).then((each) => each.violations)", OPTIONS)
    return [f"{rule['id']}: {rule['help']}: {node['html']}" for rule in found for node in rule["nodes"]]


def first_visit(page: Page) -> None:
    expect(page.locator("#examples a")).to_have_count(3)


def filters(page: Page) -> None:
    open_filters(page)
    page.get_by_role("button", name="Drama", exact=True).click()
    page.get_by_role("button", name="Horror", exact=True).dblclick()


def refused(page: Page) -> None:
    search(page, "")
    expect(page.locator("#query-error")).to_be_visible()


def suggestions(page: Page) -> None:
    box(page).press_sequentially("metropolis")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")


def waiting(page: Page) -> None:
    page.route(SEARCH, lambda route: None)  # never answers
    search(page)
    expect(page.locator(".waiting").first).to_be_visible()


def found(page: Page) -> None:
    give(page, SEARCH, answer(3, understood=READING, titles=[film(7)], total=500, warnings=["Say it in English."]))
    search(page)
    page.get_by_role("button", name="Whole overview of Film 1 (1981)").click()
    page.get_by_role("button", name="Like Film 1 (1981)", exact=True).click()
    page.get_by_role("button", name="Dislike Film 2 (1982)").click()
    page.get_by_text("This request as curl").click()
    give(page, "**/api/v1/recommend", answer(3))
    page.get_by_role("button", name="Remove 1980s").click()
    expect(page.get_by_role("button", name="Put back 1980s")).to_be_visible()


def sorted_shows(page: Page) -> None:
    give(
        page,
        "**/api/v1/info",
        {"films": 3, "model_id": "m", "built_at": None, "types": ["movie", "tv"], "warnings": []},
    )
    give(page, SEARCH, answer(3, total=500, type="tv"))
    page.goto(page.url + "?query=ships&type=tv&sort=year")
    expect(cards(page)).to_have_count(3)
    open_filters(page)
    expect(page.locator("#type")).to_be_visible()


def not_close(page: Page) -> None:
    give(page, SEARCH, answer(2, has_close_match=False))
    search(page)
    expect(page.locator("#far")).to_be_visible()


def none(page: Page) -> None:
    give(page, SEARCH, answer(0))
    filters(page)
    search(page)
    expect(page.locator("#none")).to_be_visible()


def problem(page: Page) -> None:
    give(page, SEARCH, {"detail": "The server is restarting."}, status=503)
    search(page)
    expect(page.locator("#problem")).to_be_visible()


def offline(page: Page) -> None:
    page.context.set_offline(True)
    search(page)
    expect(page.locator("#problem")).to_contain_text("You are offline.")
    page.context.set_offline(False)


def key_needed(page: Page) -> None:
    give(page, SEARCH, {"detail": "An API key is needed."}, status=401)
    search(page)
    expect(page.locator("#key")).to_be_visible()


def film_view(page: Page) -> None:
    give(page, FILM, film(5))
    give(page, SIMILAR, answer(3))
    page.goto(page.url.split("?")[0] + "?film=5")
    expect(cards(page)).to_have_count(3)


def taste(page: Page) -> None:
    give(page, TASTE, answer(3))
    rated = '{"liked": [{"movie_id": 1, "title": "A"}], "rated": [{"movie_id": 2, "title": "B", "rating": 4.5}]}'
    page.evaluate("rated => localStorage.setItem('films-like-this.taste', rated)", rated)
    page.goto(page.url.split("?")[0] + "?view=taste")
    content = b"Name,Year,Rating\nNo film has this name,1901,3\n"
    file = {"name": "ratings.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("Ratings file").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator("#import-missing")).to_be_visible()
    expect(cards(page)).to_have_count(3)


STATES: list[Callable[[Page], None]] = [
    *(first_visit, filters, refused, suggestions, waiting, found, not_close, none, problem, offline, key_needed),
    *(film_view, taste, sorted_shows),
]


DESKTOP: list[tuple[int, ColorScheme]] = [(1440, "light"), (1440, "dark"), (1024, "light")]
PHONE: list[tuple[int, ColorScheme]] = [(390, "light"), (390, "dark"), (320, "dark")]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("looks", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_state_is_accessible_and_fits(
    chromium: Browser, server: RunningServer, state: Callable[[Page], None], looks: list[tuple[int, ColorScheme]]
) -> None:
    with opened_tab(chromium, server, width=looks[0][0]) as tab:
        page = tab.open("/demo")
        state(page)
        page.evaluate(axe_script())
        for width, scheme in looks:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            assert (width, scheme, findings(page)) == (width, scheme, [])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"scrolls sideways at {width}"
