"""A terminal client: `python -m app.query "two thieves in Paris" --genre Crime`."""

import argparse
import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, cast

import httpx

from app.client import Recommender, RecommenderError
from app.client.types import Answer, Film, Filters, SearchAnswer
from app.recommender_source import add_source_arguments, open_recommender
from app.services.errors import ServiceError

MAX_SEARCH_CHARACTERS = 500
MIN_SYNOPSIS_CHARACTERS = 10
DEFAULT_COLUMNS = 100
MIN_GENRE_COLUMNS = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the films for a text and return the exit status; after an error, print it in one line and return 1."""
    parser = _parser()
    args = parser.parse_args(arguments)
    if _context(args) and len(" ".join(args.text)) < MIN_SYNOPSIS_CHARACTERS:
        parser.error(f"what else is known of a film needs a text of {MIN_SYNOPSIS_CHARACTERS} characters or more")
    try:
        with open_recommender(args) as recommender:
            answer = _answer(recommender, args)
        print(json.dumps(answer, ensure_ascii=False, indent=2) if args.json else _table(answer))  # noqa: T201
        sys.stdout.flush()
        for note in _notes(answer):
            print(f"note: {note}", file=sys.stderr)  # noqa: T201
    except (RecommenderError, ServiceError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except httpx.TransportError as error:
        print(f"error: {args.url} cannot be reached ({error}); start it, or leave --url out", file=sys.stderr)  # noqa: T201
        return 1
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app.query", description="Finds films for anything that a person types."
    )
    parser.add_argument("text", nargs="+", help="a description, a title, a name or a mood")
    parser.add_argument("--top", type=int, default=10, metavar="N", help="number of films (default: 10)")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    context = parser.add_argument_group("what else is known of the film")
    context.add_argument("--title")
    context.add_argument("--genre", action="append", help="may be repeated")
    context.add_argument("--year", type=int)
    context.add_argument("--keyword", action="append", help="may be repeated")
    filters = parser.add_argument_group("which films may be in the answer")
    filters.add_argument("--only-genre", action="append", metavar="GENRE", help="one of these; may be repeated")
    filters.add_argument("--without-genre", action="append", metavar="GENRE", help="may be repeated")
    filters.add_argument("--from-year", type=int, metavar="YEAR")
    filters.add_argument("--to-year", type=int, metavar="YEAR")
    filters.add_argument("--language", metavar="CODE", help="original language, such as fr")
    filters.add_argument("--min-votes", type=int, metavar="N")
    add_source_arguments(parser)
    return parser


def _answer(recommender: Recommender, args: argparse.Namespace) -> Answer | SearchAnswer:
    """Search for any text; a long text, or one with context, is recommended for as a synopsis."""
    text = " ".join(args.text)
    context = _context(args)
    if context or len(text) > MAX_SEARCH_CHARACTERS:
        return recommender.recommend(text, top_k=args.top, filters=_filters(args), **context)
    return recommender.search(text, top_k=args.top, filters=_filters(args))


def _context(args: argparse.Namespace) -> dict[str, Any]:
    return _given({"title": args.title, "genre": args.genre, "year": args.year, "keywords": args.keyword})


def _filters(args: argparse.Namespace) -> Filters:
    filters = {
        "genres_any": args.only_genre,
        "genres_none": args.without_genre,
        "year_min": args.from_year,
        "year_max": args.to_year,
        "original_language": args.language,
        "min_vote_count": args.min_votes,
    }
    return _given(filters)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _notes(answer: Answer | SearchAnswer) -> Iterator[str]:
    """Yield what to know of an answer besides its films."""
    yield from answer.get("warnings", ())
    if answer.get("truncated"):
        yield "the text is longer than the model reads: its end was left out"
    films, understood = answer["recommendations"], cast(dict[str, Any], answer.get("understood") or {})
    asks_only = understood.get("kind") == "request" and not understood.get("text")  # nothing to be close to
    if films and not answer["has_close_match"] and not asks_only:
        yield "no film is a close match: other words, or a sentence more, may find a closer one"
    if not films and answer.get("titles"):
        yield "no film passes the filters; films by title are listed whatever the filters"


def _table(answer: Answer | SearchAnswer) -> str:
    """Return lines of score, year, title and genres that fit the terminal, with films by title first."""
    found = [("title", film) for film in cast(list[Film], answer.get("titles", []))]
    scored = [(f"{film['similarity_score']:.3f}", film) for film in answer["recommendations"]]
    films: list[tuple[str, Film]] = [*found, *scored]
    if not films:
        return "No film passes the filters."
    width = shutil.get_terminal_size((DEFAULT_COLUMNS, 0)).columns
    longest = max(_columns(film["title"]) for _, film in films)
    title_width = max(1, min(longest, width - len("0.000  2000  ") - 2 - MIN_GENRE_COLUMNS))
    return "\n".join(_cut(_row(score, film, title_width), width).rstrip() for score, film in films)


def _row(score: str, film: Film, title_width: int) -> str:
    title = _cut(film["title"], title_width)
    padding = " " * (title_width - _columns(title))
    return f"{score}  {film['year'] or '':<4}  {title}{padding}  {', '.join(film['genres'])}"


def _columns(text: str) -> int:
    """Return the width of a text in a terminal: two columns for wide East Asian characters, none for combining ones."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)


def _cut(text: str, columns: int) -> str:
    """Return a text shortened to a number of columns, with an ellipsis if it was longer."""
    if _columns(text) <= columns:
        return text
    while _columns(text) > columns - 1:
        text = text[:-1]
    return f"{text}…"


if __name__ == "__main__":
    sys.exit(main())
