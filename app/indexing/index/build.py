"""Catalogue -> movies.ann, movies_map.pkl, the serving arrays and manifest.json, put in place by one switch."""

import hashlib
import pickle
import shutil
import struct
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.cpu import available_cpus
from app.indexing.catalogue.movie import Movie
from app.indexing.errors import IndexingError
from app.indexing.index.engines import measure_engines, measured_search, sample_sentences
from app.indexing.index.neighbours import MAX_FILMS, find_neighbours
from app.indexing.model.model_folder import find_model_home, model_digest, model_facts
from app.indexing.models_folder import only_writer, remove_what_is_not_listed
from app.indexing.progress import say, with_progress
from app.services.encoder.model_spec import CONFIG_FILE, ModelSpec, read_model_spec
from app.services.encoder.movie_text import TEMPLATE_VERSION, context_text
from app.services.encoder.text_encoder import TextEncoder
from app.services.errors import ModelFileError
from app.services.local.engines.annoy_file import open_vectors
from app.services.local.engines.int8_scan import QuantizedVectors
from app.services.local.files.array_files import writing
from app.services.local.files.model_files import (
    INDEX_FILE,
    MANIFEST_FILE,
    MAP_FILE,
    MODEL_DIRECTORY,
    SERVING_DIRECTORY,
    STAGING_DIRECTORY,
    FileFacts,
    Manifest,
    commit_staging,
    file_facts,
    finish_switch,
    is_model_file,
    read_manifest,
)
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.lexical_index import LexicalIndex, film_words
from app.services.local.movie_map import MovieMap
from app.services.local.title_index import TitleIndex
from app.services.ranking.weights import RANKING_VERSION
from app.services.vectors import VectorsInMemory

ANNOY_TREES = 50
ANNOY_SEED = 20240229
PARTIAL_FILE = "embeddings.partial"
FILMS_AHEAD_PER_CORE = 8

Record = Mapping[str, Any]
"""What movies_map.pkl holds of one film."""

_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    films: int
    encoded: int
    kept: int
    seconds_encoding: float
    seconds: float


def build_index(movies: Sequence[Movie], models_dir: Path, *, fallback_model_dir: Path = Path("models")) -> BuildReport:
    """Make the index of these films in models_dir and switch to it; the same films give the same files.

    Embeddings that the present index or a build cut short already holds, made by the same model of the same text,
    are taken over. Raises IndexingError where it cannot be done; the files in place are then as they were.
    """
    if not movies:
        raise IndexingError("No film to index: the catalogue holds none with an id, a title and an overview.")
    started = time.monotonic()
    models_dir.mkdir(parents=True, exist_ok=True)
    with only_writer(models_dir):
        finish_switch(models_dir)
        model_home = find_model_home(models_dir, fallback_model_dir)
        staging = models_dir / STAGING_DIRECTORY
        staging.mkdir(exist_ok=True)
        partial = models_dir / PARTIAL_FILE
        records = [movie_to_record(movie) for movie in movies]
        model = model_facts(model_home)
        dimension = read_model_spec(model_home / MODEL_DIRECTORY / CONFIG_FILE).dimension
        identity = model_digest(model)
        digests = [text_digest(record_text(record), identity) for record in records]
        known = _present_embeddings(models_dir, model, dimension) | _read_partial(partial, dimension)
        missing = {digest: record for digest, record in zip(digests, records, strict=True) if digest not in known}
        kept = len(records) - len(missing)
        say(f"{len(records):,} films, {len(missing):,} to encode, {kept:,} unchanged")
        encoding_started = time.monotonic()
        with TextEncoder.from_directory(model_home / MODEL_DIRECTORY) as encoder:
            with writing(partial), partial.open("ab") as file:
                for digest, vector in _encode(encoder, missing):
                    file.write(_pack(digest, vector))
                    known[digest] = vector
            seconds_encoding = time.monotonic() - encoding_started
            vectors = np.stack([known[digest] for digest in digests])
            try:
                _write_set(staging, records, vectors, models_dir, model_home, model, encoder)
                commit_staging(models_dir, staging)
            except OSError:
                shutil.rmtree(staging, ignore_errors=True)  # what is not needed does not keep a disk full
                raise
        remove_what_is_not_listed(models_dir)
        partial.unlink(missing_ok=True)
    return BuildReport(len(records), len(missing), kept, seconds_encoding, time.monotonic() - started)


def movie_to_record(movie: Movie) -> dict[str, Any]:
    """Return what movies_map.pkl holds of a film: builtins only, the year as text as in the original project."""
    return {
        "tmdb_id": movie.movie_id,
        "title": movie.title,
        "year": str(movie.year) if movie.year else "",
        "overview": movie.overview,
        "genres_list": list(movie.genres),
        "poster_path": movie.poster_path,
        "original_language": movie.original_language,
        "vote_average": movie.vote_average,
        "vote_count": movie.vote_count,
        "popularity": movie.popularity,
        "release_date": movie.release_date,
        "keywords": list(movie.keywords),
        "directors": list(movie.directors),
    }


def record_text(record: Record) -> str:
    """Return the text that is embedded for a film."""
    return context_text(
        record.get("overview") or "",
        genres=record.get("genres_list") or (),
        year=record.get("year"),
        title=record.get("title"),
    )


def encode_film(encoder: TextEncoder, record: Record) -> NDArray[np.float32]:
    """Return the unit vector [dimension] of a film."""
    return encoder.encode_document(record_text(record)).vector


def text_digest(text: str, model: str) -> bytes:
    """Return what identifies an embedding (32 bytes): the `model_digest`, the template and the text."""
    identity = f"{model}\0{TEMPLATE_VERSION}\0{text}"
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).digest()


def _encode(encoder: TextEncoder, missing: Mapping[bytes, Record]) -> Iterator[tuple[bytes, NDArray[np.float32]]]:
    """Encode one text at a time on all cores, in order, never with more than a few texts ahead."""
    cores = available_cpus()
    waiting = iter(missing.items())

    def embeddings() -> Iterator[tuple[bytes, NDArray[np.float32]]]:
        with ThreadPoolExecutor(cores) as pool:
            while portion := list(islice(waiting, FILMS_AHEAD_PER_CORE * cores)):
                vectors = pool.map(lambda item: encode_film(encoder, item[1]), portion)
                yield from zip((digest for digest, _ in portion), vectors, strict=True)

    yield from with_progress(embeddings(), total=len(missing), label="Encoding", unit="films")


def _present_embeddings(
    models_dir: Path, model: Mapping[str, FileFacts], dimension: int
) -> dict[bytes, NDArray[np.float32]]:
    """Return the embeddings of the index in place, by digest; none where it is damaged or of another model."""
    try:
        manifest = read_manifest(models_dir)
        if manifest is None or manifest.template_version != TEMPLATE_VERSION:
            return {}
        if {name: facts for name, facts in manifest.files.items() if is_model_file(name)} != model:
            return {}
        if any(file_facts(models_dir / name) != manifest.files[name] for name in (INDEX_FILE, MAP_FILE)):
            return {}
        records = read_movie_records(models_dir / MAP_FILE)
        vectors = np.array(open_vectors(models_dir / INDEX_FILE, dimension))
    except (ModelFileError, OSError, KeyError):
        return {}
    texts = (record_text(records[position]) for position in range(len(records)))
    identity = model_digest(model)
    return {text_digest(text, identity): vector for text, vector in zip(texts, vectors, strict=True)}


def _pack(digest: bytes, vector: NDArray[np.float32]) -> bytes:
    content = vector.astype("<f4").tobytes()
    return _partial_record(len(vector)).pack(digest, content, zlib.crc32(content))


def _partial_record(dimension: int) -> struct.Struct:
    return struct.Struct(f"<{_DIGEST_BYTES}s{4 * dimension}sI")


def _read_partial(path: Path, dimension: int) -> dict[bytes, NDArray[np.float32]]:
    """Return the embeddings that a build cut short left behind; a torn record at the end is cut off."""
    if not path.exists():
        return {}
    content = path.read_bytes()
    record = _partial_record(dimension)
    whole = len(content) // record.size * record.size
    if whole != len(content):
        with path.open("rb+") as file:
            file.truncate(whole)
    return {
        digest: np.frombuffer(vector, "<f4").astype(np.float32)
        for digest, vector, checksum in record.iter_unpack(content[:whole])
        if zlib.crc32(vector) == checksum
    }


def _write_set(
    staging: Path,
    records: Sequence[Record],
    vectors: NDArray[np.float32],
    models_dir: Path,
    model_home: Path,
    model: Mapping[str, FileFacts],
    encoder: TextEncoder,
) -> None:
    shutil.rmtree(staging)
    staging.mkdir()
    say("Writing the index")
    write_annoy(vectors, staging / INDEX_FILE)
    by_position = _with_shared_strings(records)
    with writing(staging / MAP_FILE):
        (staging / MAP_FILE).write_bytes(pickle.dumps(by_position, protocol=4))
    make_serving_files(by_position, vectors, staging / SERVING_DIRECTORY)
    if model_home != models_dir:
        (staging / MODEL_DIRECTORY).mkdir()
        for name in model:
            with writing(staging / name):
                shutil.copyfile(model_home / name, staging / name)
    if len(records) <= MAX_FILMS:
        find_neighbours(staging, encoder.spec.dimension).save(staging / SERVING_DIRECTORY)
    made = {name: staging / name for name in _names_below(staging)}
    measured = _measure_search(staging / INDEX_FILE, records, encoder)
    files = {name: model_home / name for name in model} | made
    write_manifest(staging / MANIFEST_FILE, files, encoder.spec, count=len(records), measured=measured)


def _measure_search(index_path: Path, records: Sequence[Record], encoder: TextEncoder) -> dict[str, Any]:
    """Return what the manifest says of the search engines; nothing where no overview gives a query."""
    sentences = sample_sentences(record.get("overview") or "" for record in records)
    if not sentences:
        return {}
    say("Measuring the search engines")
    queries = np.stack([encoder.encode(sentence).vector for sentence in sentences])
    return {"search": measured_search(measure_engines(index_path, queries))}


def make_serving_files(records: Mapping[int, Record], vectors: NDArray[np.float32], directory: Path) -> dict[str, Path]:
    """Write the arrays that a start maps instead of making them; returns their names in models/ and where they are."""
    directory.mkdir(parents=True)
    MovieMap.from_records(records).save(directory)
    QuantizedVectors.quantize(VectorsInMemory(vectors)).save(directory)
    films = [records[position] for position in range(len(records))]
    titles = [film.get("title") or "" for film in films]
    TitleIndex.from_titles(titles, [film.get("original_title") for film in films]).save(directory)
    if any(film.get("overview") for film in films):
        words = (film_words(film.get("title"), film.get("overview"), film.get("keywords") or ()) for film in films)
        LexicalIndex.from_texts(words).save(directory)
    return {f"{SERVING_DIRECTORY}/{path.name}": path for path in sorted(directory.iterdir())}


def _with_shared_strings(records: Sequence[Record]) -> dict[int, dict[str, Any]]:
    """Make equal strings one object: pickle writes an object once, so that the file's bytes depend on values alone."""
    strings: dict[str, str] = {}

    def shared(value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, str):
            return strings.setdefault(value, value)
        return [shared(item) for item in value] if isinstance(value, list) else value

    return {
        position: {shared(name): shared(value) for name, value in record.items()}
        for position, record in enumerate(records)
    }


def write_manifest(
    path: Path, files: Mapping[str, Path], spec: ModelSpec, *, count: int, measured: Mapping[str, Any]
) -> None:
    """Write the manifest of a set: the name of each file in models/ and where it stands now."""
    manifest = Manifest(
        count=count,
        model_id=spec.model_id,
        dimension=spec.dimension,
        template_version=TEMPLATE_VERSION,
        ranking_version=RANKING_VERSION,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={name: file_facts(files[name]) for name in sorted(files)},
        measured=measured,
    )
    with writing(path):
        path.write_text(manifest.to_json(), encoding="utf-8")


def _names_below(directory: Path) -> list[str]:
    return [path.relative_to(directory).as_posix() for path in sorted(directory.rglob("*")) if path.is_file()]


def write_annoy(vectors: NDArray[np.float32], path: Path) -> None:
    """Write an Annoy index of vectors [N, dimension]; the same vectors give the same file (fixed seed, one thread)."""
    from annoy import AnnoyIndex

    index = AnnoyIndex(vectors.shape[1], "angular")
    index.set_seed(ANNOY_SEED)
    for position, vector in enumerate(vectors):
        index.add_item(position, vector)
    index.build(ANNOY_TREES, n_jobs=1)
    with writing(path):
        index.save(str(path))
    index.unload()
