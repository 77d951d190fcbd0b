"""Searching at /demo with the one box."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.api_stub import LONG_OVERVIEW, READING, RECOMMEND, SEARCH, answer, body_of, film, give, give_pages
from tests.browser.conftest import Tab
from tests.browser.demo_page import SYNOPSIS, box, cards, search, titles

POSTERS = "https://image.tmdb.org/t/p/w342/"


def test_a_description_finds_films(tab: Tab) -> None:
    page = tab.open("/demo")
    search(page)
    expect(cards(page)).to_have_count(12)
    expect(page.locator("#status")).to_contain_text("12")
    first = cards(page).first
    expect(first.locator("h3")).to_have_text("Metropolis")
    expect(first.locator(".value")).to_contain_text("close match")
    expect(first.locator(".why")).to_contain_text("workers")
    expect(first.locator(".facts")).to_contain_text("Science Fiction")
    expect(first.locator(".overview")).not_to_be_empty()
    assert all(url.startswith(POSTERS) for url in tab.outside_requests)
    assert tab.problems == []


def test_a_first_visit_shows_three_things_to_try(tab: Tab) -> None:
    page = tab.open("/demo")
    links = page.locator("#examples a")
    expect(links).to_have_count(3)
    for number in range(3):
        links.nth(number).click()
        assert titles(page)
        page.go_back()
        expect(links).to_have_count(3)


def test_enter_searches_and_shift_enter_starts_a_line(tab: Tab) -> None:
    page = tab.open("/demo")
    expect(page.locator("#query-hint")).to_have_text("Enter or Ctrl+Enter searches, Shift+Enter starts a new line")
    box(page).fill("A robot double")
    box(page).press("Shift+Enter")
    box(page).press_sequentially("stirs up the workers")
    expect(box(page)).to_have_value("A robot double\nstirs up the workers")
    box(page).press("Enter")
    assert titles(page)
    box(page).fill("A gunman settles an old debt")
    with page.expect_request(SEARCH):
        box(page).press("Control+Enter")


def test_what_is_typed_is_completed_and_chosen_with_the_keyboard(tab: Tab) -> None:
    page = tab.open("/demo")
    box(page).press_sequentially("metropolos")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("Metropolis")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert box(page).get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Metropolis (1927)", exact=True)).to_be_visible()
    box(page).press_sequentially("nosferatu")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_enter_means_what_is_typed_if_nothing_is_chosen(tab: Tab) -> None:
    page = tab.open("/demo")
    box(page).press_sequentially("metropolis")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="By title")).to_be_visible()
    expect(page.locator("#titles a").first).to_contain_text("Metropolis")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_description_gets_no_completions(tab: Tab) -> None:
    page = tab.open("/demo")
    box(page).fill(SYNOPSIS)
    page.wait_for_timeout(400)  # longer than the pause after which names are looked up
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_long_description_is_sent_in_a_body(tab: Tab) -> None:
    page = tab.open("/demo")
    text = f"{SYNOPSIS} " * 8
    with page.expect_request(RECOMMEND) as sent:
        search(page, text)
    body = body_of(sent.value)
    assert (body["synopsis"], body["interpret"]) == (text.strip(), True)
    first = titles(page)
    expect(page.locator("#query-length")).to_have_text(f"{len(text.strip())} of 5,000 characters")
    page.reload()
    expect(box(page)).to_have_value(text.strip())
    assert titles(page) == first


def test_more_films_are_added_without_a_jump(tab: Tab) -> None:
    page = tab.open("/demo")
    give_pages(page, total=40)
    search(page)
    expect(page.locator("#more-status")).to_have_text("12 of 40 shown")
    more = page.get_by_role("button", name="Show more films")
    more.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    more.click()
    expect(cards(page)).to_have_count(36)
    expect(cards(page).nth(12).get_by_role("link", name="Film 13", exact=True)).to_be_focused()
    assert page.evaluate("scrollY") == before
    more.click()
    expect(cards(page)).to_have_count(40)
    expect(more).to_be_hidden()


def test_five_hundred_films_are_the_most_that_are_shown(tab: Tab) -> None:
    page = tab.open("/demo")
    give_pages(page, total=2000)
    search(page)
    more = page.get_by_role("button", name="Show more films")
    for shown in [*range(36, 500, 24), 500]:
        more.click()
        expect(cards(page)).to_have_count(shown)
    expect(more).to_be_hidden()


def test_a_card_says_what_is_known_and_why(tab: Tab) -> None:
    page = tab.open("/demo")
    give(page, SEARCH, answer(1))
    search(page)
    card = cards(page).first
    expect(card.locator(".original")).to_have_text("Le film 1")
    expect(card.locator(".facts")).to_have_text("1981 · 2 h 5 min · French · Comedy, Drama")
    expect(card.locator(".directors")).to_have_text("Directed by Agnès Varda")
    expect(card.locator(".value")).to_have_text("0.70 · close match")
    expect(card.locator(".why q")).to_have_text("A clockmaker hides a stranger from the police.")
    expect(card.locator(".why span")).to_have_text(
        "Shares “clockmaker”, “stranger”; Comedy as asked; not Musical; of the years asked for."
    )
    expect(card.get_by_role("link", name="TMDB page of Film 1 (1981)")).to_have_attribute(
        "href", "https://www.themoviedb.org/movie/1"
    )
    expect(card.get_by_role("link", name="Film 1", exact=True)).to_have_attribute("href", "demo?film=1-film-1")


def test_a_card_leaves_out_what_is_not_known(tab: Tab) -> None:
    page = tab.open("/demo")
    bare = {"movie_id": 7, "title": "Bare", "overview": None, "year": None, "genres": [], "poster_path": None}
    give(page, SEARCH, {"query": "x", "count": 1, "recommendations": [{**bare, "similarity_score": 0.4}]})
    search(page)
    card = cards(page).first
    expect(card.locator(".value")).to_have_text("0.40 similar")
    for part in (".original", ".facts", ".directors", ".overview", ".open", ".why"):
        expect(card.locator(part)).to_be_hidden()
    expect(card.locator(".links")).to_have_text("")


def test_an_overview_opens_and_closes(tab: Tab) -> None:
    page = tab.open("/demo")
    give(page, SEARCH, answer(2))
    search(page)
    overview = cards(page).first.locator(".overview")
    button = cards(page).first.get_by_role("button", name="Whole overview of Film 1 (1981)")
    cut = overview.bounding_box()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    whole = overview.bounding_box()
    assert cut and whole and whole["height"] > cut["height"]
    expect(overview).to_have_text(LONG_OVERVIEW.strip())
    button.click()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_a_request_can_be_copied_as_curl(tab: Tab) -> None:
    page = tab.open("/demo")
    text = "The captain's ship doesn't come home, and 'nobody' asks why. " * 10
    search(page, text)
    titles(page)
    page.get_by_text("This request as curl").click()
    curl = page.locator("#curl").inner_text()
    assert curl.startswith(f"curl '{tab.url}/api/v1/recommend'")
    assert "captain'\\''s" in curl


def test_an_empty_search_says_what_to_write(tab: Tab) -> None:
    page = tab.open("/demo")
    search(page, "  ")
    expect(page.get_by_role("alert").filter(has_text="Write something first")).to_be_visible()
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_attribute("aria-invalid", "true")


def test_catalogue_text_is_shown_never_run(tab: Tab) -> None:
    page = tab.open("/demo")
    attack = "<img src=x onerror=\"document.title='attacked'\"><script>document.title='attacked'</script>"
    fields = dict.fromkeys(("title", "overview", "original_title", "original_language", "match"), attack)
    names = {name: [attack] for name in ("genres", "directors", "cast", "keywords")}
    links = {"tmdb": "javascript:alert(1)", "imdb": "https://elsewhere.example/www.imdb.com"}
    bad = film(1, **fields, **names, links=links, similarity_score=0.5, poster_path="//elsewhere.example/x.png")
    give(page, SEARCH, {"query": "x", "recommendations": [bad], "titles": [bad], "count": 1, "warnings": [attack]})
    search(page)
    expect(page.locator("#films h3")).to_have_text(attack)
    expect(page.locator("#warnings")).to_have_text(attack)
    assert page.locator("#results img").count() == 0
    expect(page.locator("#films .links")).to_have_text("")
    assert "attacked" not in page.title()
    assert tab.outside_requests == []


def test_a_poster_covers_the_drawn_one_once_it_has_loaded(tab: Tab) -> None:
    page = tab.open("/demo")
    picture = (Path(__file__).parents[2] / "app" / "static" / "favicon.svg").read_bytes()
    page.route(f"{POSTERS}**", lambda route: route.fulfill(body=picture, content_type="image/svg+xml"))
    give(
        page,
        SEARCH,
        {**answer(0), "count": 1, "recommendations": [film(1, poster_path="/a.jpg", similarity_score=0.5)]},
    )
    search(page)
    expect(page.locator(".poster img.loaded")).to_be_attached()
    assert tab.problems == []


@pytest.mark.parametrize("width", [1440, 1024, 390, 320])
def test_nothing_jumps_during_a_search(tab: Tab, width: int) -> None:
    page = tab.open("/demo")
    page.set_viewport_size({"width": width, "height": 800})
    give_pages(page, total=40)
    positions = []
    for text in ("first search", "second search"):
        box(page).fill(text)
        page.evaluate("scrollTo(0, 60)")
        before = page.evaluate("[scrollY, document.querySelector('#search').getBoundingClientRect().top]")
        box(page).press("Enter")
        titles(page)
        positions.append(
            (before, page.evaluate("[scrollY, document.querySelector('#search').getBoundingClientRect().top]"))
        )
    assert all(before == after for before, after in positions)


def test_a_text_of_markup_alone_is_refused_in_words(tab: Tab) -> None:
    page = tab.open("/demo")
    search(page, "<p></p>")
    expect(page.locator("#query-error")).to_contain_text("without its markup")


def test_genres_of_a_film_that_is_only_an_example_were_not_asked_for(tab: Tab) -> None:
    page = tab.open("/demo")
    understood = {**READING, "genres": [], "years": None}
    give(page, SEARCH, answer(1, understood=understood))
    search(page)
    expect(page.locator("#films .why")).to_contain_text("also Comedy")
    expect(page.locator("#films .why")).not_to_contain_text("Musical")
