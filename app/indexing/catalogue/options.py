"""Command-line options for reading a catalogue, the same for every command that reads one."""

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

from app.indexing.catalogue.columns import FIELDS, GivenColumns, field_named
from app.indexing.catalogue.rows import FileOptions


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """How to read a catalogue, and which of its films to keep.

    `limit` keeps the best known films (by vote count, then popularity, then the lower id). `min_votes` drops films
    with fewer votes or without a vote count; `languages` keeps original languages (ISO 639-1); `min_overview` is in
    characters; films marked adult are dropped unless `include_adult`. `report` is the file that lists every skipped
    row. `columns` maps fields to columns, `credits` are files with cast and crew by film id, `number_rows` uses a row's
    number as its film's id, and `merge_twins` merges a film that the catalogue has under two ids.
    """

    limit: int | None = None
    min_votes: int = 0
    languages: frozenset[str] = frozenset()
    include_adult: bool = False
    min_overview: int = 0
    report: Path | None = None
    encoding: str | None = None
    columns: GivenColumns = ()
    number_rows: bool = False
    credits: tuple[Path, ...] = ()
    merge_twins: bool = False

    @property
    def file_options(self) -> FileOptions:
        """How to read the file itself."""
        needed = ("title", "overview") if self.number_rows else ("id", "title", "overview")
        return FileOptions(self.encoding, self.columns, needed)


def add_reader_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `ReaderOptions`, and --strict."""
    films = parser.add_argument_group("which films to keep")
    films.add_argument(
        "--limit", type=_positive, metavar="N", help="keep the N best known films (vote count, then popularity)"
    )
    films.add_argument(
        "--min-votes", type=_not_negative, default=0, metavar="N", help="drop films with fewer votes than N"
    )
    films.add_argument(
        "--language",
        type=_language_code,
        action="append",
        default=[],
        metavar="CODE",
        help="keep films of this original language, such as en or fr; may be given more than once",
    )
    films.add_argument(
        "--adult",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="keep or drop films that the catalogue marks as adult (default: drop)",
    )
    films.add_argument(
        "--min-overview",
        type=_not_negative,
        default=0,
        metavar="N",
        help="drop films with overviews under N characters",
    )
    films.add_argument("--merge-twins", action="store_true", help="merge a film that the catalogue has under two ids")
    _add_file_arguments(parser)


def _add_file_arguments(parser: argparse.ArgumentParser) -> None:
    file = parser.add_argument_group("how to read the file")
    file.add_argument(
        "--column",
        type=_column,
        action="append",
        default=[],
        metavar="FIELD=NAME",
        help=f"the column that holds a field ({', '.join(FIELDS)}); may be given more than once",
    )
    file.add_argument("--number-rows", action="store_true", help="use each row's number as its film's id")
    file.add_argument("--encoding", metavar="NAME", help="encoding of the file, such as gbk or cp1251")
    file.add_argument(
        "--credits",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="file with cast, crew or keywords by film id, such as credits.csv; may be given more than once",
    )
    file.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="list every skipped row in FILE, with its place and reason (CSV; JSON Lines if FILE ends in .jsonl)",
    )
    file.add_argument(
        "--strict", action="store_true", help="exit with status 3 and write nothing if there are warnings"
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
        encoding=args.encoding,
        columns=tuple(args.column),
        number_rows=args.number_rows,
        credits=tuple(args.credits),
        merge_twins=args.merge_twins,
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


def _column(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    known = field_named(field)
    if not equals or not column.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not FIELD=NAME, such as title=names")
    if known is None:
        raise argparse.ArgumentTypeError(f"{field!r} is not a field: use one of {', '.join(FIELDS)}")
    return known, column.strip()
