"""The taste at /demo: likes, dislikes and imported ratings."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.api_stub import FILM, SIMILAR, TASTE, answer, body_of, film, give
from tests.browser.conftest import Tab
from tests.browser.demo_page import cards, names, search, titles

LETTERBOXD = """\
Date,Name,Year,Letterboxd URI,Rating
2020-05-01,Metropolis,1927,https://boxd.it/1,5
2019-05-01,Metropolis,1927,https://boxd.it/1,2
2021-06-02,"Nosferatu, a Symphony of Horror",1922,https://boxd.it/2,3.5
2022-07-03,"The ""Lost"" Film",1999,https://boxd.it/3,0.5
2022-07-03,Metropolis,1999,https://boxd.it/4,1
"""
IMDB = """\
Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres
tt0017136,9,2020-01-02,Metropolis,Metropolis,https://www.imdb.com/title/tt0017136,Movie,8.3,153,1927,Drama
tt0108778,8,2020-01-02,Friends,Friends,https://www.imdb.com/title/tt0108778,TV Series,8.9,22,1994,Comedy
"""
FIND_NO_FILMS = """() => {
  const realFetch = window.fetch;
  const answer = () => Response.json({ results: [], count: 0, total: 0, warnings: [] });
  window.fetch = async (url, options) => (`${url}`.includes("api/v1/movies?") ? answer() : realFetch(url, options));
}"""
"""Answers a thousand searches for titles inside the page: the test's own route would take 15 seconds."""

KEPT = "localStorage.getItem('films-like-this.taste')"


def kept(page: Page) -> dict[str, Any]:
    """The ratings that the browser stores."""
    taste: dict[str, Any] = json.loads(page.evaluate(KEPT))
    return taste


def choose(page: Page, content: str, encoding: str = "utf-8") -> None:
    """Choose a ratings file with this content."""
    file = {"name": "ratings.csv", "mimeType": "text/csv", "buffer": content.encode(encoding)}
    page.get_by_label("Ratings file").set_input_files(file)  # type: ignore[arg-type]


def test_likes_and_dislikes_make_a_taste_that_is_kept(tab: Tab) -> None:
    page = tab.open("/demo")
    search(page)
    rated = names(page)[:2]
    page.get_by_role("button", name=f"Like {rated[0]}", exact=True).click()
    page.get_by_role("button", name=f"Dislike {rated[1]}", exact=True).click()
    expect(page.locator("#films .like").nth(0)).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("#films .like").nth(0)).to_have_attribute("aria-pressed", "true")
    with page.expect_request(TASTE) as sent:
        page.get_by_role("link", name="Your taste (2)").click()
    body = body_of(sent.value)
    assert len(body["liked"]) == len(body["disliked"]) == 1
    expect(page.get_by_role("heading", name="Films for your taste")).to_be_visible()
    assert titles(page)
    page.get_by_role("button", name=f"Remove {rated[1]} from your taste").click()
    expect(page.locator("#taste-films li")).to_have_count(1)
    expect(page.locator("#taste-heading")).to_be_focused()
    page.get_by_role("button", name="Forget all of them").click()  # and "No" to the question
    expect(page.locator("#taste-films li")).to_have_count(1)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget all of them").click()
    expect(page.locator("#taste-films li")).to_have_count(0)
    expect(page.locator("#answer")).to_be_hidden()


def test_a_film_that_is_rated_in_the_list_stays_where_it_is(tab: Tab) -> None:
    page = tab.open("/demo?film=19")
    page.locator(".subject .like").click()
    page.goto(f"{tab.url}/demo?view=taste")
    before = names(page)
    page.get_by_role("button", name=f"Like {before[2]}", exact=True).click()
    expect(page.locator("#taste-films li")).to_have_count(2)
    assert names(page) == before


def test_two_tabs_share_one_taste(tab: Tab) -> None:
    pages = [tab.page, tab.page.context.new_page()]
    for page, number in zip(pages, (19, 653), strict=True):
        page.goto(f"{tab.url}/demo?film={number}")
        page.locator(".subject .like").click()
    for page in pages:
        expect(page.locator("#taste-count")).to_have_text("(2)")


def test_films_for_a_taste_that_another_tab_begins(tab: Tab) -> None:
    page = tab.open("/demo?view=taste")
    other = page.context.new_page()
    other.goto(f"{tab.url}/demo?film=19")
    other.locator(".subject .like").click()
    expect(page.locator("#taste-films li")).to_have_count(1)
    assert titles(page)


def test_a_browser_that_keeps_nothing_is_said_to(tab: Tab) -> None:
    page = tab.page
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('off'); }})")
    tab.open("/demo?film=19")
    page.locator(".subject .like").click()
    page.get_by_role("link", name="Your taste (1)").click()
    expect(page.locator("#taste-summary")).to_contain_text("1 film, lost when you leave")
    assert titles(page)


def test_a_rated_film_that_is_gone_is_named(tab: Tab) -> None:
    page = tab.open("/demo")
    taste = json.dumps({"liked": [{"movie_id": 123456789, "title": "Gone", "year": 1999}]})
    page.evaluate("taste => localStorage.setItem('films-like-this.taste', taste)", taste)
    page.goto(f"{tab.url}/demo?view=taste")
    expect(page.locator("#problem")).to_contain_text("Gone (1999)")
    expect(page.locator("#problem")).to_contain_text("Remove it from your taste")


@pytest.mark.parametrize(
    "content",
    ["nonsense", "null", "5", '{"liked": 5}', '{"liked": [{"movie_id": "x"}], "disliked": [null], "rated": [1]}'],
)
def test_a_taste_that_cannot_be_read_is_forgotten(tab: Tab, content: str) -> None:
    page = tab.open("/demo")
    page.evaluate("content => localStorage.setItem('films-like-this.taste', content)", content)
    page.goto(f"{tab.url}/demo?view=taste")
    expect(page.locator("#taste-summary")).to_contain_text("Mark films that you like")
    assert tab.problems == []


def test_letterboxd_ratings_become_the_taste(tab: Tab) -> None:
    page = tab.open("/demo?view=taste")
    give(page, TASTE, answer(3))
    page.wait_for_load_state("networkidle")  # the page's own requests come before the ratings
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    choose(page, LETTERBOXD)
    expect(page.locator("#import-status")).to_have_text("2 films found and added. 2 films not in this catalogue:")
    missing = page.get_by_role("list", name="Films not found").get_by_role("listitem")
    assert sorted(missing.all_inner_texts()) == ["Metropolis (1999)", 'The "Lost" Film (1999)']
    ratings = {(each["title"], each["year"]): each["rating"] for each in kept(page)["rated"]}
    assert ratings[("Metropolis", 1927)] == 5
    assert 3.5 in ratings.values()
    assert len(cards(page).all()) == 3
    lookups = [url for url in sent if not url.endswith("/taste")]
    assert all(url.startswith(f"{tab.url}/api/v1/movies?query=") for url in lookups)


def test_imported_ratings_are_sent_with_the_taste(tab: Tab) -> None:
    page = tab.open("/demo?view=taste")
    give(page, TASTE, answer(3))
    with page.expect_request(TASTE) as request:
        choose(page, IMDB)
    assert body_of(request.value)["rated"] == [{"movie_id": 19, "rating": 4.5}]
    expect(page.locator("#import-status")).to_have_text("1 series or game left out. 1 film found and added.")


def test_films_for_imported_ratings_are_found(tab: Tab) -> None:
    page = tab.open("/demo?view=taste")
    choose(page, IMDB)
    assert titles(page)
    expect(page.locator("#films [data-id='19']")).to_have_count(0)


@pytest.mark.parametrize(
    "content", ["", "a,b\n1,2\n", "Name,Year\nMetropolis,1927\n", "\x00\x01", "Date,Name,Year,Letterboxd URI\n"]
)
def test_another_file_is_refused(tab: Tab, content: str) -> None:
    page = tab.open("/demo?view=taste")
    choose(page, content)
    expect(page.locator("#import-status")).to_contain_text("This is no ratings file.")
    assert page.evaluate(KEPT) is None


def test_a_busy_server_is_waited_for(tab: Tab) -> None:
    page = tab.open("/demo?view=taste")
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route)
            route.fulfill(status=429, headers={"Retry-After": "1"}, json={"detail": "Too many requests."})

    page.route("**/api/v1/movies?*", refuse_once)
    choose(page, IMDB)
    expect(page.locator("#import-status")).to_contain_text("1 film found and added.")
    assert len(refused) == 1


def test_an_import_that_waits_can_be_stopped(tab: Tab) -> None:
    page = tab.open("/demo?view=taste")
    busy = {"status": 503, "headers": {"Retry-After": "3600"}, "json": {"detail": "Busy."}}
    page.route("**/api/v1/movies?*", lambda route: route.fulfill(**busy))
    with page.expect_response("**/api/v1/movies?*"):
        choose(page, IMDB)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#import-status")).to_have_text("Stopped. Nothing was added.")


def test_films_found_before_a_failure_are_kept(tab: Tab) -> None:
    page = tab.open("/demo?view=taste")
    give(page, TASTE, answer(3))

    def fail_for_the_lost_film(route: Route) -> None:
        if "Lost" in route.request.url:
            page.wait_for_timeout(500)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/movies?*", fail_for_the_lost_film)
    choose(page, LETTERBOXD)
    expect(page.locator("#import-status")).to_contain_text("choose the file again for the others.")
    expect(page.locator("#taste-films li")).not_to_have_count(0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_ratings_are_read_in_the_encodings_of_spreadsheets(tab: Tab, encoding: str) -> None:
    page = tab.open("/demo?view=taste")
    choose(page, "Name;Year;Rating\nÜber Amélie;1999;4,5\nNot rated;1999;\n", encoding)
    expect(page.locator("#import-status")).to_have_text(
        "1 row without a rating left out. 0 films found and added. 1 film not in this catalogue:"
    )
    expect(page.locator("#import-missing")).to_have_text("Über Amélie (1999)")


def test_more_likes_than_the_api_takes_are_kept_as_ratings(tab: Tab) -> None:
    page = tab.open("/demo")
    liked = [{"movie_id": number, "title": f"Film {number}", "year": 1999} for number in range(1000, 1050)]
    page.evaluate("taste => localStorage.setItem('films-like-this.taste', taste)", json.dumps({"liked": liked}))
    page.goto(f"{tab.url}/demo?film=19")
    page.locator(".subject .like").click()
    expect(page.locator("#taste-count")).to_have_text("(51)")
    assert len(kept(page)["liked"]) == 50
    assert kept(page)["rated"] == [{**liked[-1], "rating": 5}]


def test_an_import_can_be_stopped(tab: Tab) -> None:
    page = tab.open("/demo?view=taste")
    page.route("**/api/v1/movies?*", lambda route: None)  # never answers
    choose(page, LETTERBOXD)
    expect(page.get_by_role("progressbar", name="Films looked up")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#import-status")).to_have_text("Stopped. Nothing was added.")
    expect(page.get_by_role("progressbar")).to_be_hidden()


def test_a_thousand_ratings_are_the_most_that_are_read(tab: Tab) -> None:
    page = tab.open("/demo?view=taste")
    give(page, TASTE, answer(3))
    page.evaluate(FIND_NO_FILMS)
    rows = "\n".join(f"2020-01-01,Film {number},1990,x,4" for number in range(1200))
    choose(page, f"Date,Name,Year,Letterboxd URI,Rating\n{rows}\n")
    expect(page.locator("#import-status")).to_contain_text("The newest 1000 of the file were read.", timeout=60_000)
    expect(page.locator("#import-missing li")).to_have_count(1000)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("\ufeffName,Year,Rating\r\nÀ nous la liberté,1931,4\r\n", ["À nous la liberté"]),
        ('Name,Year,Rating\n"Two\nlines, one ""title""",1931,4', ['Two\nlines, one "title"']),
        ("Name,Year,Rating\n\nUnrated,1931,\nZero,1931,0\nSix,1931,6\nGood,1931,5\n", ["Good"]),
        (
            'Date;Name;Year;Rating\n2024;Comma, half;1931;4,5\n2023;"Semi; quoted";1931;5\n',
            ["Comma, half", "Semi; quoted"],
        ),
        ("title\tyear\trating10\nTabs\t1931\t7\n", ["Tabs"]),
        ("Name,Year,Rating,Date\nOld,1931,4,2019-01-01\nNew,1931,4,2020-01-01\n", ["New", "Old"]),
    ],
)
def test_ratings_are_read_from_csv(tab: Tab, text: str, titles: list[str]) -> None:
    page = tab.open("/demo")
    read = page.evaluate("text => import('/demo/csv.js').then((csv) => csv.readRatings(text).films)", text)
    assert [each["title"] for each in read] == titles


def test_the_subject_of_a_view_shows_all_that_is_known(tab: Tab) -> None:
    page = tab.page
    give(page, FILM, film(5, title="Playtime", year=1967))
    give(page, SIMILAR, answer(3))
    tab.open("/demo?film=5")
    subject = page.locator(".subject")
    expect(subject.locator(".cast")).to_have_text("With Michel Piccoli, Catherine Deneuve")
    expect(subject.locator(".rating")).to_have_text("7.4 of 10 from 1,234 votes")
    expect(subject.locator(".keywords")).to_have_text("Keywords: clock, hiding")
    expect(subject.get_by_role("link", name="IMDb page of Playtime (1967)")).to_be_visible()
