"""Reading of years of release."""

import pytest

from app.services.understanding.understood import Years
from tests.services.understanding.catalogue import NEWEST_YEAR, read


class TestYears:
    @pytest.mark.parametrize(
        ("text", "first", "last"),
        [
            ("1980s comedies", 1980, 1989),
            ("heist movies from the 60s", 1960, 1969),
            ("fifties westerns", 1950, 1959),
            ("early 2000s teen comedy", 2000, 2003),
            ("mid-seventies thrillers", 1973, 1976),
            ("comedy from 1994", 1994, 1994),
            ("romance, 1999", 1999, 1999),
            ("romantic films 1940-1945", 1940, 1945),
            ("romantic films 1940-45", 1940, 1945),
            ("comedies of the 70s and 80s", 1970, 1989),
            ("drama films released between 1960 and 1965", 1960, 1965),
            ("horror since 2015", 2015, None),
            ("war movies released after 2010", 2011, None),
            ("comedies from 2005 onwards", 2005, None),
            ("westerns before 1940", None, 1939),
            ("pre-1930 horror", None, 1929),
            ("science fiction up to 1955", None, 1955),
            ("musicals older than 1940", None, 1939),
            ("suggest a superhero movie from the last decade of the 20th century", 1990, 1999),
            ("war films from the first half of the 1940s", 1940, 1944),
            ("black and white detective films", None, 1969),
            ("film noir", 1930, 1969),
            ("recent thrillers", NEWEST_YEAR - 10, None),
            ("1980's comedies", 1980, 1989),
            ("70's and 80's action", 1970, 1989),
            ("movies from the nineteen eighties", 1980, 1989),
            ("twenty-tens horror", 2010, 2019),
            ("mid to late nineties thrillers", 1993, 1999),
            ("pre-code comedies", 1929, 1934),
            ("a pre-code comedy from 1933", 1933, 1933),
            ("post-war Italian drama", 1945, 1960),
            ("French New Wave dramas", 1957, 1973),
            ("horror of this decade", 2020, None),
            ("films from this century about robots", 2000, None),
            ("movies of the last 3 years", NEWEST_YEAR - 3, None),
            ("not too old thrillers", NEWEST_YEAR - 30, None),
            ("horror films, nothing older than 1990", 1990, None),
            ("anything after 2010 with robots", 2011, None),
            ("new Korean thrillers", NEWEST_YEAR - 10, None),
            ("drama korean 2010s", 2010, 2019),
            ("best of the 60s", 1960, 1969),
            ("90s to now action", 1990, None),
            ("blockbusters of the eighties", 1980, 1989),
            ("movies from the soviet union 1920s", 1920, 1929),
            ("films that came out in the summer of 1999", 1999, 1999),
            ("this year's horror", NEWEST_YEAR, NEWEST_YEAR),
            ("comedies of last year", NEWEST_YEAR - 1, NEWEST_YEAR - 1),
            ("musicals from about 1950", 1948, 1952),
            ("anything 90s", 1990, 1999),
            ("romcom chicago 80s", 1980, 1989),
            ("feel good 90s", 1990, 1999),
            ("comedies from the early two thousands", 2000, 2003),
            ("war movies 1940 to 45", 1940, 1945),
            ("sci fi, like 1960 or older", None, 1960),
            ("a thriller in an airport, late 80s I think", 1986, 1989),
            ("golden era musicals", None, 1969),
            ("westerns not in black and white", 1970, None),
        ],
    )
    def test_of_release(self, text: str, first: int | None, last: int | None) -> None:
        assert read(text).years == Years(first, last)

    @pytest.mark.parametrize(
        "text",
        [
            "a movie about a band in the 60s",
            "a soldier comes home in 1945",
            "romance set in the 1940s",
            "a woman in her thirties",
            "Berlin, 1931.",
            "a slasher, but not from the 80s",
            "a soldier in post-war Berlin",
            "New York films",
            "documentaries about the 60s",
            "last year at marienbad",
            "a chef in chicago 80s",
            "comedy about a band in the two thousands",
            "old man movies",
        ],
    )
    def test_of_the_plot(self, text: str) -> None:
        assert read(text).years is None

    @pytest.mark.parametrize(
        ("text", "first", "last"),
        [
            ("something like Inception but older", None, 2009),
            ("Alien but newer", 1980, None),
            ("movies like Alien and Inception but more recent", 2011, None),
            ("like Jaws but older", None, 1969),
        ],
    )
    def test_older_and_newer_compare_with_the_example(self, text: str, first: int | None, last: int | None) -> None:
        """Jaws has no known year here, so that older means old."""
        understood = read(text)
        assert (understood.years, understood.text) == (Years(first, last), "")

    def test_a_range_upside_down_is_refused(self) -> None:
        with pytest.raises(ValueError, match="after the last"):
            Years(1990, 1980)
