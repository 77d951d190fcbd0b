"""The command `python -m app.indexing tmdb` and its arguments."""

import argparse
import re
from pathlib import Path
from urllib.parse import urlsplit

from app.indexing.models_folder import AddCommand
from app.indexing.tmdb.access import (
    API_URL,
    KEY_VARIABLE,
    MAX_REQUESTS_PER_SECOND,
    REQUESTS_PER_SECOND,
    Pace,
    read_key,
)


def add_commands(add: AddCommand) -> None:
    """Add the command `tmdb`."""
    parser = add("tmdb", "download a catalogue from TMDB")
    parser.description = (
        f"Download the best-known films from TMDB. The key comes from {KEY_VARIABLE} or a file, never from an "
        "argument. A download that was stopped resumes when the same command is run again. "
        "TMDB's terms: name TMDB as the source, keep data 6 months at most, no commercial use without an agreement."
    )
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="JSON Lines to write (.gz packs it)")
    parser.add_argument("--count", type=_positive, default=30_000, metavar="N", help="films to get (default: 30000)")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help=f"file with the key, instead of {KEY_VARIABLE}")
    parser.add_argument(
        "--rate",
        type=_rate,
        default=REQUESTS_PER_SECOND,
        metavar="N",
        help=f"requests a second (default: {REQUESTS_PER_SECOND:.0f}, at most {MAX_REQUESTS_PER_SECOND:.0f})",
    )
    parser.add_argument("--api-url", type=_api_url, default=API_URL, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from app.indexing.tmdb.download import download

    key = read_key(args.key_file)
    download(args.output, count=args.count, key=key, api_url=args.api_url, pace=Pace(requests_per_second=args.rate))
    return 0


def _positive(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9_,]{0,8}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(re.sub("[_,]", "", text))


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0.0 < rate <= MAX_REQUESTS_PER_SECOND:
        raise argparse.ArgumentTypeError(f"must be more than 0 and at most {MAX_REQUESTS_PER_SECOND:.0f}")
    return rate


def _api_url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme != "https" and url.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise argparse.ArgumentTypeError("must be https, because the key goes there")
    return text
