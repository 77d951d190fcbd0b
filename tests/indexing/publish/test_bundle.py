"""A bundle restores the models/ it was made from."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from app.indexing.__main__ import main
from app.indexing.errors import IndexingError
from app.indexing.models_folder import exclusive_lock
from app.indexing.publish.bundle import install_bundle, write_bundle
from app.services.errors import ModelFileError
from app.services.local.files.manifest import FileFacts
from app.services.local.files.model_files import (
    INDEX_FILE,
    MANIFEST_FILE,
    check_files,
)
from app.services.local.load import load_service
from tests.indexing.publish.bundles import contents, small_set


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


def test_the_progress_ends_at_the_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models = small_set(tmp_path / "models", "new")
    manifest = models / MANIFEST_FILE
    manifest.write_text(manifest.read_text() + " " * 1_000_000)
    write_bundle(models, tmp_path / "bundle.tar.gz")
    assert "Packing: 1.0 of 1.0 MB" in capsys.readouterr().out


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


def test_nothing_is_unpacked_during_a_build(bundle: Path, in_place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
    with exclusive_lock(in_place):
        assert main(["fetch", bundle.as_uri(), "--sha256", digest, "--models-dir", str(in_place)]) == 1
    assert "Another build is writing" in capsys.readouterr().err
