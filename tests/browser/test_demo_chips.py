"""The chips of what was understood at /demo, and the filters."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.api_stub import READING, RECOMMEND, SEARCH, answer, body_of, give, parameters_of
from tests.browser.conftest import Tab
from tests.browser.demo_page import box, cards, open_filters, search, titles

REQUEST = "French comedies of the 1980s"


def searched(tab: Tab) -> Page:
    """The page after a search in which the server understood one thing of every kind."""
    page = tab.open("/demo")
    give(page, SEARCH, answer(3, understood=READING))
    give(page, RECOMMEND, answer(2, first=11))
    search(page, REQUEST)
    return page


def test_everything_that_was_understood_is_a_chip(tab: Tab) -> None:
    page = searched(tab)
    chips = page.get_by_role("list", name="Understood").get_by_role("button")
    expect(chips).to_have_count(10)
    parts = (
        *("like Metropolis", "Comedy", "not Horror", "not Playtime", "in French", "not in English", "Jacques Tati"),
        *("1980s", "at most 1 h 30 min", "rated 7.5 or more"),
    )
    assert chips.all_text_contents() == [f"Remove {part}" for part in parts]
    expect(page.locator("#understood-text")).to_have_text("about “a clockmaker”")


def test_removing_a_chip_sends_the_corrected_reading(tab: Tab) -> None:
    page = searched(tab)
    corrections: dict[str, dict[str, Any]] = {
        "like Metropolis": {"like": []},
        "Comedy": {"genres": []},
        "not Horror": {"excluded_genres": []},
        "in French": {"languages": []},
        "Jacques Tati": {"people": []},
        "1980s": {"years": None},
        "not Playtime": {"unlike": []},
        "not in English": {"excluded_languages": []},
        "at most 1 h 30 min": {"runtime_max": None},
        "rated 7.5 or more": {"min_vote_average": None},
    }
    expected: dict[str, Any] = dict(READING)
    for name, correction in corrections.items():
        with page.expect_request(RECOMMEND) as sent:
            page.get_by_role("button", name=f"Remove {name}").click()
        expected |= correction
        body = body_of(sent.value)
        assert (body["synopsis"], body["understood"]) == (REQUEST, expected)
        expect(page.get_by_role("button", name=f"Put back {name}")).to_be_visible()
    assert titles(page) == ["Film 11", "Film 12"]


def test_a_removed_chip_is_in_the_address_and_can_be_put_back(tab: Tab) -> None:
    page = searched(tab)
    page.get_by_role("button", name="Remove 1980s").click()
    expect(page.get_by_role("button", name="Put back 1980s")).to_be_focused()
    assert page.url.endswith("&ignored=years")
    page.reload()
    page.get_by_role("button", name="Put back 1980s").click()
    expect(cards(page)).to_have_count(3)
    assert "ignored" not in page.url
    page.go_back()
    expect(cards(page)).to_have_count(2)


def test_a_short_search_can_be_corrected(tab: Tab) -> None:
    """A synopsis has at least ten characters, a search one."""
    page = tab.open("/demo")
    give(page, SEARCH, answer(3, understood=READING))
    give(page, RECOMMEND, answer(2, first=11))
    search(page, "80s")
    with page.expect_request(RECOMMEND) as sent:
        page.get_by_role("button", name="Remove 1980s").click()
    assert len(body_of(sent.value)["synopsis"]) >= 10


def test_filters_choose_at_once_and_are_in_the_address(tab: Tab) -> None:
    page = tab.open("/demo")
    search(page)
    titles(page)
    open_filters(page)
    page.get_by_role("button", name="Horror", exact=True).click()
    page.get_by_role("button", name="Comedy", exact=True).dblclick()
    with page.expect_response(lambda answer: "year_max=1960" in answer.url) as response:
        page.get_by_label("To year").fill("1960")
        page.get_by_label("To year").blur()
    sent = parameters_of(response.value.request)
    assert (sent["genres_any"], sent["genres_none"], sent["year_max"]) == (["Horror"], ["Comedy"], ["1960"])
    expect(cards(page).first.locator(".facts")).to_contain_text("Horror")
    assert "genres_any=Horror&genres_none=Comedy&year_max=1960" in page.url
    page.get_by_role("button", name="Remove without Comedy").click()
    expect(page.get_by_role("button", name="Comedy", exact=True)).to_be_visible()
    assert "genres_none" not in page.url
    page.reload()
    expect(page.get_by_label("To year")).to_have_value("1960")
    expect(page.locator("#genre-chips [value='Horror']")).to_have_text("Horror: with")
    expect(page.locator("#filters-summary")).to_have_text("2 set")


def test_filters_without_a_search_are_kept_for_the_first(tab: Tab) -> None:
    page = tab.open("/demo")
    open_filters(page)
    page.get_by_role("button", name="Horror", exact=True).click()
    expect(page.get_by_role("button", name="Remove with Horror")).to_be_visible()
    page.reload()
    expect(page.locator("#filters-summary")).to_have_text("1 set")
    with page.expect_request(SEARCH) as request:
        search(page)
    assert parameters_of(request.value)["genres_any"] == ["Horror"]


def test_a_filter_does_not_follow_to_another_view(tab: Tab) -> None:
    page = tab.open("/demo?query=a+ship+in+a+storm")
    titles(page)
    open_filters(page)
    page.get_by_role("button", name="Horror", exact=True).click()
    page.get_by_role("link", name="Your taste").click()  # before the filter's pause is over
    page.wait_for_timeout(600)
    assert page.url.endswith("/demo?view=taste")
    expect(page.locator("#filters-summary")).to_have_text("none set")


def test_languages_come_from_the_catalogue(tab: Tab) -> None:
    page = tab.open("/demo")
    listed = page.request.get(f"{tab.url}/api/v1/languages").json()["results"]
    open_filters(page)
    expect(page.locator("#language option")).to_have_count(len(listed) + 1)
    search(page)
    titles(page)
    with page.expect_response(SEARCH) as response:
        page.get_by_label("Language").select_option(label="Swedish")
    assert parameters_of(response.value.request)["original_language"] == ["sv"]
    expect(page.get_by_role("button", name="Remove in Swedish")).to_be_visible()


def test_clearing_the_filters_keeps_the_search(tab: Tab) -> None:
    page = tab.open("/demo?query=a+ship+in+a+storm&genres_any=Horror&year_max=1900")
    expect(page.locator("#none")).to_contain_text("No film meets these filters.")
    page.locator("#none").get_by_role("button", name="Clear all filters").click()
    assert titles(page)
    expect(box(page)).to_have_value("a ship in a storm")
    assert page.url.endswith("/demo?query=a+ship+in+a+storm")


def test_what_the_server_refuses_is_named_beside_the_field(tab: Tab) -> None:
    page = tab.open("/demo?query=a+ship+in+a+storm&year_min=2000&year_max=1990")
    expect(page.locator("#filters-error")).to_contain_text("From year is later than To year")
    expect(page.get_by_label("From year")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("From year")).to_be_visible()


def test_a_year_that_is_no_number_is_named_beside_it(tab: Tab) -> None:
    page = tab.open("/demo")
    open_filters(page)
    year = page.get_by_label("From year")
    year.press_sequentially("19e")
    year.blur()
    expect(page.locator("#filters-error")).to_have_text("From year: Write it as a number, such as 1995.")
