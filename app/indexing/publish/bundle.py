"""The commands `bundle` and `fetch`, which pack models/ into one archive to publish and unpack it.

A bundle is a gzipped tar archive of manifest.json followed by the files that the manifest lists. The same models/ gives
the same bytes. Unpacking trusts nothing in an archive: it accepts only regular files that the manifest lists, with
names that models/ may have, and with the size and SHA-256 of the manifest.
"""

import argparse
import gzip
import hashlib
import io
import re
import shutil
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO

from app.indexing.errors import IndexingError
from app.indexing.models_folder import AddCommand, add_models_dir, exclusive_lock, remove_unlisted_files
from app.indexing.progress import progress, say
from app.services.commands import ACCEPT_COMMAND, BUILD_COMMAND
from app.services.errors import ServiceError
from app.services.local.files.manifest import FileFacts, Manifest, OtherFormatError
from app.services.local.files.model_files import (
    INDEX_FILE,
    MANIFEST_FILE,
    MAP_FILE,
    MODEL_DIRECTORY,
    NEEDED_MODEL_FILES,
    SERVING_DIRECTORY,
    STAGING_DIRECTORY,
    check_files,
    commit_staging,
    finish_switch,
    locate,
    read_manifest,
)

MAX_UNPACKED_BYTES = 8_000_000_000
"""A catalogue of a million films takes under 5 GB."""

_MAX_MANIFEST_BYTES = 1_000_000
_MAX_FILES = 1000
_CHUNK_BYTES = 1 << 20
_NEEDED_FILES = frozenset({*NEEDED_MODEL_FILES, INDEX_FILE, MAP_FILE})
_MODEL_NAME = re.compile(rf"{MODEL_DIRECTORY}/[A-Za-z0-9][A-Za-z0-9_.-]{{0,99}}")
_SERVING_NAME = re.compile(rf"{SERVING_DIRECTORY}/[A-Za-z0-9][A-Za-z0-9_.-]{{0,99}}")


def add_commands(add: AddCommand) -> None:
    """Add the commands `bundle` and `fetch`."""
    pack = add("bundle", "pack models/ into one archive to publish")
    pack.description = (
        "Pack models/ into one archive to publish on a release page or in a bucket, and print the command that fetches "
        "it. Publish only a catalogue that you may: its texts are in the archive."
    )
    pack.add_argument("--output", type=Path, required=True, metavar="FILE", help="archive to write (.tar.gz)")
    add_models_dir(pack)
    pack.set_defaults(run=run_bundle)

    fetch = add("fetch", "download, check and unpack a bundle")
    fetch.description = (
        "Download a bundle, check it, and switch models/ to it. Nothing is changed unless all of it is valid. If the "
        "download is interrupted, run the same command again to resume it."
    )
    fetch.add_argument("url", metavar="URL", help="https://... or file:///...")
    fetch.add_argument("--sha256", required=True, metavar="HEX", help="as printed by the bundle command")
    add_models_dir(fetch)
    fetch.set_defaults(run=run_fetch)


def run_bundle(args: argparse.Namespace) -> int:
    """Run the bundle command; returns the exit status."""
    facts = write_bundle(args.models_dir, args.output)
    say(f"{args.output}: {facts.size / 1e6:,.1f} MB, SHA-256 {facts.sha256}")
    say(f"Publish it, then: python -m app.indexing fetch URL --sha256 {facts.sha256}")
    return 0


def run_fetch(args: argparse.Namespace) -> int:
    """Run the fetch command; returns the exit status."""
    from app.indexing.publish.fetch import fetched_file

    args.models_dir.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(args.models_dir), fetched_file(args.url, args.sha256, args.models_dir) as archive:
        manifest = install_bundle(archive, args.models_dir, check=_check_that_it_serves)
    say(f"{args.models_dir}: {manifest.count:,} films, {len(manifest.files)} files as in the bundle")
    return 0


def write_bundle(models_dir: Path, output: Path) -> FileFacts:
    """Check and pack the files in `models_dir`, and return SHA-256 and size of the archive.

    Raises:
        ModelFileError: A file differs from its entry in the manifest.
        IndexingError: There is no manifest, or `output` cannot be written there.
    """
    if output.is_dir() or not output.parent.is_dir():
        raise IndexingError(f"--output {output} is a folder, or in a folder that does not exist: name a file")
    manifest = read_manifest(models_dir)
    if manifest is None:
        raise IndexingError(
            f"{models_dir / MANIFEST_FILE} is missing; if you put the files there yourself, run: {ACCEPT_COMMAND}"
        )
    if output.resolve() in (locate(models_dir, name).resolve() for name in (MANIFEST_FILE, *manifest.files)):
        raise IndexingError(f"--output {output} is one of the files to pack: name another")
    partial = output.with_name(output.name + ".partial")
    try:
        with exclusive_lock(models_dir):
            check_files(models_dir, manifest)
            with partial.open("w+b") as file:
                _pack(models_dir, manifest, file)
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        facts = FileFacts(digest, partial.stat().st_size)
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
    return facts


def _pack(models_dir: Path, manifest: Manifest, file: BinaryIO) -> None:
    names = [MANIFEST_FILE, *sorted(manifest.files)]
    total = sum(locate(models_dir, name).stat().st_size for name in names)
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
        progress(total=total, label="Packing", unit="B") as advance,
    ):
        for name in names:
            path = locate(models_dir, name)
            member = tarfile.TarInfo(name)  # owner, times and mode are the same on every machine
            member.size = path.stat().st_size
            with path.open("rb") as content:
                archive.addfile(member, _Watched(content, advance))


class _Watched(io.RawIOBase):
    """Wraps a file and reports how much of it has been read."""

    def __init__(self, file: BinaryIO, advance: Callable[[int], None]) -> None:
        self._file = file
        self._advance = advance

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._advance(len(data))
        return data


def _check_that_it_serves(models_dir: Path) -> None:
    from app.services.local.load import load_service

    try:
        load_service(models_dir).close()
    except ServiceError as error:
        raise IndexingError(f"The bundle cannot be served ({error}); nothing was changed") from None


def install_bundle(archive: Path, models_dir: Path, check: Callable[[Path], None] | None = None) -> Manifest:
    """Unpack a bundle into the staging folder and switch `models_dir` to all of its files, or change nothing.

    `check` is called with the staging folder before the switch. The caller holds the lock of `models_dir`.

    Raises:
        IndexingError: The archive is not a bundle, is damaged, or contains something else.
    """
    finish_switch(models_dir)
    staging = models_dir / STAGING_DIRECTORY
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        manifest = _unpack(archive, staging)
        if check is not None:
            check(staging)
        commit_staging(models_dir, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    remove_unlisted_files(models_dir)
    return manifest


def _unpack(path: Path, staging: Path) -> Manifest:
    try:
        with (
            path.open("rb") as file,
            _BoundedGzip(file) as unpacked,
            tarfile.open(fileobj=unpacked, mode="r:") as archive,
        ):
            return _unpack_members(archive, staging)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, UnicodeError) as error:
        raise IndexingError(f"{path} is damaged or not a bundle ({error}): make it again") from None


def _unpack_members(archive: tarfile.TarFile, staging: Path) -> Manifest:
    first = archive.next()
    if first is None or first.name != MANIFEST_FILE or not first.isreg() or first.size > _MAX_MANIFEST_BYTES:
        raise IndexingError(f"The archive is not a bundle: it does not begin with {MANIFEST_FILE}")
    manifest, text = _read_manifest(_content(archive, first).read(_MAX_MANIFEST_BYTES))
    left = dict(manifest.files)
    total = sum(facts.size for facts in left.values())
    with progress(total=total, label="Unpacking", unit="B") as advance:
        while member := archive.next():
            facts = left.pop(member.name, None)
            if facts is None or not member.isreg() or member.issparse() or member.size != facts.size:
                raise IndexingError(f"The archive contains {member.name!r}, which its manifest does not list: refused")
            _unpack_file(_content(archive, member), staging / member.name, facts, advance)
    if left:
        raise IndexingError(f"The archive lacks {', '.join(sorted(left))}: make it again with the bundle command")
    (staging / MANIFEST_FILE).write_bytes(text)
    return manifest


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise IndexingError(f"The archive's {member.name!r} has no content: refused")
    return content


def _read_manifest(text: bytes) -> tuple[Manifest, bytes]:
    try:
        manifest = Manifest.from_json(text.decode("utf-8"))
    except OtherFormatError as error:
        raise IndexingError(
            f"The archive cannot be used: {error}; run: {BUILD_COMMAND}, then make the bundle again"
        ) from None
    except (ValueError, RecursionError) as error:
        raise IndexingError(f"The manifest in the archive cannot be read ({error}): make the bundle again") from None
    for name, facts in manifest.files.items():
        if name not in _NEEDED_FILES and not _MODEL_NAME.fullmatch(name) and not _SERVING_NAME.fullmatch(name):
            raise IndexingError(f"The manifest in the archive lists {name!r}, which is not a file of models/: refused")
        if facts.size < 0:
            raise IndexingError(f"The manifest in the archive has an impossible size of {name!r}: refused")
    if lacking := sorted(_NEEDED_FILES - manifest.files.keys()):
        raise IndexingError(f"The manifest in the archive lacks {', '.join(lacking)}: make the bundle again")
    if len(manifest.files) > _MAX_FILES or sum(f.size for f in manifest.files.values()) > MAX_UNPACKED_BYTES:
        raise IndexingError(f"The archive would unpack to more than {MAX_UNPACKED_BYTES / 1e9:.0f} GB: refused")
    return manifest, text


def _unpack_file(content: IO[bytes], target: Path, facts: FileFacts, advance: Callable[[int], None]) -> None:
    digest = hashlib.sha256()
    target.parent.mkdir(exist_ok=True)
    with target.open("xb") as file:
        while chunk := content.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
            advance(len(chunk))
    if digest.hexdigest() != facts.sha256:
        raise IndexingError(f"{target.name} in the archive is not the file in its manifest (SHA-256 differs): refused")


class _BoundedGzip(gzip.GzipFile):
    """A gzip reader that refuses large reads: a header may claim any length, and tarfile would allocate that much."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(fileobj=file, mode="rb")

    def read(self, size: int | None = -1) -> bytes:
        """Read up to `size` bytes; raises tarfile.ReadError for more than a few chunks."""
        if size is None or not 0 <= size <= 4 * _CHUNK_BYTES:
            raise tarfile.ReadError("a header of impossible length")
        return super().read(size)
