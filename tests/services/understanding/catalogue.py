"""A small catalogue with the lookups that the reader uses."""

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from app.services.understanding.reader import understand
from app.services.understanding.understood import Lookups, NamedFilm, Understood
from app.services.understanding.words import plain_words

TITLES = (
    *(
        "Alien",
        "Jaws",
        "The Godfather",
        "Inception",
        "Blade Runner",
        "Her",
        "It",
        "Up",
        "Heat",
        "Big",
        "Life",
        "Horror",
    ),
    *("Shaun of the Dead", "Harry Potter and the Philosopher's Stone", "Amélie", "The Women", "Horror"),
    *(
        "Thelma & Louise",
        "Se7en",
        "Lost in Translation",
        "Trains",
        "Terminator 2: Judgment Day",
        "2001: A Space Odyssey",
        "Young Love",
    ),
)
PEOPLE = (
    *("Alfred Hitchcock", "Akira Kurosawa", "Pedro Almodóvar", "Joel Coen", "Ethan Coen", "Stanley Kubrick", "Ang Lee"),
    *("John Ford", "Agnès Varda", "Tom Hanks", "Terence Young", "Wojciech Has", "Bong Joon-ho"),
)
NEWEST_YEAR = 2024


class SmallCatalogue:
    """Implements TitleLookup and PeopleLookup over the lists above."""

    def films_titled(self, title: str) -> Sequence[NamedFilm]:
        return [film for film in _FILMS if _key(film.title) == _key(title)]

    def films_beginning(self, title: str) -> Sequence[NamedFilm]:
        return [film for film in _FILMS if _key(film.title).startswith(_key(title) + " ")]

    def films_nearly_titled(self, title: str, *, is_name: bool) -> Sequence[NamedFilm]:
        words = {word for film in _FILMS for word in _key(film.title).split()}
        if words.issuperset(_key(title).split()):
            return []
        return [film for film in _FILMS if OSA.distance(_key(film.title), _key(title)) <= len(title) // 5]

    def people_named(self, name: str) -> Sequence[str]:
        return [person for person in PEOPLE if _key(person) == _key(name)]

    def people_surnamed(self, surname: str) -> Sequence[str]:
        return [person for person in PEOPLE if _key(person).split()[-1] == _key(surname)]

    def people_nearly_named(self, name: str) -> Sequence[str]:
        words = _key(name).split()
        names = [(person, _key(person).split()[-len(words) :]) for person in PEOPLE]
        return [person for person, name in names if OSA.distance(" ".join(name), " ".join(words)) in (1, 2)]


def read(text: str) -> Understood:
    """Read a text about the small catalogue."""
    return understand(text, LOOKUPS)


def _key(name: str) -> str:
    return " ".join(plain_words(name))


_YEARS = {"Alien": 1979, "Inception": 2010}
_FILMS = tuple(NamedFilm(number, title, _YEARS.get(title)) for number, title in enumerate(TITLES, start=1))
LOOKUPS = Lookups(SmallCatalogue(), SmallCatalogue(), NEWEST_YEAR)
