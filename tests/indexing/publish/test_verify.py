"""The command `verify`, with and without --accept."""

import pickle
import random
from pathlib import Path

import pytest

from app.indexing.errors import IndexingError
from app.indexing.models_folder import exclusive_lock
from app.indexing.publish.verify import accept, verify
from app.services.errors import ModelFileError
from app.services.local.files.model_files import read_manifest
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.load import load_service


def test_an_unchanged_set_is_reported_as_built(models_dir: Path) -> None:
    assert verify(models_dir).endswith("all as built")


def test_a_changed_file_is_named(own_models_dir: Path) -> None:
    with (own_models_dir / "movies.ann").open("rb+") as file:
        file.seek(5000)
        file.write(b"\0\0\0\0")
    with pytest.raises(ModelFileError, match=r"movies\.ann"):
        verify(own_models_dir)


def without_manifest(models_dir: Path) -> None:
    (models_dir / "manifest.json").unlink()


def test_a_set_without_manifest_names_the_command_that_writes_one(own_models_dir: Path) -> None:
    without_manifest(own_models_dir)
    with pytest.raises(IndexingError, match=r"verify --accept"):
        verify(own_models_dir)


def test_files_that_belong_together_are_accepted(own_models_dir: Path) -> None:
    without_manifest(own_models_dir)
    assert "agree with the index" in accept(own_models_dir)
    assert read_manifest(own_models_dir) is not None
    assert verify(own_models_dir)
    load_service(own_models_dir).close()


def test_nothing_is_accepted_during_a_build(own_models_dir: Path) -> None:
    with exclusive_lock(own_models_dir), pytest.raises(IndexingError, match="Another build is writing"):
        accept(own_models_dir)


def test_a_missing_folder_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="is not a folder"):
        accept(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_model_without_its_configuration_is_accepted(own_models_dir: Path) -> None:
    without_manifest(own_models_dir)
    (own_models_dir / "model_quantized" / "config.json").unlink()
    accept(own_models_dir)
    assert verify(own_models_dir)


def test_a_film_without_id_is_refused(own_models_dir: Path) -> None:
    without_manifest(own_models_dir)
    path = own_models_dir / "movies_map.pkl"
    films = read_movie_records(path)
    del films[5]["tmdb_id"]
    path.write_bytes(pickle.dumps(films))
    with pytest.raises(ModelFileError, match=r"movies_map\.pkl holds a film without a proper tmdb_id"):
        accept(own_models_dir)


def test_films_in_another_order_than_the_index_are_refused(own_models_dir: Path) -> None:
    without_manifest(own_models_dir)
    path = own_models_dir / "movies_map.pkl"
    films = list(read_movie_records(path).values())
    random.Random(1).shuffle(films)
    path.write_bytes(pickle.dumps(dict(enumerate(films))))
    with pytest.raises(IndexingError, match="not made by this model from these films"):
        accept(own_models_dir)
    assert read_manifest(own_models_dir) is None


def test_a_map_of_another_length_is_refused(own_models_dir: Path) -> None:
    path = own_models_dir / "movies_map.pkl"
    films = read_movie_records(path)
    films[len(films)] = films[0]
    path.write_bytes(pickle.dumps(films))
    with pytest.raises(IndexingError, match="not of one build"):
        accept(own_models_dir)


def test_films_without_overviews_are_accepted_and_reported(own_models_dir: Path) -> None:
    path = own_models_dir / "movies_map.pkl"
    films = {position: film | {"overview": None} for position, film in read_movie_records(path).items()}
    path.write_bytes(pickle.dumps(films))
    assert "no film has an overview" in accept(own_models_dir)
