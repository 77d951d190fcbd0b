"""Catalogue files that tests write, and helpers that read them."""

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from app.indexing.catalogue.columns import map_columns
from app.indexing.catalogue.fields.row_cells import RowCells
from app.indexing.catalogue.movie import Movie, MovieReader
from app.indexing.catalogue.reader import Catalogue, read_catalogue

CATALOGUES = Path(__file__).parents[2] / "data" / "catalogues"
HEADER = "id,title,overview,genre,vote_count\n"


def read(path: Path, content: bytes | str) -> Catalogue:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_catalogue(path)


def movie_from_row(row: Mapping[str, object]) -> Movie:
    reader, cells = MovieReader(), RowCells(row, map_columns(tuple(row)))
    return reader.movie(reader.basics(cells), cells)


def ids(catalogue: Catalogue) -> list[int]:
    return [movie.movie_id for movie in catalogue.movies]


def film(movie_id: int, **values: object) -> dict[str, object]:
    return {"id": movie_id, "title": f"Film {movie_id}", "overview": f"What happens in film {movie_id}."} | values


def csv_text(*movie_ids: int) -> str:
    return HEADER + "".join(f"{n},Film {n},What happens in film {n}.,Drama,{n}\n" for n in movie_ids)


def zipped(members: dict[str, bytes | str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(name: str, content: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content.encode()))
    return packed.getvalue()


def json_lines(path: Path, *films: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(film) + "\n" for film in films), encoding="utf-8")
    return path
