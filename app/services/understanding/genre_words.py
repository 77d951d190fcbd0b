"""Words for genres: nouns for kinds of film, adjectives and topics, words for a mood."""

from dataclasses import dataclass
from enum import Enum, auto

from app.services.names.spelling import spelling_key
from app.services.understanding.words import Phrases


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
    (Role.NOUN, "Comedy*", "mockumentaries, farcical comedy, sitcom, sitcoms"),
    (Role.HEAD, "Comedy", "funny, hilarious, comic, comedic, humorous, laugh out loud, make me laugh, makes me laugh"),
    (Role.HEAD, "Comedy", "laugh, laughs, makes us laugh, make us laugh, goofy, funnier, funniest"),
    (Role.NOUN, "Drama", "drama, dramas, melodrama, melodramas, tearjerker, tearjerkers, tear jerker, tear jerkers"),
    (Role.HEAD, "Drama", "dramatic, make me cry, makes me cry, makes you cry, make us cry, good cry"),
    (Role.HEAD, "Drama~", "sad, heartbreaking, tragic"),
    (Role.NOUN, "Comedy+Drama", "dramedy, dramedies, comedy drama, comedy dramas, comic drama, tragicomedy"),
    (Role.NOUN, "Romance+Comedy", "romantic comedy, romantic comedies, romcom, romcoms, rom com, rom coms"),
    (Role.NOUN, "Romance+Comedy", "chick flick, chick flicks"),
    (
        Role.NOUN,
        "Romance",
        "romance, romances, love story, love stories, weepie, weepies, romantic drama, romantic dramas",
    ),
    (Role.HEAD, "Romance", "romantic"),
    (Role.HEAD, "Romance", "date night, first date"),
    (Role.TOPIC, "Romance*", "valentines, valentines day, valentine day"),
    (Role.NOUN, "Thriller", "thriller, thrillers, nail biter, nail biters"),
    (Role.HEAD, "Thriller", "suspense, suspenseful, thrilling"),
    (Role.NOUN, "Western", "western, westerns, oater, oaters"),
    (Role.TOPIC, "Western*", "cowboy, cowboys, wild west, old west"),
    (Role.NOUN, "Horror", "horror, horrors, fright fest, chiller, chillers"),
    (Role.HEAD, "Horror", "scary, terrifying, spooky, creepy, frightening, scariest, spookiest, creepiest, scarier"),
    (Role.HEAD, "Horror*", "gore, gory"),
    (Role.NOUN, "Horror*", "slasher, slashers, creature feature, creature features, giallo, gialli, splatter"),
    (Role.NOUN, "Horror*", "ghost story, ghost stories"),
    (Role.NOUN, "Horror+Comedy", "horrorcomedy, horrorcomedies"),
    (Role.NOUN, "Horror+Comedy*", "zomcom, zomcoms, zom com, zom coms"),
    (Role.NOUN, "Science Fiction", "science fiction, sci fi, scifi, sf, sci fis"),
    (Role.NOUN, "Science Fiction*", "space opera, space operas, cyberpunk, steampunk"),
    (Role.NOUN, "Documentary*", "rockumentary, rockumentaries, docuseries"),
    (Role.HEAD, "Documentary", "doc"),
    (Role.NOUN, "Documentary", "documentary, documentaries, docu, docus, docs, docudrama, docudramas"),
    (Role.NOUN, "Animation", "animation, animations, cartoon, cartoons, toon, toons, anime, animes"),
    (Role.HEAD, "Animation", "animated"),
    (Role.HEAD, "Animation*", "claymation, stop motion"),
    (Role.HEAD, "Fantasy", "fantasy, fantasies"),
    (Role.TOPIC, "Fantasy*", "fairy tale, fairy tales, fairytale, fairytales"),
    (Role.HEAD, "Mystery", "mystery, mysteries"),
    (
        Role.NOUN,
        "Mystery*",
        "whodunit, whodunits, whodunnit, whodunnits, murder mystery, murder mysteries",
    ),
    (Role.TOPIC, "Crime", "crime, crimes"),
    (Role.TOPIC, "Crime~", "true crime"),
    (Role.TOPIC, "Crime~", "gangster, gangsters, mafia, mob, mobster, mobsters"),
    (Role.NOUN, "Noir*", "film noir, films noirs, film noirs, noir, noirs"),
    (Role.NOUN, "Crime*", "neo noir, neo noirs, nordic noir, scandi noir, policier, polar"),
    (Role.NOUN, "Crime*", "police procedural, police procedurals, heist flick, crime caper, crime capers"),
    (Role.NOUN, "History*", "period piece, period pieces, historical epic, historical epics"),
    (Role.NOUN, "Martial Arts*", "wuxia"),
    (Role.NOUN, "Science Fiction*", "kaiju, tokusatsu"),
    (Role.NOUN, "Fantasy*", "sword and sorcery, high fantasy"),
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
    (Role.TOPIC, "Family", "toddler, toddlers, preschoolers, grandkids, grandchildren, little ones"),
    (Role.HEAD, "Family", "kid friendly, child friendly, all ages"),
    (Role.TOPIC, "Teen~", "teen, teenage"),
    (Role.TOPIC, "Silent*", "silent"),
    (Role.NOUN, "Short", "short film, short films, short movie, short movies, shorts"),
)

_TABLE = _table()
GENRE_WORDS = Phrases(_TABLE)
GENRES_BY_KEY = {spelling_key(genre): genre for word in _TABLE.values() for genre in word.genres}
"""Every genre that the reader may find, by the key of its name."""
MOODS = Phrases(
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
