"""Lookup of a catalogue's genres by any usual spelling or alias."""

from collections.abc import Iterable, Mapping
from itertools import product

from app.services.names.spelling import spelling_key
from app.services.queries import GenreChoice

TMDB_MOVIE_GENRES: Mapping[int, str] = {
    28: "Action",
    12: "Adventure",
    16: "Animation",
    35: "Comedy",
    80: "Crime",
    99: "Documentary",
    18: "Drama",
    10751: "Family",
    14: "Fantasy",
    36: "History",
    27: "Horror",
    10402: "Music",
    9648: "Mystery",
    10749: "Romance",
    878: "Science Fiction",
    10770: "TV Movie",
    53: "Thriller",
    10752: "War",
    37: "Western",
}
"""Names by id, as TMDB's /genre/movie/list gives them in English."""

TMDB_TV_GENRES: Mapping[int, str] = {
    10759: "Action & Adventure",
    10762: "Kids",
    10763: "News",
    10764: "Reality",
    10765: "Sci-Fi & Fantasy",
    10766: "Soap",
    10767: "Talk",
    10768: "War & Politics",
}
"""Names by id, as TMDB's /genre/tv/list gives them in English."""

_ALIASES = {
    ("Adventure",): "adventurous",
    ("Animation",): "animated, animations, anime, cartoon, cartoons",
    ("Comedy",): "comedic, humor, humour, humorous, funny",
    ("Comedy", "Drama"): "dramedy, dramedies, comedy-drama, drama-comedy, tragicomedy",
    ("Crime",): "criminal, gangster, mafia",
    ("Documentary",): "doc, docs, docu, documentary film, nonfiction, factual",
    ("Drama",): "dramatic",
    ("Family",): "kids, kid, children, childrens, for children, family-friendly",
    ("Fantasy",): "fantastic, fantastical",
    ("History",): "historical, historic, historical film, period",
    ("Horror",): "scary",
    ("Music",): "musical, musicals",
    ("Mystery",): "whodunit, whodunnit, mystery film",
    ("Romance",): "romantic, romances, love, love story",
    ("Romance", "Comedy"): "romcom, rom-com, romcoms, romantic comedy, romantic comedies, romance comedy",
    ("Romance", "Drama"): "romantic drama",
    ("Action", "Comedy"): "action comedy",
    ("Horror", "Comedy"): "horror comedy, comedy horror",
    ("Science Fiction",): "sci-fi, sf, s.f., syfy, science-fiction, scientific fiction",
    ("TV Movie",): "tv, tv film, television, television film, television movie, telefilm, telemovie, made for tv",
    ("Thriller",): "suspense, thrilling",
    ("War",): "military, warfare",
    ("Western",): "cowboy, spaghetti western",
    ("Biography",): "biographical, biopic, biopics",
    ("Film-Noir",): "noir, film noir",
    ("Sport",): "sports",
    ("Action & Adventure",): "action/adventure",
    ("Sci-Fi & Fantasy",): "science fiction & fantasy",
}
_ALIASES_BY_KEY = {spelling_key(alias): genres for genres, aliases in _ALIASES.items() for alias in aliases.split(", ")}
_TMDB_BY_KEY = {spelling_key(name): name for name in (*TMDB_MOVIE_GENRES.values(), *TMDB_TV_GENRES.values())}
_NOUNS = ("films", "film", "movies", "movie")


class GenreNames:
    """The genres of one catalogue, found by any usual spelling."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._names_by_key: dict[str, list[str]] = {}
        for name in self.names:
            self._names_by_key.setdefault(spelling_key(name), []).append(name)
        own_keys = list(self._names_by_key)
        for key in own_keys:  # "Sci-Fi" is this catalogue's name for "Science Fiction" if it has no other
            usual = spelling_key("".join(_ALIASES_BY_KEY.get(key, ())[:1]))
            if usual and len(_ALIASES_BY_KEY[key]) == 1 and usual not in own_keys:
                self._names_by_key.setdefault(usual, []).extend(self._names_by_key[key])

    def find(self, written: str) -> tuple[GenreChoice, ...] | None:
        """Return the catalogue's genres for a name: none if only TMDB has the genre, None if it is unknown."""
        choices = [self._find_key(key) for key in _keys(written)]
        return next((choice for choice in choices if choice is not None), None)

    def suggestions(self) -> dict[str, str]:
        """Return the genres to suggest for an unknown name: each genre by its own name and by its aliases."""
        names = dict.fromkeys((*self.names, *TMDB_MOVIE_GENRES.values()))
        return {name: name for name in names} | {
            alias: genres[0]
            for genres, aliases in _ALIASES.items()
            for alias in aliases.split(", ")
            if len(genres) == 1 and genres[0] in names
        }

    def _find_key(self, key: str) -> tuple[GenreChoice, ...] | None:
        if key in self._names_by_key:
            return tuple(self._names_by_key[key])
        if key in _ALIASES_BY_KEY:
            parts = [self._names_by_key.get(spelling_key(genre), []) for genre in _ALIASES_BY_KEY[key]]
            is_known = all(parts) or all(spelling_key(genre) in _TMDB_BY_KEY for genre in _ALIASES_BY_KEY[key])
            if is_known:
                return tuple(choice if len(choice) > 1 else choice[0] for choice in product(*parts))
        return () if key in _TMDB_BY_KEY else None


def _keys(written: str) -> list[str]:
    """Return the spelling keys of a name: as written, then without a final "film", then in the singular."""
    key = spelling_key(written)
    keys = [key]
    for noun in _NOUNS:
        if key.endswith(noun) and len(key) > len(noun):
            keys.append(key.removesuffix(noun))
            break
    plain = keys[-1]
    if plain.endswith("ies"):
        keys.append(plain.removesuffix("ies") + "y")
    if plain.endswith("s"):
        keys.append(plain.removesuffix("s"))
    return keys
