"""The switch from one set of files to the next: after an interruption at any moment, one whole set is read."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.services.commands import BUILD_COMMAND
from app.services.errors import ModelFileError
from app.services.local.files import model_files
from app.services.local.files.manifest import FORMAT, FileFacts, Manifest
from app.services.local.files.model_files import (
    check_files,
    commit_staging,
    file_facts,
    finish_switch,
    locate,
    read_manifest,
)

NAMES = ("manifest.json", "movies.ann", "movies_map.pkl", "serving/a.npy")


def write_set(directory: Path, content: str) -> None:
    for name in NAMES:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(content, encoding="utf-8")


def read_set(models_dir: Path) -> set[str]:
    return {locate(models_dir, name).read_text(encoding="utf-8") for name in NAMES}


def stage(models_dir: Path) -> Path:
    staging = models_dir / ".staging"
    write_set(staging, "new")
    return staging


class Killed(BaseException):
    """Simulates a process that is killed during a switch."""


def test_a_switch_puts_every_file_in_place_and_leaves_nothing_behind(tmp_path: Path) -> None:
    write_set(tmp_path, "old")
    commit_staging(tmp_path, stage(tmp_path))
    assert read_set(tmp_path) == {"new"}
    assert not (tmp_path / ".incoming").exists()
    assert not (tmp_path / ".staging").exists()


@pytest.mark.parametrize("renames_before_the_end", range(1 + len(NAMES)))
def test_a_switch_cut_short_after_any_rename_reads_as_one_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames_before_the_end: int
) -> None:
    write_set(tmp_path, "old")
    staging = stage(tmp_path)
    with monkeypatch.context() as patch:
        left = iter(range(renames_before_the_end))

        def dies_at_some_rename(rename: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
            def renamed(source: Path, target: Path) -> Path:
                if next(left, None) is None:
                    raise Killed
                return rename(source, target)

            return renamed

        patch.setattr(Path, "rename", dies_at_some_rename(Path.rename))
        patch.setattr(Path, "replace", dies_at_some_rename(Path.replace))
        with pytest.raises(Killed):
            commit_staging(tmp_path, staging)
    assert read_set(tmp_path) == ({"old"} if renames_before_the_end == 0 else {"new"})
    finish_switch(tmp_path)
    assert read_set(tmp_path) == ({"old"} if renames_before_the_end == 0 else {"new"})
    assert not (tmp_path / ".incoming").exists()


def begin_switch(models_dir: Path) -> None:
    stage(models_dir).rename(models_dir / ".incoming")


def test_several_processes_may_finish_a_switch_at_once(tmp_path: Path) -> None:
    write_set(tmp_path, "old")
    with ThreadPoolExecutor(4) as threads:
        for _ in range(100):
            begin_switch(tmp_path)
            list(threads.map(finish_switch, [tmp_path] * 4))
            assert read_set(tmp_path) == {"new"}
            assert not (tmp_path / ".incoming").exists()


def test_the_next_switch_may_begin_while_one_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_set(tmp_path, "old")
    begin_switch(tmp_path)

    def begins_the_next(path: Path) -> None:
        shutil.rmtree(tmp_path / ".incoming")
        write_set(tmp_path / ".staging", "newest")
        (tmp_path / ".staging").rename(tmp_path / ".incoming")

    with monkeypatch.context() as patch:
        patch.setattr(model_files, "_flush_to_disk", begins_the_next)
        finish_switch(tmp_path)
    assert read_set(tmp_path) == {"newest"}
    finish_switch(tmp_path)
    assert read_set(tmp_path) == {"newest"}
    assert not (tmp_path / ".incoming").exists()


def test_finishing_a_switch_that_was_never_begun_does_nothing(tmp_path: Path) -> None:
    write_set(tmp_path, "old")
    finish_switch(tmp_path)
    assert read_set(tmp_path) == {"old"}


def a_manifest(models_dir: Path) -> Manifest:
    files = {name: file_facts(models_dir / name) for name in NAMES[1:]}
    return Manifest(
        count=1,
        model_id="m",
        template_version=1,
        created_at="2026-01-01T00:00:00+00:00",
        files=files,
        dimension=384,
    )


def test_a_manifest_reads_as_it_was_written(tmp_path: Path) -> None:
    write_set(tmp_path, "old")
    manifest = a_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    assert read_manifest(tmp_path) == manifest
    check_files(tmp_path, manifest)


def test_a_folder_without_manifest_has_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", f'{{"format": {FORMAT}}}', "\0", "[" * 100_000])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelFileError, match=r"manifest\.json cannot be read"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("other", [1, FORMAT + 1])
def test_a_set_of_another_version_of_this_software_is_refused_with_the_remedy(tmp_path: Path, other: int) -> None:
    write_set(tmp_path, "old")
    text = replace(a_manifest(tmp_path), format=other).to_json()
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelFileError) as refusal:
        read_manifest(tmp_path)
    assert "made by another version of this software" in str(refusal.value)
    assert f"format {other}, this one reads {FORMAT}" in str(refusal.value)
    assert str(refusal.value).endswith(f"run: {BUILD_COMMAND}")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)


def make_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def link_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink, make_directory, link_to_nowhere], ids=lambda d: d.__name__)
@pytest.mark.parametrize("name", NAMES[1:])
def test_a_damaged_file_is_named(tmp_path: Path, name: str, damage: Callable[[Path], None]) -> None:
    write_set(tmp_path, "old")
    manifest = a_manifest(tmp_path)
    damage(tmp_path / name)
    with pytest.raises(ModelFileError, match=rf"{Path(name).name}.*app\.indexing") as refusal:
        check_files(tmp_path, manifest)
    assert "\n" not in str(refusal.value)


def test_a_start_reads_a_file_by_its_checksum_and_verify_by_its_sha_256(tmp_path: Path) -> None:
    write_set(tmp_path, "old")
    manifest = a_manifest(tmp_path)
    name = NAMES[1]
    right = manifest.files[name]
    wrong_sha256 = replace(manifest, files={name: replace(right, sha256="0" * 64)})
    wrong_checksum = replace(manifest, files={name: replace(right, xxh3="0" * 32)})
    check_files(tmp_path, wrong_sha256, by_checksum=True)
    check_files(tmp_path, wrong_checksum)
    for other, by_checksum in ((wrong_sha256, False), (wrong_checksum, True)):
        with pytest.raises(ModelFileError, match="its content differs"):
            check_files(tmp_path, other, by_checksum=by_checksum)


@pytest.mark.parametrize("digest", ["sha256", "xxh3"])
def test_a_damaged_digest_in_a_manifest_is_refused(tmp_path: Path, digest: str) -> None:
    write_set(tmp_path, "old")
    content = json.loads(a_manifest(tmp_path).to_json())
    content["files"][NAMES[1]][digest] = content["files"][NAMES[1]][digest].replace("a", "%")
    (tmp_path / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ModelFileError, match="a digest is damaged"):
        read_manifest(tmp_path)


def test_a_manifest_without_checksums_is_checked_by_sha_256(tmp_path: Path) -> None:
    write_set(tmp_path, "old")
    content = json.loads(a_manifest(tmp_path).to_json())
    for facts in content["files"].values():
        del facts["xxh3"]
    (tmp_path / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    check_files(tmp_path, manifest, by_checksum=True)
    flip(tmp_path / NAMES[1])
    with pytest.raises(ModelFileError, match="its content differs"):
        check_files(tmp_path, manifest, by_checksum=True)


def test_facts_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    facts = file_facts(tmp_path / "a")
    # FIPS 180-2, appendix B.1
    assert facts == FileFacts("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3)
    (tmp_path / "empty").touch()
    assert file_facts(tmp_path / "empty").xxh3 == "99aa06d3014798d86001c324468d497f"  # as xxhsum prints it
