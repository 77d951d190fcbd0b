"""Release dates and years in every notation."""

from datetime import date, datetime

import pytest

from app.indexing.catalogue.fields.dates import (
    GUESSED_CENTURY,
    GUESSED_DAYS,
    GUESSED_ORDER,
    GUESSED_YEAR,
    Release,
    release_of,
    shows_day_first,
    year_of,
)


@pytest.mark.parametrize(
    "value",
    [
        *("1966-01-13", "1966-01-13T00:00:00.000Z", "1966/01/13", "1966.1.13", "19660113", " 1966-01-13 00:00 "),
        *("1/13/1966", "13/1/1966", "13.1.1966", "13-01-1966", "01/13/1966 12:00:00 AM"),
        *("January 13, 1966", "Jan 13, 1966", "13 January 1966", "13-Jan-1966", "13th January 1966"),
        *("Thursday, January 13, 1966", "January 13, 1966 (United States)", "13 Jan. 1966"),
        *(-125193600, -125193600000, -125193600000000, -125193600000000000, "-125193600", "/Date(-125193600000)/"),
        *(date(1966, 1, 13), datetime(1966, 1, 13, 12)),
    ],
)
def test_a_day_in_every_notation(value: object) -> None:
    assert release_of([value], []) == Release("1966-01-13", 1966)


@pytest.mark.parametrize("value", ["1966", "1966.0", 1966, "1966-01", "January 1966", "Jan 1966", "1966-00-00"])
def test_a_year_without_a_day(value: object) -> None:
    assert release_of([value], []) == Release(None, 1966)


@pytest.mark.parametrize(
    "value", ["1966", 1966, 1966.0, "1966.0", "(1966)", "1966–1968", "1966-", "c. 1966", "1966-01-13", "I 1966"]
)
def test_years(value: object) -> None:
    assert year_of(value) == 1966


@pytest.mark.parametrize("value", ["99", 99, "", None, "MCMXCIX", "12345", "Jan " + "9" * 30])
def test_values_that_are_not_years(value: object) -> None:
    assert year_of(value) is None


@pytest.mark.parametrize(
    ("text", "year", "day"),
    [
        ("6/9/15", 2015, "2015-06-09"),
        ("6/9/15", 1915, "1915-06-09"),
        ("25-Dec-66", 1966, "1966-12-25"),
        ("12/25/66", "1966", "1966-12-25"),
        ("66-12-25", 1966, "1966-12-25"),
        ("6/9/15", 1999, None),
    ],
)
def test_a_column_of_years_gives_the_century(text: str, year: object, day: str | None) -> None:
    release = release_of([text], [year])
    assert (release.date, release.year) == (day, int(str(year)))


@pytest.mark.parametrize(
    ("text", "day"), [("12/25/99", "1999-12-25"), ("25-Dec-66", "1966-12-25"), ("6/9/15", "2015-06-09")]
)
def test_without_a_column_of_years_the_century_is_a_guess(text: str, day: str) -> None:
    assert release_of([text], []) == Release(day, int(day[:4]), GUESSED_CENTURY)


def test_the_order_of_day_and_month_is_a_guess_unless_the_file_shows_it() -> None:
    assert release_of(["4/5/1999"], []) == Release("1999-04-05", 1999, GUESSED_ORDER)
    assert release_of(["4/5/1999"], [], day_first=True) == Release("1999-05-04", 1999)
    assert release_of(["4/5/1999"], [], day_first=False) == Release("1999-04-05", 1999)
    assert release_of(["4/4/1999"], []) == Release("1999-04-04", 1999)
    assert [shows_day_first(text) for text in ("25/12/1999", "12/25/1999", "4/5/1999", None)] == [
        True,
        False,
        None,
        None,
    ]


def test_a_date_of_another_year_than_the_column_of_years_is_not_the_release() -> None:
    assert release_of(["2023-01-05"], ["1994"]) == Release(None, 1994, GUESSED_YEAR)
    assert release_of(["1995-01-05"], ["1994"]) == Release("1995-01-05", 1995)


def test_days_of_a_spreadsheet_are_a_guess() -> None:
    assert release_of([35000], []) == Release("1995-10-28", 1995, GUESSED_DAYS)


@pytest.mark.parametrize("value", [None, "", "soon", "9999-01-01", 10**30, float("inf"), "Mayday", "12 monkeys"])
def test_values_that_are_not_dates(value: object) -> None:
    assert release_of([value], []) == Release()
