"""Nouns that mean films in general, and the small words that join the parts of a request."""

from app.services.understanding.words import word_set

FILM_NOUNS = word_set(
    "film films movie movies flick flicks pic pics picture pictures cinema feature features motion-picture",
    "story stories tale tales show shows series title titles classic classics caper capers yarn yarns epic",
    "epics saga sagas masterpiece masterpieces filmography movie's joint joints blockbuster blockbusters talkie",
    "talkies",
)
"""Words such as "story" and "tale" are also used in plots: they mean films only in requests."""

STRICT_FILM_NOUNS = word_set("film films movie movies flick flicks cinema")

THEME_OPENINGS = word_set(
    "about with where who whose whom involving featuring concerning regarding having when in which set that on",
    "exploring dealing follows following during at",
)
"""After these words a request says what the films are about."""

NOUNS_AFTER_KINDS = word_set(
    "filmmaker filmmakers maker makers star director directors producer producers writer writers novelist novelists",
    "author authors screenwriter critic critics crew club duo troupe career talent prodigy genius instrument studio",
    "town teacher teachers actor actors actress actresses",
)
"""After a word for films or a kind of film, these nouns name somebody or something else: "documentary crew"."""

LINKING_WORDS = word_set(
    "about with where who whose whom that which in on at of from by to for and but as when while into is are",
    "was were has have had the a an his her their its set after before since until during without not no",
)
"""None of these words is between a film noun and a word that describes it."""
