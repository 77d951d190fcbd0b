"""Archives that are not bundles, or damaged ones, change nothing."""

import gzip
import json
import random
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from app.indexing.errors import IndexingError
from app.indexing.publish.bundle import install_bundle
from app.services.local.files.model_files import (
    INDEX_FILE,
    MANIFEST_FILE,
)
from tests.indexing.publish.bundles import Member, archive_of, contents, members_of


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
