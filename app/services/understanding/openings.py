"""Phrases by which people begin and end a request: "can you recommend", "I'm in the mood for", "please"."""

from app.services.understanding.film_nouns import FILM_NOUNS, NOUNS_AFTER_KINDS, STRICT_FILM_NOUNS, THEME_OPENINGS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.words import Text, phrase_set, word_set

_GREETINGS = word_set("hi hello hey please ok okay so well and a an the some more")
_VERBS = word_set(
    "recommend suggest show give find list name tell pick bring gimme choose help search surprise hit throw",
    "need want looking searching hunting craving hoping fancy seeking got know wanna watch see",
)
_QUESTION_WORDS = word_set(
    "what what's whats which who who's where any anything something somethin is are does do can could would",
    "should have how anyone anybody",
)
_WISH_VERBS = word_set(
    "want wanna need fancy crave love loved like liked enjoy enjoyed would could should feel am look looking",
    "wish prefer rather really just watch see hope saw watched search searching seek wants needs loves likes",
    "asked asks",
)
_SUBJECTS = word_set("i we i'd i'm i've we'd we're we've im id you they")
_RELATIVES = word_set(
    "kids kid children daughter son wife husband family friend friends girlfriend boyfriend mom mum dad mother",
    "father partner nephew niece grandson granddaughter parents brother sister grandparents grandma grandpa granny",
    "gran nan nana grandad granddad grandmother grandfather mate mates aunt uncle cousin cousins boss colleagues",
    "coworkers roommate roommates flatmate flatmates fiance fiancee inlaws boys girls",
)
_OWNERS = word_set("my our your")
_COMPANY_WORDS = _OWNERS | {"and", "the", "whole", "entire"}
_SPEAKING_WORDS = (
    _VERBS
    | _QUESTION_WORDS
    | _WISH_VERBS
    | _SUBJECTS
    | word_set(
        "me us my our your for to of in the a an mood some any good great best nice decent please maybe few couple",
        "bunch lots ideas suggestions recommendations there that those with next else tonight today now ever all",
        "time top ten 10 favorite favourite another up go after be able made if let's lets it about thing things",
        "kind sort type one two three watching seeing out let dying hunt rainy evening weekend recommended",
        "suggested recs recommendation",
    )
)
"""Words at the beginning of a request that express the wish and do not describe the film."""

_STRONG_OPENINGS = phrase_set(
    "in the mood for, on the hunt for, let's watch, lets watch, let's see, let me see, how about, what about",
    "feel like, a list of, some of the best, the best, best, top, top ten, top 10, my favorite, a good",
    "ideas for, suggestions for, recommendations for, time for, tonight, up for, not in the mood for",
    "if i liked, if i loved, if i enjoyed, if i like, if you liked, if you loved, if you enjoyed, if you like",
    "if we liked, dying to see, i'd rather, more, some more, more recent than, if i enjoy",
    "if you enjoy, if we enjoy, if we enjoyed",
)
_ENDINGS = phrase_set(
    "please, thanks, thank you, pls, plz, to watch, to watch tonight, worth watching, worth seeing",
    "you know of, tonight, for tonight, you can recommend, you would recommend, you'd recommend",
    "do you recommend, would you recommend, exist, can you recommend, should i watch, should i see",
    "should we watch, can i watch, for me, for us, out there, i should see, i should watch, to see, are there",
    "do you have, are good, recommendations, recommendation, suggestions, suggestion, of all time, ever",
    "ever made, for a movie night, on a rainy day, what should i see next, what should i watch next",
    "what else should i watch, are worth watching, are worth seeing, is worth watching, should i watch next",
)
_LOOSE = word_set(
    "about with in from of by for to on at but like as made make set was were has have had not no if what who",
    "whose i you we my our your know knows else would could should can want wants love need watch see looking",
    "recommend do does directed featuring when how am please thanks also too then than b vibe vibes style",
    "where did some any a an good great best better top favorite favourite famous popular excellent awesome",
    "amazing fantastic wonderful decent nice really very the just maybe kind sort type are is there me us and",
    "or all other something anything one ones stuff that's that thats which which's it it's i'd out came come",
    "direct only yet more preferably rather hoping worth watching same similar most",
)
"""Words that join or judge, and mean nothing after their neighbours have been read."""

_LATER_OPENINGS = phrase_set(
    "give me, give us, show me, show us, find me, get me, recommend me, suggest me, just a, just some, i want, we want",
    "i'd like, i'd prefer, i would like, i would prefer, i need",
)
"""Openings of a later part of a request: "I hate musicals, give me a comedy"."""

_LIKENESSES = phrase_set(
    "similar to, in the style of, in the vein of, in the spirit of, along the lines of, reminiscent of, akin to"
)

_PRAISE = word_set("best good top more")
_MAX_WORDS_AFTER_PRAISE = 8
_MAX_EXAMPLE_WORDS = 12
_LIKING_WORDS = word_set("like liked love loved enjoyed adored watched saw")
_PAST_LIKING_WORDS = word_set("liked loved enjoyed adored")
_INDEFINITE_WORDS = word_set("something anything somethin nothing one ones")


def opens_like_request(text: Text) -> bool:
    """Return whether a text begins as a request for films does."""
    start = _after_greetings(text)
    if _names_example(text, start):
        return True
    strong = _STRONG_OPENINGS.at(text, 0) or _STRONG_OPENINGS.at(text, start)
    if strong is not None and (text.plain[strong.end - 1] not in _PRAISE or _names_films_soon(text, strong.end)):
        return True
    first, second = text.at(start), text.at(start + 1)
    if first in _SUBJECTS:
        return second in _WISH_VERBS or "'" in first
    if first in ("my", "our") and second in _RELATIVES:
        return text.at(start + 2) in _WISH_VERBS
    return first in _VERBS or first in _QUESTION_WORDS


def _names_films_soon(text: Text, start: int) -> bool:
    """Return whether a short text follows, or one in which films are named: not "the best friend of a writer ..."."""
    if len(text) <= _MAX_WORDS_AFTER_PRAISE:
        return True
    for index in range(start, min(start + _MAX_WORDS_AFTER_PRAISE, len(text))):
        kind = GENRE_WORDS.at(text, index)
        end = index + 1 if kind is None else kind.end
        is_film = text.plain[index] in STRICT_FILM_NOUNS or (kind is not None and kind.value.is_noun)
        if is_film and text.at(end) not in NOUNS_AFTER_KINDS:
            return True
    return False


def _is_before_example(text: Text, index: int) -> bool:
    """Return whether a title follows, such as "Love Actually" in "I want something like Love Actually"."""
    if text.at(index - 1) not in _LIKING_WORDS or index >= len(text):
        return False
    is_capital = text.words[index].is_capital and text.at(index) != "i"
    if text.at(index - 1) in _PAST_LIKING_WORDS and text.at(index) == "the" and not text.has_capitals:
        return True
    return is_capital or (text.at(index - 1) == "like" and text.at(index - 2) in _INDEFINITE_WORDS)


def _names_example(text: Text, start: int) -> bool:
    """Return whether a text begins with "similar to", or with "like" and soon a "but": "like Alien but at sea"."""
    if _LIKENESSES.at(text, start) is not None:
        return True
    if text.at(start) != "like":
        return False
    for index in range(start + 2, min(start + _MAX_EXAMPLE_WORDS, len(text))):
        if text.plain[index] == "but":
            return True
        if text.words[index].begins_clause:
            return False
    return False


def is_question(text: Text) -> bool:
    """Return whether a text is a question."""
    return text.text.rstrip().endswith("?")


def read_openings(text: Text) -> None:
    """Mark as read the words at the beginning and end of a request that do not describe films."""
    for found in _LATER_OPENINGS.all(text):
        if text.words[found.start].begins_clause:
            text.mark_read(found.start, found.end)
    index = _after_greetings(text)
    if opens_like_request(text) and not _names_example(text, index):
        if text.at(index) in ("my", "our") and text.at(index + 1) in _RELATIVES:
            index += 2
        while index < len(text) and text.plain[index] in _SPEAKING_WORDS and GENRE_WORDS.at(text, index) is None:
            if text.plain[index] == "anything" and text.at(index + 1) == "but":
                break
            index += 1
            if _is_before_example(text, index) or (text.at(index) == "after" and text.at(index + 1).isdigit()):
                break
        text.mark_read(0, index)
    for start in range(max(0, len(text) - 6), len(text)):
        ending = _ENDINGS.at(text, start)
        if ending is not None and ending.end == len(text):
            text.mark_read(start, len(text))
            break


def _after_greetings(text: Text) -> int:
    index = 0
    while text.at(index) in _GREETINGS:
        index += 1
    return index


def names_films(text: Text) -> bool:
    """Return whether a text has a noun that means films in general."""
    return any(word in FILM_NOUNS for word in text.plain)


def read_fillers(text: Text) -> None:
    """Mark as read the remaining nouns for films, judgements and joining words.

    Judgements and joining words stay unread if they join unread words.
    """
    for index, word in enumerate(text.plain):
        if word in STRICT_FILM_NOUNS or word in FILM_NOUNS:
            text.mark_read(index, index + 1)
    changed = True
    while changed:
        changed = False
        for index, word in enumerate(text.plain):
            if not text.is_read[index] and (word in _LOOSE or _is_company(text, index)) and _is_loose(text, index):
                text.mark_read(index, index + 1)
                changed = True


def _is_company(text: Text, index: int) -> bool:
    """Return whether a word names those who watch: "with my wife and kids", but not "about my father"."""
    if text.plain[index] not in _RELATIVES:
        return False
    start = index
    while text.at(start - 1) in _RELATIVES or text.at(start - 1) in _COMPANY_WORDS:
        start -= 1
    if text.at(start - 1) == "with" and text.at(start - 2) in ("watch", "watching", "see"):
        return True
    return not _OWNERS.isdisjoint(text.plain[start:index]) and text.at(start - 1) not in THEME_OPENINGS - {"with"}


def _is_loose(text: Text, index: int) -> bool:
    """Return whether a word does not join unread words on both sides; "about love" names a theme."""
    if text.plain[index] == "love" and text.at(index - 1) == "about":
        return False
    if all(text.is_read[:index]) or all(text.is_read[index + 1 :]):
        return True
    return text.is_read[index - 1] and text.is_read[index + 1]
