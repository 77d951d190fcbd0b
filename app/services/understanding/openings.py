"""The ways in which people begin and end a request: "can you recommend", "I'm in the mood for", "please"."""

from app.services.understanding.film_nouns import FILM_NOUNS, STRICT_FILM_NOUNS
from app.services.understanding.words import Text, phrase_set, word_set

REQUEST_OPENINGS = phrase_set(
    "recommend, recommend me, recommend us, recommend some, suggest, suggest me, suggest some, give me",
    "give us, show me, show us, find me, find us, find, list, name, name me, tell me, tell me about",
    "can you, could you, can you recommend, could you recommend, can you suggest, could you suggest",
    "can you find, can anyone recommend, would you recommend, please recommend, please suggest",
    "please find, please show me, please give me, can you give me, can you show me, could you find",
    "could you give me, could you show me, do you know, do you know of, do you know any, do you have",
    "do you have any, have you got, have you got any, you got any, got any, got any good, got something",
    "got a, any, any good, any ideas for, anything, something, somethin, anything with, are there",
    "are there any, is there, is there any, is there a, there any, what are, what is, what's, whats",
    "what are some, what is a, what's a, which, what, who, where can i find, i want, i want to see",
    "i want to watch, i want a, i wanna, i wanna watch, i wanna see, i'd like, id like, i'd like to see",
    "i'd like to watch, i would like, i would like to see, i would like to watch, i'd love",
    "i'd love to see, i'd love to watch, i would love to see, i would love to watch, i need, i need a",
    "i need some, i feel like, i feel like watching, feel like watching, i fancy, fancy",
    "i'm in the mood for, im in the mood for, in the mood for, i am in the mood for",
    "we're in the mood for, we are in the mood for, i'm looking for, im looking for, i am looking for",
    "looking for, we're looking for, we are looking for, searching for, i'm searching for",
    "i am searching for, on the hunt for, hunting for, i'm after, i am after, after something, i love",
    "i loved, i like, i liked, i enjoyed, i enjoy, we want, we want to watch, we want to see, we'd like",
    "we'd love, we need, we love, we loved, my kids want, my wife wants, my husband wants, my son wants",
    "my daughter wants, my family wants, let's watch, lets watch, let me see, help me find, help me pick",
    "help us find, help me choose, what should i watch, what to watch, what can i watch",
    "what should we watch, what do i watch, hit me with, throw me, surprise me with, more, some more",
    "show, want, need, want to watch, want to see, wanna watch, wanna see, give, gimme, ideas for",
    "suggestions for, recommendations for, a list of, list of, list some, list all, some of the best",
    "the best, best, top, top ten, top 10, my favorite, a good, good, great, craving, i'm craving",
    "dying to see, i could go for, could go for, up for, i'm up for, how about, what about",
    "any recommendations for, any suggestions for, time for, tonight, tonight i want, have you any",
)
"""Each is read with the words that it begins with; the longest one counts."""

_CONTINUATIONS = phrase_set(
    "to watch, to see, watch, see, watching, seeing, to find, if i want, if i like, if we want, that is",
    "that are, else, me, us, what else, should i watch, should i see, something else, anything else",
    "some more, a few, a couple of, a bunch of, lots of",
)
ENDINGS = phrase_set(
    "please, thanks, thank you, pls, plz, to watch, to watch tonight, worth watching, worth seeing",
    "you know of, tonight, for tonight, you can recommend, you would recommend, you'd recommend",
    "do you recommend, would you recommend, exist, can you recommend, should i watch, should i see",
    "should we watch, can i watch, for me, for us, out there, i should see, i should watch, to see",
    "are there, do you have, are good, recommendations, recommendation, suggestions, suggestion",
    "of all time, ever, ever made, for a movie night, on a rainy day",
)
_JUDGEMENTS = word_set(
    "good great best better top favorite favourite famous popular excellent awesome amazing fantastic",
    "wonderful decent nice really very some any a an the just maybe kind sort of type are is there me us",
    "and or all other something anything one ones stuff that's that thats which set which's it it's i'd",
    "you out came come preferably",
)
_QUESTION_WORDS = word_set(
    "what which who where are is do does can could got any have how would anyone anybody whats what's"
)


def opens_like_request(text: Text) -> bool:
    """Tell whether a text begins as a request for films does."""
    start = 1 if text.at(0) in ("hi", "hello", "hey", "please", "ok", "so", "well") else 0
    return REQUEST_OPENINGS.at(text, start) is not None


def is_question(text: Text) -> bool:
    """Tell whether a text is a question."""
    return (text.text.rstrip().endswith("?") and text.at(0) in _QUESTION_WORDS) or text.text.rstrip().endswith("?")


def read_openings(text: Text) -> None:
    """Mark the words read with which a request begins and ends, and which say nothing of the films."""
    index = 0
    for _ in range(4):
        while text.at(index) in ("hi", "hello", "hey", "please", "ok", "so", "well", "a", "an", "the", "some", "and"):
            index += 1
        found = REQUEST_OPENINGS.at(text, index) or (_CONTINUATIONS.at(text, index) if index else None)
        if found is None:
            break
        text.mark_read(0, found.end)
        index = found.end
    for start in range(max(0, len(text) - 5), len(text)):
        ending = ENDINGS.at(text, start)
        if ending is not None and ending.end == len(text):
            text.mark_read(start, len(text))
            break


def names_films(text: Text) -> bool:
    """Tell whether a text has a noun that means films in general."""
    return any(word in FILM_NOUNS for word in text.plain)


def read_fillers(text: Text) -> None:
    """Mark the words read that are left beside what was understood: nouns for films, judgements, joining words.

    Judgements and joining words are left where they join words that are still unread.
    """
    for index, word in enumerate(text.plain):
        if word in FILM_NOUNS and (word in STRICT_FILM_NOUNS or not text.is_read[index]):
            text.mark_read(index, index + 1)
    changed = True
    while changed:
        changed = False
        for index, word in enumerate(text.plain):
            if text.is_read[index] or word not in _LOOSE:
                continue
            before = all(text.is_read[:index])
            after = all(text.is_read[index + 1 :])
            if before or after or (text.is_read[index - 1] and text.is_read[index + 1] and index + 1 < len(text)):
                text.mark_read(index, index + 1)
                changed = True


_LOOSE = _JUDGEMENTS | word_set(
    "about with in from of by for to on at but like as made make set was were has have had not no if what",
    "who whose where i you we my our your know knows else would could should can want wants love need",
    "watch see looking recommend did do does directed featuring when how am please thanks also too then",
    "than b vibe vibes style",
)
