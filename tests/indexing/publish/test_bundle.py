"""A bundle restores the models/ it was made from; any other archive changes nothing."""

import gzip
import hashlib
import io
import json
import random
import shutil
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from app.indexing.__main__ import main
from app.indexing.errors import IndexingError
from app.indexing.models_folder import exclusive_lock
from app.indexing.publish.bundle import install_bundle, write_bundle
from app.services.errors import ModelFileError
from app.services.local.files.manifest import FileFacts, Manifest
from app.services.local.files.model_files import (
    INDEX_FILE,
    MANIFEST_FILE,
    MAP_FILE,
    MODEL_FILES,
    check_files,
)
from app.services.local.load import load_service

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


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    write_bundle(small_set(tmp_path / "made", "new"), tmp_path / "bundle.tar.gz")
    return tmp_path / "bundle.tar.gz"


@pytest.fixture
def in_place(tmp_path: Path) -> Path:
    return small_set(tmp_path / "models", "old", serving=("vectors_values.npy", "vectors_of_old.npy"))


# --- there and back ---------------------------------------------------------------------------------------------------


def test_a_fetched_index_gives_the_same_answers(
    models_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, fetched = tmp_path / "bundle.tar.gz", tmp_path / "fetched"

    assert main(["bundle", "--models-dir", str(models_dir), "--output", str(output)]) == 0
    sha256 = hashlib.sha256(output.read_bytes()).hexdigest()
    assert f"fetch URL --sha256 {sha256}" in capsys.readouterr().out
    assert main(["fetch", output.as_uri(), "--sha256", sha256, "--models-dir", str(fetched)]) == 0

    packed = {name: content for name, content in contents(models_dir).items() if name in contents(fetched)}
    assert contents(fetched) == packed
    service = load_service(fetched)
    service.close()


def test_the_same_models_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = small_set(tmp_path / "first", "new"), small_set(tmp_path / "second" / "copy", "new")
    (second / INDEX_FILE).chmod(0o600)
    facts = write_bundle(first, tmp_path / "first.tar.gz")

    assert write_bundle(second, tmp_path / "other name.tgz") == facts
    content = (tmp_path / "first.tar.gz").read_bytes()
    assert content == (tmp_path / "other name.tgz").read_bytes()
    assert facts == FileFacts(hashlib.sha256(content).hexdigest(), len(content))


def test_a_file_of_the_set_is_refused_as_output(tmp_path: Path) -> None:
    models_dir = small_set(tmp_path / "made", "new")
    before = contents(models_dir)
    with pytest.raises(IndexingError, match="is one of the files to pack"):
        write_bundle(models_dir, models_dir / INDEX_FILE)
    assert contents(models_dir) == before


@pytest.mark.parametrize(("entry", "value"), [("template_version", 99), ("count", 7)])
def test_a_bundle_that_cannot_be_served_changes_nothing(
    own_models_dir: Path,
    models_dir: Path,
    tmp_path: Path,
    entry: str,
    value: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    manifest = json.loads((own_models_dir / "manifest.json").read_text(encoding="utf-8"))
    (own_models_dir / "manifest.json").write_text(json.dumps(manifest | {entry: value}), encoding="utf-8")
    facts = write_bundle(own_models_dir, tmp_path / "bundle.tar.gz")
    in_use = Path(shutil.copytree(models_dir, tmp_path / "in use"))
    url = (tmp_path / "bundle.tar.gz").as_uri()
    assert main(["fetch", url, "--sha256", facts.sha256, "--models-dir", str(in_use)]) == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert contents(in_use) == contents(models_dir)


def test_a_bundle_replaces_every_file_of_the_set(bundle: Path, in_place: Path) -> None:
    (in_place / "starter_catalogue.jsonl").write_text("{}")
    manifest = install_bundle(bundle, in_place)

    check_files(in_place, manifest)
    assert manifest.model_id == "new"
    assert contents(in_place) == contents(bundle.parent / "made") | {"starter_catalogue.jsonl": b"{}"}


def test_a_damaged_set_is_not_packed(tmp_path: Path) -> None:
    made = small_set(tmp_path / "made", "new")
    (made / INDEX_FILE).write_bytes(b"damaged")
    with pytest.raises(ModelFileError, match=r"movies\.ann"):
        write_bundle(made, tmp_path / "bundle.tar.gz")
    (made / MANIFEST_FILE).unlink()
    with pytest.raises(IndexingError, match="verify --accept"):
        write_bundle(made, tmp_path / "bundle.tar.gz")

    assert not list(tmp_path.glob("bundle*"))


def test_an_output_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    made = small_set(tmp_path / "made", "new")
    for output in (tmp_path, tmp_path / "no" / "bundle.tar.gz"):
        with pytest.raises(IndexingError, match="name a file"):
            write_bundle(made, output)


# --- archives that are something else ---------------------------------------------------------------------------------


def renamed(name: str) -> Callable[[list[Member]], list[Member]]:
    def change(members: list[Member]) -> list[Member]:
        members[-1][0].name = name
        return members

    return change


def added(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> Callable[[list[Member]], list[Member]]:
    def change(members: list[Member]) -> list[Member]:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, link
        return [*members, (member, b"")]

    return change


def retyped(kind: bytes, link: str) -> Callable[[list[Member]], list[Member]]:
    def change(members: list[Member]) -> list[Member]:
        member = members[-1][0]
        member.type, member.linkname, member.size = kind, link, 0
        return [*members[:-1], (member, b"")]

    return change


def listing(change: Callable[[dict[str, object]], object]) -> Callable[[list[Member]], list[Member]]:
    def changed(members: list[Member]) -> list[Member]:
        manifest = json.loads(members[0][1])
        change(manifest)
        text = json.dumps(manifest).encode()
        members[0][0].size = len(text)
        return [(members[0][0], text), *members[1:]]

    return changed


def other_content(members: list[Member]) -> list[Member]:
    member, content = members[-1]
    return [*members[:-1], (member, bytes(len(content)))]


def longer(members: list[Member]) -> list[Member]:
    member, content = members[-1]
    member.size += 1
    return [*members[:-1], (member, content + b"x")]


def files(manifest: dict[str, object]) -> dict[str, object]:
    listed = manifest["files"]
    assert isinstance(listed, dict)
    return listed


FACTS = {"sha256": "0" * 64, "size": 5}


@pytest.mark.parametrize(
    "change",
    [
        renamed("../outside"),
        renamed("/etc/outside"),
        renamed("serving/../../outside"),
        renamed("movies_map.pkl/x"),
        added("more.txt"),
        added("more", tarfile.SYMTYPE, "/etc/passwd"),
        added("more", tarfile.DIRTYPE),
        added("more", tarfile.CHRTYPE),
        added(INDEX_FILE),
        retyped(tarfile.SYMTYPE, "/etc/passwd"),
        retyped(tarfile.LNKTYPE, MANIFEST_FILE),
        retyped(tarfile.FIFOTYPE, ""),
        lambda members: members[:-1],
        lambda members: members[1:],
        lambda members: members[::-1],
        lambda members: [],
        other_content,
        longer,
        listing(lambda manifest: files(manifest).update({"../outside": FACTS})),
        listing(lambda manifest: files(manifest).update({"/outside": FACTS})),
        listing(lambda manifest: files(manifest).update({"serving/../outside": FACTS})),
        listing(lambda manifest: files(manifest).update({"serving/.hidden": FACTS})),
        listing(lambda manifest: files(manifest).update({"serving\\outside": FACTS})),
        listing(lambda manifest: files(manifest).update({"manifest.json": FACTS})),
        listing(lambda manifest: files(manifest).update({"serving/x": FACTS | {"size": 10**12}})),
        listing(lambda manifest: files(manifest).update({"serving/x": FACTS | {"size": -1}})),
        listing(lambda manifest: files(manifest).update({f"serving/x{n}": FACTS for n in range(2000)})),
        listing(lambda manifest: files(manifest).pop(INDEX_FILE)),
        listing(lambda manifest: manifest.pop("files")),
        listing(lambda manifest: manifest.update(format=99)),
    ],
)
def test_an_archive_with_other_content_changes_nothing(
    bundle: Path, in_place: Path, change: Callable[[list[Member]], list[Member]]
) -> None:
    before = contents(in_place)
    forged = archive_of(change(members_of(bundle)), bundle.with_name("forged.tar.gz"))

    with pytest.raises(IndexingError) as caught:
        install_bundle(forged, in_place)

    assert "\n" not in str(caught.value)
    assert contents(in_place) == before
    assert not list(bundle.parent.rglob("outside*"))


def test_an_archive_of_another_version_is_refused_with_the_remedy(bundle: Path, in_place: Path) -> None:
    other = listing(lambda manifest: manifest.update(format=99))
    forged = archive_of(other(members_of(bundle)), bundle.with_name("forged.tar.gz"))
    with pytest.raises(IndexingError, match=r"made by another version .*format 99.*run: .*build.*then make the bundle"):
        install_bundle(forged, in_place)


def test_a_header_that_claims_gigabytes_is_refused_without_using_memory(bundle: Path, in_place: Path) -> None:
    header = tarfile.TarInfo("extended")
    header.type, header.size = tarfile.XHDTYPE, 3 * 2**30
    claimed = header.tobuf(tarfile.USTAR_FORMAT) + bytes(2**20)
    forged = bundle.with_name("forged.tar.gz")
    forged.write_bytes(gzip.compress(claimed))
    tracemalloc.start()
    try:
        with pytest.raises(IndexingError, match=r"forged\.tar\.gz is damaged or not a bundle"):
            install_bundle(forged, in_place)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x1f\x8b", gzip.compress(b"no archive"), gzip.compress(b"")])
def test_a_file_that_is_not_an_archive_is_refused(bundle: Path, in_place: Path, content: bytes) -> None:
    bundle.write_bytes(content)
    with pytest.raises(IndexingError, match="not a bundle"):
        install_bundle(bundle, in_place)


def test_damage_at_any_position_changes_nothing(bundle: Path, in_place: Path) -> None:
    before, whole = contents(in_place), bundle.read_bytes()
    chance = random.Random(5)
    installed = 0
    for _ in range(150):
        damaged = bytearray(whole)
        if chance.random() < 0.3:
            del damaged[chance.randrange(len(damaged)) :]
        else:
            damaged[chance.randrange(len(damaged))] ^= chance.randrange(1, 256)
        bundle.write_bytes(damaged)
        try:
            install_bundle(bundle, in_place)
        except IndexingError:
            assert contents(in_place) == before
        else:  # the byte was in padding, or in a header that says nothing
            installed += 1
            assert contents(in_place) == contents(bundle.parent / "made")
            before = contents(in_place)
    assert installed < 20


def test_nothing_is_unpacked_during_a_build(bundle: Path, in_place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
    with exclusive_lock(in_place):
        assert main(["fetch", bundle.as_uri(), "--sha256", digest, "--models-dir", str(in_place)]) == 1
    assert "Another build is writing" in capsys.readouterr().err
