"""Bundles of small sets, and archives made from them."""

import hashlib
import io
import tarfile
from pathlib import Path

from app.services.local.files.manifest import FileFacts, Manifest
from app.services.local.files.model_files import (
    INDEX_FILE,
    MANIFEST_FILE,
    MAP_FILE,
    MODEL_FILES,
)

Member = tuple[tarfile.TarInfo, bytes]


def small_set(folder: Path, word: str, serving: tuple[str, ...] = ("vectors_values.npy",)) -> Path:
    """Write files that agree with a manifest, though they cannot be served."""
    names = [*MODEL_FILES, INDEX_FILE, MAP_FILE, *(f"serving/{name}" for name in serving)]
    files = {}
    for name in names:
        content = f"{word} {name} ".encode() * 50
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        files[name] = FileFacts(hashlib.sha256(content).hexdigest(), len(content))
    manifest = Manifest(
        count=3,
        model_id=word,
        template_version=1,
        created_at="2026-11-24T00:00:00+00:00",
        files=files,
        dimension=384,
    )
    (folder / MANIFEST_FILE).write_text(manifest.to_json())
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".build.lock"
    }


def members_of(bundle: Path) -> list[Member]:
    with tarfile.open(bundle) as archive:
        return [(member, (archive.extractfile(member) or io.BytesIO()).read()) for member in archive]


def archive_of(members: list[Member], target: Path) -> Path:
    with tarfile.open(target, "w:gz") as archive:
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))
    return target
