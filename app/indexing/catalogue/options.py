"""Options that choose films, the same for every command that reads a catalogue."""

import argparse
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """Which films of a catalogue to take.

    `limit` keeps the best known films (by vote count, then popularity, then the lower id). `min_votes` drops films
    with fewer votes or none told; `languages` keeps original languages (ISO 639-1); `min_overview` is in characters;
    films marked adult are dropped unless `include_adult`. `report` names a file that lists every skipped row.
    """

    limit: int | None = None
    min_votes: int = 0
    languages: frozenset[str] = frozenset()
    include_adult: bool = False
    min_overview: int = 0
    report: Path | None = None


def add_reader_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose films, the same for every command that reads a catalogue."""
    group = parser.add_argument_group("which films to take")
    group.add_argument(
        "--limit", type=_positive, metavar="N", help="keep the N best known films (vote count, then popularity)"
    )
    group.add_argument(
        "--min-votes", type=_not_negative, default=0, metavar="N", help="drop films with fewer votes than N"
    )
    group.add_argument(
        "--language",
        type=_language_code,
        action="append",
        default=[],
        metavar="CODE",
        help="keep films of this original language, such as en or fr; may be given more than once",
    )
    group.add_argument(
        "--adult",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="keep or drop films that the catalogue marks as adult (dropped unless asked for)",
    )
    group.add_argument(
        "--min-overview",
        type=_not_negative,
        default=0,
        metavar="N",
        help="drop films with overviews under N characters",
    )
    group.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="list every skipped row in FILE, with its place and reason (CSV; JSON Lines if FILE ends in .jsonl)",
    )


def reader_options(args: argparse.Namespace) -> ReaderOptions:
    """Return the options that `add_reader_arguments` put into `args`."""
    return ReaderOptions(
        limit=args.limit,
        min_votes=args.min_votes,
        languages=frozenset(args.language),
        include_adult=args.adult,
        min_overview=args.min_overview,
        report=args.report,
    )


def _positive(text: str) -> int:
    number = _not_negative(text)
    if number == 0:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _not_negative(text: str) -> int:
    if not re.fullmatch(r"[0-9][0-9_,]{0,15}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(re.sub("[_,]", "", text))


def _language_code(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an ISO 639-1 code such as en or fr")
    return text.lower()
