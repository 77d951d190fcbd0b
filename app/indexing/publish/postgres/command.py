"""The commands `publish`, `upsert` and `delete` and their arguments."""

import argparse
import os
from pathlib import Path

from app.indexing.catalogue.options import add_reader_arguments, reader_options
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from app.indexing.models_folder import AddCommand, add_models_dir
from app.indexing.progress import say

_URL_VARIABLE = "CATALOGUE_URL"
_INSTALL = "pip install -r requirements-postgres.txt"


def add_commands(add: AddCommand) -> None:
    """Add the three commands."""
    publish = add("publish", "copy the built set in models/ into PostgreSQL and switch readers to it")
    _add_url(publish)
    add_models_dir(publish)
    publish.add_argument(
        "--keep", type=int, default=1, metavar="N", help="earlier catalogues to keep for --switch (default: 1)"
    )
    publish.add_argument("--switch", type=int, metavar="VERSION", help="switch readers to a catalogue that was kept")
    publish.set_defaults(run=_publish)
    upsert = add("upsert", "add or replace single films of the catalogue in PostgreSQL")
    _add_url(upsert)
    add_models_dir(upsert)
    upsert.add_argument("--catalogue", type=Path, required=True, metavar="FILE", help="a file with these films")
    add_reader_arguments(upsert)
    upsert.set_defaults(run=_upsert)
    delete = add("delete", "remove single films from the catalogue in PostgreSQL")
    _add_url(delete)
    delete.add_argument("ids", type=int, nargs="+", metavar="ID", help="movie ids")
    delete.set_defaults(run=_delete)


def _add_url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to",
        default=os.environ.get(_URL_VARIABLE, ""),
        metavar="URL",
        help="postgresql://user:password@host:5432/database of a user who may create schemas; "
        f"default: {_URL_VARIABLE}. The password may be in PGPASSWORD or ~/.pgpass instead",
    )


def _publish(args: argparse.Namespace) -> int:
    url = _checked_url(args.to)
    from app.indexing.publish.postgres.publish import publish, switch

    if args.keep < 0:
        raise IndexingError("--keep takes 0 or more")
    say(publish(args.models_dir, url, args.keep) if args.switch is None else switch(url, args.switch))
    return 0


def _upsert(args: argparse.Namespace) -> int:
    url = _checked_url(args.to)
    from app.indexing.publish.postgres.changes import upsert

    catalogue = read_catalogue(args.catalogue, reader_options(args))
    for line in catalogue.summary():
        say(line)
    say(upsert(catalogue.movies, args.models_dir, url))
    return 0


def _delete(args: argparse.Namespace) -> int:
    url = _checked_url(args.to)
    from app.indexing.publish.postgres.changes import delete

    say(delete(args.ids, url))
    return 0


def _checked_url(url: str) -> str:
    if not url:
        raise IndexingError(f"Name the database: --to postgresql://..., or set {_URL_VARIABLE}")
    try:
        from app.indexing.publish.postgres.connection import hide_password
    except ModuleNotFoundError as error:
        raise IndexingError(f"{error.name} is not installed; run: {_INSTALL}") from error
    hide_password(url)
    return url
