"""Genres in a request: nouns for kinds of film, adjectives and topics, words for a mood."""

from dataclasses import dataclass
from enum import Enum, auto

from app.services.names.spelling import spelling_key
from app.services.understanding.film_nouns import FILM_NOUNS, LINKING_WORDS, THEME_OPENINGS
from app.services.understanding.words import Found, Phrases, Text, word_set


class Role(Enum):
    """How a word names a genre."""

    NOUN = auto()
    """Names a kind of film by itself, unless it is part of a theme: "comedies"."""
    HEAD = auto()
    """Names a kind of film if it ends a part of the request: "pirate adventure", "something scary with dolls"."""
    TOPIC = auto()
    """May also be what films are about: names a genre only next to a noun for films, or alone: "war"."""


@dataclass(frozen=True, slots=True)
class GenreWord:
    """The meaning of a word for a genre."""

    genres: tuple[str, ...]
    role: Role
    stays: bool = False
    """Whether it says more than the genre, so that it is also compared with the films: "superhero"."""
    yields: bool = False
    """Whether it is only a theme if a noun names the kind of film: "war documentaries"."""

    @property
    def is_noun(self) -> bool:
        """Whether it names a kind of film by itself."""
        return self.role is Role.NOUN


def _table() -> dict[str, GenreWord]:
    table: dict[str, GenreWord] = {}
    for role, genres, words in _VOCABULARY:
        meaning = GenreWord(
            genres=tuple(genres.rstrip("*~").split("+")),
            role=role,
            stays=genres.endswith(("*", "~")),
            yields=genres.endswith("~"),
        )
        table |= {phrase.strip(): meaning for phrase in words.split(",")}
    return table


# Role; genres, with * if the words stay in the text, and ~ if they then yield to a noun; words.
_VOCABULARY: tuple[tuple[Role, str, str], ...] = (
    (Role.NOUN, "Comedy", "comedy, comedies, farce, farces"),
    (Role.NOUN, "Comedy*", "screwball, slapstick, parody, spoof, satire, satires, parodies, spoofs, mockumentary"),
    (Role.HEAD, "Comedy", "funny, hilarious, comic, comedic, humorous, laugh out loud, make me laugh, makes me laugh"),
    (Role.HEAD, "Comedy", "laugh, laughs, makes us laugh, make us laugh, goofy, funnier, funniest"),
    (Role.NOUN, "Drama", "drama, dramas, melodrama, melodramas, tearjerker, tearjerkers, tear jerker, tear jerkers"),
    (Role.HEAD, "Drama", "dramatic"),
    (Role.NOUN, "Comedy+Drama", "dramedy, dramedies, comedy drama, comedy dramas, comic drama, tragicomedy"),
    (Role.NOUN, "Romance+Comedy", "romantic comedy, romantic comedies, romcom, romcoms, rom com, rom coms"),
    (Role.NOUN, "Romance+Comedy", "chick flick, chick flicks"),
    (
        Role.NOUN,
        "Romance",
        "romance, romances, love story, love stories, weepie, weepies, romantic drama, romantic dramas",
    ),
    (Role.HEAD, "Romance", "romantic"),
    (Role.NOUN, "Thriller", "thriller, thrillers, nail biter, nail biters"),
    (Role.HEAD, "Thriller", "suspense, suspenseful, thrilling"),
    (Role.NOUN, "Western", "western, westerns, oater, oaters"),
    (Role.TOPIC, "Western*", "cowboy, cowboys, wild west, old west"),
    (Role.NOUN, "Horror", "horror, horrors, fright fest, chiller, chillers"),
    (Role.HEAD, "Horror", "scary, terrifying, spooky, creepy, frightening, scariest, spookiest, creepiest, scarier"),
    (Role.HEAD, "Horror*", "gore, gory"),
    (Role.NOUN, "Horror*", "slasher, slashers, creature feature, creature features, giallo, gialli, splatter"),
    (Role.NOUN, "Horror*", "ghost story, ghost stories"),
    (Role.NOUN, "Science Fiction", "science fiction, sci fi, scifi, sf, sci fis"),
    (Role.NOUN, "Science Fiction*", "space opera, space operas, cyberpunk, steampunk"),
    (Role.NOUN, "Documentary", "documentary, documentaries, docu, docus, docs, docudrama, docudramas"),
    (Role.NOUN, "Animation", "animation, animations, cartoon, cartoons, toon, toons, anime, animes"),
    (Role.HEAD, "Animation", "animated"),
    (Role.HEAD, "Animation*", "claymation, stop motion"),
    (Role.HEAD, "Fantasy", "fantasy, fantasies"),
    (Role.TOPIC, "Fantasy*", "fairy tale, fairy tales, fairytale, fairytales"),
    (Role.HEAD, "Mystery", "mystery, mysteries"),
    (Role.NOUN, "Mystery*", "whodunit, whodunits, whodunnit, whodunnits, murder mystery, murder mysteries"),
    (Role.TOPIC, "Crime", "crime, crimes"),
    (Role.TOPIC, "Crime~", "gangster, gangsters, mafia, mob, mobster, mobsters"),
    (Role.NOUN, "Noir*", "film noir, films noirs, film noirs, noir, noirs"),
    (Role.NOUN, "Crime*", "neo noir, neo noirs, nordic noir, scandi noir, policier, polar"),
    (Role.NOUN, "Musical", "musical, musicals"),
    (Role.TOPIC, "Music~", "music, concert, concerts"),
    (Role.TOPIC, "War~", "war, wartime, anti war, antiwar, ww2, wwii, ww ii, world war 2, world war ii, world war two"),
    (Role.TOPIC, "War~", "second world war, ww1, wwi, ww i, world war 1, world war i, world war one, first world war"),
    (Role.TOPIC, "War~", "vietnam war, civil war, combat"),
    (Role.TOPIC, "History~", "history, historical, period, costume"),
    (Role.NOUN, "Biography", "biopic, biopics, biography, biographies"),
    (Role.HEAD, "Biography", "biographical"),
    (Role.HEAD, "Action", "action, action packed"),
    (Role.NOUN, "Action", "shoot em up, shoot em ups, actioner, actioners"),
    (Role.TOPIC, "Martial Arts~", "martial arts, kung fu, karate"),
    (Role.HEAD, "Adventure", "adventure, adventures, adventurous"),
    (Role.NOUN, "Adventure*", "swashbuckler, swashbucklers, swashbuckling"),
    (Role.TOPIC, "Superhero~", "superhero, superheroes, super hero, super heroes, comic book, supervillain"),
    (Role.TOPIC, "Spy~", "spy, spies, espionage"),
    (Role.TOPIC, "Disaster~", "disaster"),
    (Role.TOPIC, "Sports~", "sports, sport"),
    (Role.TOPIC, "Family", "family, family friendly, kids, kid, children, childrens, child, childish"),
    (Role.HEAD, "Family", "kid friendly, child friendly, all ages"),
    (Role.TOPIC, "Teen~", "teen, teenage"),
    (Role.TOPIC, "Silent*", "silent"),
    (Role.NOUN, "Short", "short film, short films, short movie, short movies, shorts"),
)

_TABLE = _table()
GENRE_WORDS = Phrases(_TABLE)
GENRES_BY_KEY = {spelling_key(genre): genre for word in _TABLE.values() for genre in word.genres}
"""Every genre that the reader may find, by the key of its name."""
_MOODS = Phrases(
    {
        phrase.strip(): GenreWord((genre,), Role.HEAD, stays=True)
        for genre, phrases in (
            (
                "Comedy",
                "jokes, gags, humor, humour, light hearted, lighthearted, lighter, cheerful, silly, sillier, wit",
            ),
            ("Drama", "sad, sadder, tragic, serious, more serious, emotional, heartbreaking, moving"),
            ("Thriller", "tense, tenser, suspenseful"),
            ("Romance", "love, in love"),
            ("Science Fiction", "in space, in outer space, robots, futuristic, in the future, spaceships"),
            ("Fantasy", "magic, magical, dragons"),
            ("Musical", "songs, singing, sung"),
            ("War", "in the war, in a war"),
            ("Western", "in the wild west, cowboys, in the old west"),
        )
        for phrase in phrases.split(",")
    }
)
"""Words that ask for a genre in a request that names films as examples: "like Alien but with jokes"."""

_AMOUNTS = word_set("lot lots much less added bit little touch dose")
_AUDIENCE = word_set("kids children toddlers grandkids family kid child")
_MODIFIERS = word_set("a an the some any good great best old new classic more other and or really very kind sort of")
_CLOSINGS = word_set("please thanks from in of made and or too")


def read_genres(text: Text, *, changes_films: bool = False) -> list[Found[GenreWord]]:
    """Return the words for genres that a request asks for, and mark those read that need not be compared.

    `changes_films` is whether the request names films and says how others should differ: "but with jokes".
    """
    as_topics = _has_only_genres(text)
    found = [
        phrase
        for phrase in GENRE_WORDS.all(text)
        if as_topics or _is_asked_for(text, phrase) or _is_part_of_film(text, phrase, changes_films=changes_films)
    ]
    if changes_films:
        found += _MOODS.all(text)
        for phrase in found:
            text.mark_read(_start_of_amount(text, phrase), phrase.start)
    for phrase in found:
        if not phrase.value.stays:
            text.mark_read(phrase.start, phrase.end)
    return found


def _has_only_genres(text: Text) -> bool:
    """Return whether only words for genres remain, so that "war" alone asks for the genre."""
    index = 0
    while index < len(text):
        found = GENRE_WORDS.at(text, index)
        if found is not None:
            index = found.end
        elif text.is_read[index] or text.plain[index] in _MODIFIERS or text.plain[index] in FILM_NOUNS:
            index += 1
        else:
            return False
    return True


def _is_asked_for(text: Text, phrase: Found[GenreWord]) -> bool:
    """Return whether a word for a genre describes the films wanted, and not what they are about."""
    if _is_for_audience(text, phrase):
        return True
    if is_in_theme(text, phrase.start):
        return False
    if phrase.value.is_noun:
        return not (text.at(phrase.start - 1) == "the" and text.at(phrase.end) == "of")  # "the horror of war"
    return describes_film(text, phrase.end) or _is_head(text, phrase)


def _is_part_of_film(text: Text, phrase: Found[GenreWord], *, changes_films: bool) -> bool:
    """Return whether a genre is asked for as a part of films: "films with romance", "like Heat but with comedy"."""
    if phrase.value.role is Role.TOPIC:
        return False
    lead = _start_of_amount(text, phrase) - 1
    if not changes_films:
        is_last = phrase.end >= len(text) or text.words[phrase.end].begins_clause
        of_films = text.at(lead - 1) in FILM_NOUNS or GENRE_WORDS.ending_at(text, lead) is not None
        return text.at(lead) == "with" and of_films and is_last
    return text.at(lead) in ("with", "as", "has", "but", "on")


def _start_of_amount(text: Text, phrase: Found[GenreWord]) -> int:
    """Return the index of the first word that says how much of a genre is wanted: "a lot of comedy"."""
    index = phrase.start
    while text.at(index - 1) in _MODIFIERS or text.at(index - 1) in _AMOUNTS:
        index -= 1
    return index


def _is_head(text: Text, phrase: Found[GenreWord]) -> bool:
    """Return whether a part of the request ends with this word: "80s action", "pirate adventure with a parrot"."""
    after = phrase.end
    while after < len(text) and (text.is_read[after] or text.plain[after] in _CLOSINGS):
        after += 1
    is_last = after == len(text) or text.words[after].begins_clause
    if phrase.value.role is Role.HEAD:
        return is_last or text.plain[after] in THEME_OPENINGS
    return is_last and all(text.is_read[i] or text.plain[i] in _MODIFIERS for i in range(phrase.start))


def _is_for_audience(text: Text, phrase: Found[GenreWord]) -> bool:
    """Return whether the film is for children: "for kids", "for my children", "for the whole family"."""
    if text.at(phrase.start) not in _AUDIENCE:
        return False
    index = phrase.start - 1
    while text.at(index) in (
        "my",
        "the",
        "our",
        "whole",
        "entire",
        "young",
        "small",
        "little",
        "all",
        "your",
        "year",
        "old",
    ):
        index -= 1
    return text.at(index) == "for" or (text.at(index) == "with" and text.at(index - 1) in ("watch", "see", "watching"))


def is_in_theme(text: Text, index: int) -> bool:
    """Return whether a word belongs to what a film is about: after "about", "with" or "where" in the same clause."""
    for place in range(index - 1, -1, -1):
        if text.words[place + 1].begins_clause if place + 1 < len(text) else False:
            return False
        if text.plain[place] in THEME_OPENINGS and not text.is_read[place]:
            return True
        if text.plain[place] == "of" and text.at(place - 1) in FILM_NOUNS and not text.is_read[place]:
            return True
    return False


def describes_film(text: Text, index: int) -> bool:
    """Return whether a film noun or a noun for a kind of film follows, after nothing but words like adjectives."""
    for place in range(index, min(index + 4, len(text))):
        word = text.words[place]
        if word.begins_sentence or text.plain[place] in LINKING_WORDS:
            return False
        if text.plain[place] in FILM_NOUNS:
            return True
        kind = GENRE_WORDS.at(text, place)
        if kind is not None and (kind.value.is_noun or _ends_part(text, kind)):
            return True
    return False


def _ends_part(text: Text, phrase: Found[GenreWord]) -> bool:
    is_last = phrase.end >= len(text) or text.words[phrase.end].begins_clause or text.is_read[phrase.end]
    return is_last and phrase.value.role is Role.HEAD
