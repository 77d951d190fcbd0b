"""Reading of languages that a request asks for or excludes."""

import pytest

from tests.services.understanding.catalogue import read


class TestLanguages:
    @pytest.mark.parametrize(
        ("text", "languages"),
        [
            ("French comedy about a chef", ("fr",)),
            ("a slow Japanese drama", ("ja",)),
            ("dramas of the 2000s in Chinese", ("zh", "cn")),
            ("bollywood love story", ("hi",)),
            ("spaghetti westerns", ("it",)),
            ("films from Iran", ("fa",)),
            ("Swedish", ("sv",)),
            ("American comedies", ("en",)),
            ("thrillers but American", ("en",)),
            ("a French thriller but in Spanish", ("es",)),
            ("horror film 1980s french", ("fr",)),
            ("comedy france 1960s", ("fr",)),
            ("something french and funny", ("fr",)),
            ("a comedy without subtitles", ("en",)),
            ("nothing with subtitles", ("en",)),
            ("no foreign films please", ("en",)),
            ("Swedish or Danish crime", ("sv", "da")),
            ("korean, japanese and thai horror", ("ko", "ja", "th")),
            ("films from Belgium", ("fr", "nl")),
            ("movies from the UK about miners", ("en",)),
            ("aussie comedies", ("en",)),
            ("recent horror, French or Spanish", ("fr", "es")),
            ("old thrillers, preferably Swedish", ("sv",)),
            ("films in Spanish for learners", ("es",)),
            ("comedies in English or French", ("en", "fr")),
            ("horror from Japan or Korea about ghosts", ("ja", "ko")),
        ],
    )
    def test_of_films(self, text: str, languages: tuple[str, ...]) -> None:
        assert read(text).languages == languages

    @pytest.mark.parametrize(
        "text",
        [
            "a French chef opens a restaurant",
            "a movie about a German spy",
            "Chinese girl",
            "a drama of a family in Auckland, New Zealand",
            "French and German soldiers",
        ],
    )
    def test_of_characters(self, text: str) -> None:
        assert read(text).languages == ()

    @pytest.mark.parametrize(
        ("text", "excluded", "genres"),
        [
            ("non-English thrillers", ("en",), ("Thriller",)),
            ("comedies but not French", ("fr",), ("Comedy",)),
            ("no Italian westerns", ("it",), ("Western",)),
            ("foreign horror", ("en",), ("Horror",)),
            ("a movie not in English", ("en",), ()),
            ("anything but American", ("en",), ()),
            ("westerns that are not American", ("en",), ("Western",)),
            ("crime films that aren't American", ("en",), ("Crime",)),
        ],
    )
    def test_that_are_excluded(self, text: str, excluded: tuple[str, ...], genres: tuple[str, ...]) -> None:
        understood = read(text)
        assert (understood.excluded_languages, understood.languages, understood.genres) == (excluded, (), genres)

    def test_a_nationality_that_says_more_than_a_language_is_compared_with_films(self) -> None:
        understood = read("British war films")
        assert (understood.languages, understood.text) == (("en",), "British war")
        assert read("movies from Ireland").text == "Ireland"

    @pytest.mark.parametrize(
        "text", ["a film by a foreign director", "an American soldier in Paris", "japan", "set in Hollywood"]
    )
    def test_what_is_no_language_of_films(self, text: str) -> None:
        understood = read(text)
        assert (understood.languages, understood.excluded_languages) == ((), ())
