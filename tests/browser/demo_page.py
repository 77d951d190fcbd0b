"""Actions of a person at /demo."""

from playwright.sync_api import Locator, Page, expect

SYNOPSIS = "A robot double stirs up the workers of a city whose rulers live in towers above it."


def box(page: Page) -> Locator:
    """The one search box."""
    return page.get_by_role("textbox", name="What do you want to watch?")


def search(page: Page, text: str = SYNOPSIS) -> None:
    """Type a text and search for it."""
    box(page).fill(text)
    page.get_by_role("button", name="Search", exact=True).click()


def cards(page: Page) -> Locator:
    """The films of the list, without the empty cards that are shown while it loads."""
    return page.locator("#films .film[data-id]")


def titles(page: Page) -> list[str]:
    """The titles of the list, once it has come."""
    expect(cards(page).first).to_be_visible()
    expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true")
    return page.locator("#films h3").all_inner_texts()


def names(page: Page) -> list[str]:
    """The films of the list as their buttons name them: title and year."""
    titles(page)
    return [
        (button.get_attribute("title") or "").removeprefix("Like ") for button in page.locator("#films .like").all()
    ]


def open_filters(page: Page) -> None:
    """Open the filters below the box."""
    page.locator("#filters-heading").click()
