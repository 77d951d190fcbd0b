"""The build of an index: reproducible files, interrupted builds, and updates."""

import dataclasses
import hashlib
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from app.indexing.catalogue.movie import Movie
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from app.indexing.index import build, embeddings
from app.indexing.index.build import build_index
from app.services.encoder.text_encoder import TextEncoder
from app.services.errors import ModelFileError
from app.services.local.engines.annoy_file import open_vectors
from app.services.local.files.model_files import MODEL_DIRECTORY
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.load import load_service
from app.services.movie_record import MovieRecord
from app.services.queries import Query
from tests.conftest import STARTER_CATALOGUE
from tests.running_server import ROOT

FILMS = read_catalogue(STARTER_CATALOGUE).movies[:40]


@pytest.fixture
def empty_models_dir(models_dir: Path, tmp_path: Path) -> Path:
    """A folder with the model and no index."""
    shutil.copytree(models_dir / MODEL_DIRECTORY, tmp_path / "models" / MODEL_DIRECTORY)
    return tmp_path / "models"


def content_of(models_dir: Path) -> dict[str, str]:
    """Return the digest of each file of a set; of the manifest without its times."""
    digests = {}
    for path in sorted(models_dir.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            content = path.read_bytes()
            if path.name == "manifest.json":
                manifest = json.loads(content)
                del manifest["created_at"], manifest["measured"]
                content = json.dumps(manifest).encode()
            digests[path.relative_to(models_dir).as_posix()] = hashlib.sha256(content).hexdigest()
    return digests


def test_the_same_films_give_the_same_files(empty_models_dir: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(empty_models_dir, other)
    build_index(FILMS, empty_models_dir)
    build_index(FILMS, other)
    assert content_of(empty_models_dir) == content_of(other)


def test_the_map_holds_what_the_original_project_reads(empty_models_dir: Path) -> None:
    build_index(FILMS, empty_models_dir)
    records = read_movie_records(empty_models_dir / "movies_map.pkl")
    assert list(records) == list(range(len(FILMS)))
    first = records[0]
    assert (first["tmdb_id"], first["title"], first["year"]) == (FILMS[0].movie_id, FILMS[0].title, str(FILMS[0].year))
    assert first["genres_list"] == list(FILMS[0].genres)
    assert first["overview"] == FILMS[0].overview


def test_annoy_reads_the_vectors_that_were_put_in(empty_models_dir: Path) -> None:
    from annoy import AnnoyIndex

    build_index(FILMS, empty_models_dir)
    index = AnnoyIndex(384, "angular")
    index.load(str(empty_models_dir / "movies.ann"))
    assert index.get_n_items() == len(FILMS)
    vectors = open_vectors(empty_models_dir / "movies.ann", 384)
    assert np.allclose(index.get_item_vector(7), vectors[7])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def encoded_texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record every text that is encoded from now on."""
    texts: list[str] = []
    encode = embeddings.encode_film

    def noting(encoder: TextEncoder, film: MovieRecord) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        texts.append(film.title)
        return encode(encoder, film)

    monkeypatch.setattr(embeddings, "encode_film", noting)
    return texts


def changed(films: Sequence[Movie]) -> list[Movie]:
    """Return the films without the last five, one with another overview and one more."""
    rewritten = dataclasses.replace(films[3], overview="Somebody rewrote what this one is about.")
    added = dataclasses.replace(films[0], movie_id=999_999_999, title="A new one")
    return [*films[:3], rewritten, *films[4:-5], added]


def test_an_update_encodes_only_what_is_new_or_changed(
    empty_models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(FILMS, empty_models_dir)
    texts = encoded_texts(monkeypatch)
    report = build_index(changed(FILMS), empty_models_dir)
    assert sorted(texts) == sorted([FILMS[3].title, "A new one"])
    assert (report.films, report.encoded, report.kept) == (36, 2, 34)

    afresh = tmp_path / "afresh"
    shutil.copytree(empty_models_dir / MODEL_DIRECTORY, afresh / MODEL_DIRECTORY)
    build_index(changed(FILMS), afresh)
    assert content_of(empty_models_dir) == content_of(afresh)


def test_an_index_of_an_earlier_format_is_made_again_without_encoding(empty_models_dir: Path) -> None:
    build_index(FILMS, empty_models_dir)
    before = content_of(empty_models_dir)
    manifest_path = empty_models_dir / "manifest.json"
    earlier = json.loads(manifest_path.read_text(encoding="utf-8")) | {"format": 1}
    manifest_path.write_text(json.dumps(earlier), encoding="utf-8")
    with pytest.raises(ModelFileError, match="made by another version"):
        load_service(empty_models_dir)
    assert build_index(FILMS, empty_models_dir).encoded == 0
    assert content_of(empty_models_dir) == before


@pytest.mark.parametrize("change", [lambda films: films[1:] + films[:1], lambda films: films[1:]])
def test_vectors_are_never_taken_for_those_of_other_films(
    empty_models_dir: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[list[Any]], list[Any]]
) -> None:
    build_index(FILMS, empty_models_dir)
    path = empty_models_dir / "movies_map.pkl"
    films = change(list(read_movie_records(path).values()))
    path.write_bytes(pickle.dumps(dict(enumerate(films))))
    texts = encoded_texts(monkeypatch)
    build_index(FILMS, empty_models_dir)
    assert len(texts) == len(FILMS)


def test_another_model_encodes_everything_again(empty_models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_index(FILMS, empty_models_dir)
    manifest_path = empty_models_dir / "manifest.json"
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    manifest["files"]["model_quantized/model_quantized.onnx"]["sha256"] = "0" * 64
    manifest_path.write_text(json.dumps(manifest), encoding="utf-8")
    texts = encoded_texts(monkeypatch)
    build_index(FILMS, empty_models_dir)
    assert len(texts) == len(FILMS)


class Killed(BaseException):
    """Simulates a process that is killed during a build."""


def test_a_second_run_goes_on_where_the_first_stopped(empty_models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encode = embeddings.encode_film
    with monkeypatch.context() as patch:
        done: list[str] = []

        def dies_after_some(encoder: TextEncoder, film: MovieRecord) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
            if film.title == FILMS[30].title:
                raise Killed
            done.append(film.title)
            return encode(encoder, film)

        patch.setattr(embeddings, "encode_film", dies_after_some)
        with pytest.raises(Killed):
            build_index(FILMS, empty_models_dir)
    with (empty_models_dir / embeddings.PARTIAL_FILE).open("ab") as partial:
        partial.write(b"a torn record")
    texts = encoded_texts(monkeypatch)
    build_index(FILMS, empty_models_dir)
    assert 0 < len(texts) < len(FILMS)
    assert FILMS[0].title not in texts
    assert not (empty_models_dir / embeddings.PARTIAL_FILE).exists()


def test_a_build_killed_at_any_moment_leaves_a_set_that_serves(own_models_dir: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.jsonl"
    lines = STARTER_CATALOGUE.read_text(encoding="utf-8").splitlines()[:60]
    catalogue.write_text("\n".join(line.replace("the", "a") for line in lines), encoding="utf-8")
    before = load_service(own_models_dir)
    films_before = before.info.films
    before.close()
    command = [sys.executable, "-m", "app.indexing", "build", "--catalogue", str(catalogue)]
    for milliseconds in (300, 900, 1300, 1700, 2100, 2500, 2900, 3300):
        process = subprocess.Popen(
            [*command, "--models-dir", str(own_models_dir)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
        process.wait()
        service = load_service(own_models_dir)
        assert service.info.films in {films_before, 60}
        assert service.answer(Query("A man travels to the moon in a rocket.")).recommendations
        service.close()


def test_two_builds_at_once_are_refused(empty_models_dir: Path) -> None:
    with FileLock(empty_models_dir / ".build.lock"), pytest.raises(IndexingError, match="Another build"):
        build_index(FILMS, empty_models_dir)


def test_a_folder_without_model_uses_and_takes_along_the_other_one(models_dir: Path, tmp_path: Path) -> None:
    build_index(FILMS, tmp_path / "own", fallback_model_dir=models_dir)
    service = load_service(tmp_path / "own")
    assert service.info.films == len(FILMS)
    service.close()


def test_no_model_at_all_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match=r"model_quantized\.onnx is missing.*app\.indexing model"):
        build_index(FILMS, tmp_path / "own", fallback_model_dir=tmp_path)


def test_one_film_is_a_catalogue_too(empty_models_dir: Path) -> None:
    build_index(FILMS[:1], empty_models_dir)
    service = load_service(empty_models_dir)
    answer = service.answer(Query("A film that may be about anything at all."))
    assert [film.movie.movie_id for film in answer.recommendations] == [FILMS[0].movie_id]
    service.close()


def test_no_film_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="No film"):
        build_index([], tmp_path)


def test_the_pickle_holds_builtins_only(empty_models_dir: Path) -> None:
    build_index(FILMS, empty_models_dir)
    content = pickle.loads((empty_models_dir / "movies_map.pkl").read_bytes())  # noqa: S301
    kinds = {type(value) for record in content.values() for value in record.values()}
    assert kinds <= {str, int, float, bool, list, type(None)}


def test_a_full_disk_leaves_the_old_files_whole(own_models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content_of(own_models_dir)

    def no_space(*_: object) -> None:
        raise OSError(28, os.strerror(28), "movies.ann")

    monkeypatch.setattr(build, "write_annoy", no_space)
    with pytest.raises(OSError, match="No space left"):
        build_index(FILMS, own_models_dir)
    (own_models_dir / embeddings.PARTIAL_FILE).unlink()
    assert content_of(own_models_dir) == before
