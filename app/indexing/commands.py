"""The commands of `python -m app.indexing`: their parsers, and the reporting of errors."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.core.memory import reuse_freed_memory
from app.indexing.catalogue.inspect import inspect
from app.indexing.catalogue.options import add_reader_arguments, reader_options
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from app.indexing.measure import benchmark, evaluate, request_profile
from app.indexing.models_folder import AddCommand, add_models_dir
from app.indexing.progress import say
from app.indexing.publish import bundle
from app.indexing.publish.postgres import command as postgres
from app.indexing.tmdb import command as tmdb
from app.services.errors import ServiceError

WARNED = 3
"""Exit status of --strict if there were warnings."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status.

    0: done. 1: failed, with one line that says why. 3: warnings with --strict. 130: interrupted.
    """
    args = _parser().parse_args(arguments)
    reuse_freed_memory()
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stdout)
    logging.getLogger("app.indexing").setLevel(logging.INFO)
    try:
        result: int = args.run(args)
        return result
    except (IndexingError, ServiceError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        print(f"error: {named}{error.strerror or error}; files already in place are untouched", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        print("interrupted; run the same command again to continue", file=sys.stderr)  # noqa: T201
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app.indexing",
        description="Make, check, publish and measure the files that the service reads.",
        epilog="Start with: model, then build --catalogue models/starter_catalogue.jsonl. See also COMMAND --help.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text)

    for add_commands in (_add_making, tmdb.add_commands, _add_verify, bundle.add_commands, postgres.add_commands):
        add_commands(add)
    for measuring in (evaluate, benchmark, request_profile):
        measuring.add_commands(add)
    return parser


def _add_making(add: AddCommand) -> None:
    model = add("model", "make the INT8 model from the official weights")
    model.add_argument("--weights", type=Path, metavar="FILE", help="model.safetensors on disk, instead of a download")
    add_models_dir(model)
    model.set_defaults(run=_model)

    build = add("build", "make the index from a catalogue file")
    build.add_argument(
        "--catalogue", type=Path, required=True, metavar="FILE", help="catalogue in any format that `inspect` knows"
    )
    add_reader_arguments(build)
    add_models_dir(build)
    build.set_defaults(run=_build)

    look = add("inspect", "show the films and fields of a catalogue file, and what a build would skip")
    look.add_argument("catalogue", type=Path, metavar="FILE", help="JSON Lines, JSON, CSV or Parquet; .gz or .zip")
    add_reader_arguments(look)
    look.set_defaults(run=_inspect)


def _add_verify(add: AddCommand) -> None:
    verify = add("verify", "check every file against the manifest")
    verify.add_argument(
        "--accept",
        action="store_true",
        help="write a manifest for files put there by hand, after checking that model and index agree",
    )
    add_models_dir(verify)
    verify.set_defaults(run=_verify)


def _model(args: argparse.Namespace) -> int:
    from app.indexing.model.make import make_model

    make_model(args.models_dir, args.weights)
    return 0


def _build(args: argparse.Namespace) -> int:
    from app.indexing.index.build import build_index

    catalogue = read_catalogue(args.catalogue, reader_options(args))
    for line in catalogue.summary():
        say(line)
    if args.strict and catalogue.warnings:
        print("error: nothing was built, because of the warnings above (--strict)", file=sys.stderr)  # noqa: T201
        return WARNED
    report = build_index(catalogue.movies, args.models_dir)
    rate = report.encoded / report.seconds_encoding if report.encoded else 0.0
    say(
        f"{report.films:,} films in {args.models_dir}: {report.encoded:,} encoded ({rate:,.0f}/s), "
        f"{report.kept:,} kept, {report.seconds:,.0f} s in all"
    )
    return 0


def _inspect(args: argparse.Namespace) -> int:
    try:
        inspection = inspect(args.catalogue, reader_options(args))
        say(inspection.text)
    except BrokenPipeError:  # the reader of a pipe, such as head, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return WARNED if args.strict and inspection.warnings else 0


def _verify(args: argparse.Namespace) -> int:
    from app.indexing.publish.verify import accept, verify

    say(accept(args.models_dir) if args.accept else verify(args.models_dir))
    return 0
