"""/demo in a real browser, as somebody uses it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from tests.browser.conftest import Tab
from tests.running_server import RunningServer, running_server

POSTERS = "https://image.tmdb.org/t/p/w342/"
SYNOPSIS = "A robot double stirs up the workers of a city whose rulers live in towers above it."


def describe(page: Page, synopsis: str = SYNOPSIS) -> None:
    page.get_by_label("What should happen in it?").fill(synopsis)
    page.get_by_role("button", name="Find films").click()


def open_filters(page: Page) -> None:
    page.locator("#filters > summary").click()


def titles(page: Page) -> list[str]:
    expect(page.locator("#films .film[data-id]").first).to_be_visible()
    return page.locator("#films h3").all_inner_texts()


def test_a_description_finds_films(tab: Tab) -> None:
    page = tab.open("/demo")
    describe(page)
    expect(page.locator("#films .film[data-id]")).to_have_count(10)
    expect(page.get_by_role("status")).to_contain_text("10 films in")
    first = page.locator("#films .film").first
    expect(first.locator("h3")).to_have_text("Metropolis")
    expect(first.locator(".facts")).to_contain_text("Science Fiction")
    expect(first.locator(".overview")).not_to_be_empty()
    expect(first.locator(".value")).to_contain_text("similar")
    expect(first.locator(".initials")).to_have_text("M")
    assert all(url.startswith(POSTERS) for url in tab.outside_requests)
    assert tab.problems == []


def test_an_example_is_one_click_away(tab: Tab) -> None:
    page = tab.open("/demo")
    page.locator("#examples button").first.click()
    expect(page.locator("#films .film[data-id]")).to_have_count(10)
    assert page.get_by_label("What should happen in it?").input_value()


def test_more_like_this_and_back(tab: Tab) -> None:
    page = tab.open("/demo")
    describe(page)
    first_title = titles(page)[0]
    page.locator("#films").get_by_role("button", name=f"More like {first_title}", exact=True).first.click()
    expect(page.locator("#results-heading")).to_contain_text(f"Films like {first_title}")
    expect(page.locator("#subject h3")).to_have_text(first_title)
    expect(page.locator("#films .film[data-id]")).to_have_count(10)
    page.reload()
    expect(page.locator("#results-heading")).to_contain_text(f"Films like {first_title}")
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name="Films that tell the same kind of story")).to_be_visible()
    assert tab.problems == []


def test_likes_and_dislikes_make_a_taste_that_is_kept(tab: Tab) -> None:
    page = tab.open("/demo")
    expect(page.get_by_role("button", name="Films for my taste")).to_be_disabled()
    describe(page)
    rated = titles(page)[:2]
    page.locator("#films .like").nth(0).click()
    page.locator("#films .dislike").nth(1).click()
    expect(page.locator("#films .like").nth(0)).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("#taste-films li")).to_have_count(2)
    with page.expect_request("**/recommend/taste") as sent:
        page.get_by_role("button", name="Films for my taste").click()
    body = json.loads(sent.value.post_data or "")
    assert len(body["liked"]) == len(body["disliked"]) == 1
    expect(page.locator("#results-heading")).to_have_text("Films for your taste")
    assert titles(page)
    page.get_by_role("button", name=f"Remove {rated[1]} from your taste").last.click()
    expect(page.locator("#taste-films li")).to_have_count(1)
    page.get_by_role("button", name="Forget all").click()
    expect(page.locator("#taste-films li")).to_have_count(0)
    expect(page.get_by_role("heading", name="Films that tell the same kind of story")).to_be_visible()


def test_two_tabs_share_one_taste(tab: Tab) -> None:
    pages = [tab.page, tab.page.context.new_page()]
    for page, film in zip(pages, (19, 653), strict=True):
        page.goto(f"{tab.url}/demo#film/{film}")
        page.locator("#subject .like").click()
    for page in pages:
        expect(page.locator("#taste-films li")).to_have_count(2)


def test_a_rated_film_that_is_gone_is_named(tab: Tab) -> None:
    page = tab.open("/demo")
    kept = json.dumps({"liked": [{"movie_id": 123456789, "title": "Gone", "year": 1999}]})
    page.evaluate("kept => localStorage.setItem('films-like-this.taste', kept)", kept)
    page.reload()
    page.get_by_role("button", name="Films for my taste").click()
    expect(page.locator("#problem")).to_contain_text("Not in the catalogue: Gone (1999)")


@pytest.mark.parametrize(
    "kept", ["nonsense", "null", '{"liked": 5}', '{"liked": [{"movie_id": "x"}], "disliked": [null]}']
)
def test_a_taste_that_is_none_is_forgotten(tab: Tab, kept: str) -> None:
    page = tab.open("/demo")
    page.evaluate("kept => localStorage.setItem('films-like-this.taste', kept)", kept)
    page.reload()
    describe(page)
    assert titles(page)
    assert tab.problems == []


def test_films_by_title_with_the_keyboard_alone(tab: Tab) -> None:
    page = tab.open("/demo")
    search = page.get_by_role("combobox", name="Find a film by its title")
    search.focus()
    page.keyboard.type("metropolos")
    expect(page.get_by_role("option").first).to_contain_text("Metropolis")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#results-heading")).to_contain_text("Films like Metropolis")
    search.fill("zzzzqqqq")
    expect(page.locator("#title-options")).to_contain_text("No film of this name")
    page.keyboard.press("Escape")
    expect(page.locator("#title-options")).to_be_hidden()


def test_enter_means_what_is_typed_not_what_is_still_listed(tab: Tab) -> None:
    page = tab.open("/demo")
    search = page.get_by_role("combobox", name="Find a film by its title")
    search.fill("metropolis")
    expect(page.get_by_role("option").first).to_contain_text("Metropolis")
    search.fill("nosferatu")
    search.press("Enter")
    expect(page.locator("#results-heading")).to_contain_text("Films like Nosferatu")
    search.fill("metropolis")
    search.press("Enter")
    expect(page.locator("#results-heading")).to_contain_text("Films like Metropolis")


def test_back_returns_to_the_description_before_and_a_reload_keeps_it(tab: Tab) -> None:
    page = tab.open("/demo")
    describe(page)
    first_titles = titles(page)
    describe(page, "A lonely child finds a creature that nobody else may see, and has to help it home.")
    expect(page.locator("#films h3").first).not_to_have_text(first_titles[0])
    page.go_back()
    expect(page.get_by_label("What should happen in it?")).to_have_value(SYNOPSIS)
    expect(page.locator("#films h3").first).to_have_text(first_titles[0])
    page.reload()
    expect(page.get_by_label("What should happen in it?")).to_have_value(SYNOPSIS)
    assert titles(page) == first_titles


def test_filters_choose_at_once(tab: Tab) -> None:
    page = tab.open("/demo")
    describe(page)
    titles(page)
    open_filters(page)
    page.get_by_role("button", name="Horror", exact=True).click()
    with page.expect_response("**/recommend") as response:
        page.get_by_label("To year").fill("1960")
        page.get_by_label("To year").blur()
    assert json.loads(response.value.request.post_data or "")["filters"] == {"genres_any": ["Horror"], "year_max": 1960}
    expect(page.locator("#films .film[data-id]").first.locator(".facts")).to_contain_text("Horror")
    page.get_by_label("From year").fill("1959")
    page.get_by_label("Original language").select_option("sv")
    expect(page.get_by_role("status")).to_contain_text("No film meets these filters")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#films .film[data-id]")).to_have_count(10)


def test_a_request_can_be_copied_as_curl(tab: Tab) -> None:
    page = tab.open("/demo")
    describe(page, "The captain's ship doesn't come home, and 'nobody' asks why.")
    titles(page)
    page.get_by_text("This request as curl").click()
    curl = page.locator("#curl").inner_text()
    assert curl.startswith(f"curl '{tab.url}/api/v1/recommend'")
    assert "captain'\\''s" in curl


def test_what_is_too_short_is_told_beside_the_field(tab: Tab) -> None:
    page = tab.open("/demo")
    describe(page, "short")
    expect(page.locator("#synopsis-error")).to_have_text("At least 10 characters are needed.")
    expect(page.get_by_label("What should happen in it?")).to_be_focused()


def test_what_the_server_refuses_is_told_beside_the_field(tab: Tab) -> None:
    page = tab.open("/demo")
    open_filters(page)
    page.get_by_label("From year").fill("2000")
    page.get_by_label("To year").fill("1990")
    describe(page)
    expect(page.locator("#filters-error")).to_contain_text("From year is later than To year")
    expect(page.get_by_label("From year")).to_have_attribute("aria-invalid", "true")


def test_a_year_that_is_none_is_told_beside_it(tab: Tab) -> None:
    page = tab.open("/demo")
    page.get_by_text("What else you know of it").click()
    year = page.get_by_label("Year", exact=True)
    year.fill("1700")
    describe(page)
    expect(page.locator("#context-error")).to_contain_text("Year: Input should be greater than or equal to 1888")
    year.fill("")
    year.press_sequentially("19e")
    page.get_by_role("button", name="Find films").click()
    expect(page.locator("#context-error")).to_have_text("Year: Write it as a number, such as 1995.")
    expect(year).to_be_focused()


def test_a_busy_server_and_a_lost_network_can_be_tried_again(tab: Tab) -> None:
    page = tab.open("/demo")

    def busy(route: Route) -> None:
        body = json.dumps({"detail": "Too many requests are waiting; try again in a moment."})
        route.fulfill(status=503, headers={"Retry-After": "1", "Content-Type": "application/json"}, body=body)

    page.route("**/recommend", busy)
    describe(page)
    expect(page.locator("#problem")).to_contain_text("Too many requests are waiting")
    page.unroute("**/recommend")
    page.route("**/recommend", lambda route: route.abort())
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#problem")).to_contain_text("cannot be reached")
    page.unroute("**/recommend")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#films .film[data-id]")).to_have_count(10)
    expect(page.locator("#problem")).to_be_hidden()


def test_catalogue_text_is_shown_never_run(tab: Tab) -> None:
    page = tab.open("/demo")
    attack = "<img src=x onerror=\"document.title='attacked'\"><script>document.title='attacked'</script>"
    film = {
        "movie_id": 1,
        "title": attack,
        "overview": attack,
        "year": None,
        "genres": [attack],
        "original_language": None,
        "vote_average": None,
        "vote_count": None,
        "poster_path": "//elsewhere.example/x.png",
        "similarity_score": 0.5,
    }
    answer = {"query": "x", "recommendations": [film], "count": 1, "truncated": True}
    page.route("**/recommend", lambda route: route.fulfill(json=answer))
    describe(page)
    expect(page.locator("#films h3")).to_have_text(attack)
    expect(page.get_by_role("status")).to_contain_text("longer than the model reads")
    assert page.locator("#films img").count() == 0
    assert "attacked" not in page.title()
    assert tab.outside_requests == []


def test_a_poster_covers_the_drawn_one_once_it_has_come(tab: Tab) -> None:
    page = tab.open("/demo")
    picture = (Path(__file__).parents[2] / "app" / "static" / "favicon.svg").read_bytes()
    page.route(f"{POSTERS}**", lambda route: route.fulfill(body=picture, content_type="image/svg+xml"))
    describe(page)
    expect(page.locator(".poster img.loaded").first).to_be_attached()
    assert tab.problems == []


def test_a_phone_shows_the_first_answer_at_the_top(chromium: Browser, server: RunningServer) -> None:
    context = chromium.new_context(viewport={"width": 375, "height": 667}, reduced_motion="reduce")
    context.route(f"{POSTERS}**", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{server.url}/demo")
    describe(page)
    titles(page)
    assert 0 <= page.evaluate("document.querySelector('#results').getBoundingClientRect().top") <= 100
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_needs_no_sideways_scrolling(chromium: Browser, server: RunningServer, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 700}, color_scheme=scheme)  # type: ignore[arg-type]
    context.route(f"{POSTERS}**", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{server.url}/demo")
    open_filters(page)
    describe(page)
    titles(page)
    page.locator("#films .similar").first.click()
    expect(page.locator("#subject h3")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    context.close()


def test_a_key_is_asked_for_where_one_is_needed(chromium: Browser, models_dir: Path, tmp_path: Path) -> None:
    key = "a-key-of-more-than-twenty-four-letters"
    with running_server(models_dir, tmp_path / "log", API_KEYS=key) as server:
        page = chromium.new_page()
        asked: list[str] = []
        entered = iter(["schlüssel–日本", "not-the-key", key])

        def answer(dialog: Dialog) -> None:
            asked.append(dialog.message)
            dialog.accept(next(entered))

        page.on("dialog", answer)
        page.route(f"{POSTERS}**", lambda route: route.abort())
        page.goto(f"{server.url}/demo")
        open_filters(page)
        page.get_by_role("button", name="Enter an API key").click()
        describe(page)
        assert titles(page)
        assert "is needed" in asked[0]
        assert all("does not know the API key" in message for message in asked[1:])
        expect(page.get_by_role("button", name="Drama", exact=True)).to_be_visible()
        page.context.close()
