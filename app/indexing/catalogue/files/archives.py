"""Catalogues inside zip archives."""

import struct
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from app.indexing.catalogue.columns import shortened
from app.indexing.catalogue.rows import CatalogueFile
from app.indexing.errors import IndexingError

MAX_ARCHIVE_MEMBERS = 100

_ZIP_ERRORS = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, struct.error)
"""What the zipfile module raises on damaged archives, found by tests with damaged archives."""

OpenStream = Callable[[str, BinaryIO], CatalogueFile]
"""Opens the catalogue in a stream of bytes, given the name to use in messages."""


def catalogue_in_zip(path: Path, source: BinaryIO, stack: ExitStack, open_stream: OpenStream) -> CatalogueFile:
    """Open the one catalogue in a zip archive."""
    try:
        archive = stack.enter_context(zipfile.ZipFile(source))
    except _ZIP_ERRORS as error:
        raise IndexingError(f"{path} is a damaged zip archive ({error}): fetch it again") from None
    names = {member.filename for member in archive.infolist()}
    if "[Content_Types].xml" in names:
        raise IndexingError(f"{path} is a spreadsheet: save it as CSV (UTF-8)")
    members = [member for member in archive.infolist() if not _is_hidden(member)]
    if not members:
        raise IndexingError(f"{path} is an archive without files: fetch it again")
    if len(members) > MAX_ARCHIVE_MEMBERS:
        raise IndexingError(f"{path} holds {len(members):,} files: unpack it and name the catalogue")

    def opened(member: zipfile.ZipInfo) -> CatalogueFile:
        if member.flag_bits & 1:
            raise IndexingError(f"{path} is locked with a password: unpack it first")
        try:
            stream = cast(BinaryIO, stack.enter_context(archive.open(member)))
        except _ZIP_ERRORS as error:
            raise IndexingError(f"{path} is a damaged zip archive ({error}): fetch it again") from None
        return open_stream(f"{shortened(member.filename)} in {path}", stream)

    if len(members) == 1:
        return opened(members[0])
    return _only_catalogue(path, members, opened)


def _is_hidden(member: zipfile.ZipInfo) -> bool:
    *folders, name = member.filename.replace("\\", "/").split("/")
    return not name or name.startswith(".") or "__MACOSX" in folders


def _only_catalogue(
    path: Path, members: list[zipfile.ZipInfo], opened: Callable[[zipfile.ZipInfo], CatalogueFile]
) -> CatalogueFile:
    """Return the only member that is a catalogue; the others may be ratings, credits or a read-me."""
    catalogues: dict[str, CatalogueFile] = {}
    reasons: dict[int, str] = {}
    for member in members:
        try:
            catalogues[member.filename] = opened(member)
        except IndexingError as error:
            reasons[member.file_size] = str(error)
    if len(catalogues) == 1:
        [(chosen, file)] = catalogues.items()
        others = ", ".join(member.filename for member in members if member.filename != chosen)
        return replace(
            file, remarks=(*file.remarks, f"read from the archive: {chosen}; not read: {shortened(others, 200)}")
        )
    listed = shortened(", ".join(catalogues or [member.filename for member in members]), 300)
    if catalogues:
        raise IndexingError(f"{path} holds several catalogues ({listed}): unpack it and name the one to read")
    raise IndexingError(f"{path} holds no file that is a catalogue ({listed}); the largest: {reasons[max(reasons)]}")
