"""Addresses of the views of /demo: sharing, reloading, and going back."""

from playwright.sync_api import Route, expect

from tests.browser.api_stub import SEARCH, give_pages, parameters_of
from tests.browser.conftest import Tab
from tests.browser.demo_page import box, cards, open_filters, search, titles

DRAFT_IS_NOTED = "async () => { while (!history.state?.draft) await new Promise(requestAnimationFrame); }"


def test_a_shared_address_shows_the_same_search_and_filters(tab: Tab) -> None:
    page = tab.page
    with page.expect_request(SEARCH) as sent:
        tab.open(
            "/demo?query=two+thieves+in+Paris&genres_any=Crime&genres_any=Drama&year_min=1950&original_language=fr"
        )
    given = parameters_of(sent.value)
    assert given["query"] == ["two thieves in Paris"]
    assert given["genres_any"] == ["Crime", "Drama"]
    assert (given["year_min"], given["original_language"]) == (["1950"], ["fr"])
    expect(box(page)).to_have_value("two thieves in Paris")
    expect(page.get_by_label("From year")).to_have_value("1950")
    expect(page.get_by_label("Language")).to_have_value("fr")
    expect(page).to_have_title("two thieves in Paris – Films like this")


def test_an_address_is_readable(tab: Tab) -> None:
    page = tab.open("/demo")
    search(page, "two thieves, Paris: a story")
    titles(page)
    assert page.url == f"{tab.url}/demo?query=two+thieves,+Paris:+a+story"


def test_every_view_has_its_title(tab: Tab) -> None:
    page = tab.open("/demo")
    expect(page).to_have_title("Films like this: TMDB Semantic Recommender")
    page.goto(f"{tab.url}/demo?film=19")
    expect(page).to_have_title("Metropolis (1927) – Films like this")
    page.goto(f"{tab.url}/demo?view=taste")
    expect(page).to_have_title("Your taste – Films like this")


def test_a_film_has_an_address_of_its_own(tab: Tab) -> None:
    page = tab.open("/demo")
    search(page)
    cards(page).first.get_by_role("link", name="Metropolis", exact=True).click()
    expect(page.get_by_role("heading", name="Metropolis (1927)", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Films like Metropolis (1927)")).to_be_visible()
    assert page.url == f"{tab.url}/demo?film=19-metropolis"
    assert titles(page)
    expect(page.locator("#films [data-id='19']")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Metropolis (1927)", exact=True)).to_be_visible()
    page.goto(f"{tab.url}/demo#film/19")
    expect(page.get_by_role("heading", name="Metropolis (1927)", exact=True)).to_be_visible()
    assert tab.problems == []


def test_a_film_opens_in_a_new_tab(tab: Tab) -> None:
    page = tab.open("/demo")
    search(page)
    with page.context.expect_page() as opened:
        cards(page).first.get_by_role("link", name="Metropolis", exact=True).click(modifiers=["ControlOrMeta"])
    expect(opened.value.locator(".subject h2")).to_have_text("Metropolis (1927)")
    expect(page.locator(".subject")).to_have_count(0)


def test_back_returns_to_the_search_before(tab: Tab) -> None:
    page = tab.open("/demo")
    search(page)
    first = titles(page)
    search(page, "A lonely child finds a creature that nobody else may see, and has to help it home.")
    expect(page.locator("#films h3").first).not_to_have_text(first[0])
    page.go_back()
    expect(page.locator("#films h3").first).to_have_text(first[0])
    assert titles(page) == first
    page.go_back()
    expect(page.get_by_role("heading", name="Three things to try")).to_be_visible()
    expect(box(page)).to_have_value("")
    page.go_forward()
    assert titles(page) == first


def test_back_returns_to_the_same_place_of_a_long_list(tab: Tab) -> None:
    page = tab.open("/demo")
    give_pages(page, total=60)
    search(page)
    page.get_by_role("button", name="Show more films").click()
    expect(cards(page)).to_have_count(36)
    link = cards(page).nth(30).get_by_role("link", name="Film 31", exact=True)
    link.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    link.click()
    expect(page.locator("#problem")).to_be_visible()  # the catalogue has no Film 31
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(cards(page)).to_have_count(36)
    expect(cards(page).nth(30)).to_be_in_viewport()
    assert abs(page.evaluate("scrollY") - place) < 2


def test_back_forgets_no_filter(tab: Tab) -> None:
    page = tab.open("/demo?query=a+ship+in+a+storm&year_max=1960")
    titles(page)
    page.get_by_role("button", name="Remove up to 1960").click()
    expect(page.locator("#filters-summary")).to_have_text("none set")
    page.go_back()
    expect(page.locator("#filters-summary")).to_have_text("1 set")
    expect(page.get_by_role("button", name="Remove up to 1960")).to_be_visible()


def test_a_text_that_was_not_searched_is_kept(tab: Tab) -> None:
    page = tab.open("/demo?query=a+ship+in+a+storm")
    titles(page)
    box(page).fill("a ship in a storm and what I was writing")
    page.evaluate(DRAFT_IS_NOTED)
    page.reload()
    expect(box(page)).to_have_value("a ship in a storm and what I was writing")
    titles(page)
    cards(page).first.locator(".title a").click()
    expect(box(page)).to_have_value("")
    page.go_back()
    expect(box(page)).to_have_value("a ship in a storm and what I was writing")


def test_a_text_typed_before_the_page_is_ready_is_kept(tab: Tab) -> None:
    page = tab.page
    held: list[Route] = []
    page.route("**/demo/demo.js", lambda route: held.append(route))
    page.goto(tab.url + "/demo", wait_until="commit")
    box(page).fill("a ship in a storm")
    held[0].continue_()
    expect(page.get_by_role("heading", name="Three things to try")).to_be_visible()
    expect(page.locator("#examples li")).to_have_count(3)  # the page is ready
    expect(box(page)).to_have_value("a ship in a storm")


def test_a_text_that_was_searched_belongs_to_its_own_search(tab: Tab) -> None:
    page = tab.open("/demo?query=a+ship+in+a+storm")
    titles(page)
    box(page).fill("a train in the snow")
    page.evaluate(DRAFT_IS_NOTED)
    box(page).press("Enter")
    titles(page)
    page.go_back()
    expect(box(page)).to_have_value("a ship in a storm")


def test_a_text_that_was_not_searched_is_kept_with_new_filters(tab: Tab) -> None:
    page = tab.open("/demo?query=a+ship+in+a+storm")
    titles(page)
    box(page).fill("not searched")
    open_filters(page)
    page.get_by_label("To year").fill("1960")
    page.get_by_label("To year").blur()
    expect(page.get_by_role("button", name="Remove up to 1960")).to_be_visible()
    page.reload()
    expect(box(page)).to_have_value("not searched")
    expect(page.get_by_label("To year")).to_have_value("1960")


def test_names_lead_to_their_films(tab: Tab) -> None:
    page = tab.open("/demo?film=19")
    page.get_by_role("link", name="Fritz Lang").click()
    assert titles(page)
    expect(box(page)).to_have_value("films by Fritz Lang")


def test_the_skip_link_keeps_the_view(tab: Tab) -> None:
    page = tab.open("/demo?query=a+ship+in+a+storm")
    first = titles(page)
    page.get_by_role("link", name="Skip to the films").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_be_focused()
    assert page.url.endswith("?query=a+ship+in+a+storm")
    assert titles(page) == first
