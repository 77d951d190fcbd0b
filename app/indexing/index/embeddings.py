"""Embeddings of films, encoded on all cores, stored while a build runs, and reused from the current index."""

import hashlib
import struct
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.cpu import available_cpus
from app.indexing.model.model_folder import model_digest
from app.indexing.progress import with_progress
from app.services.encoder.movie_text import TEMPLATE_VERSION, context_text
from app.services.encoder.text_encoder import TextEncoder
from app.services.errors import ModelFileError
from app.services.local.engines.annoy_file import open_vectors
from app.services.local.files.array_files import writing
from app.services.local.files.manifest import REUSABLE_FORMATS, FileFacts
from app.services.local.files.model_files import (
    INDEX_FILE,
    MAP_FILE,
    file_facts,
    is_model_file,
    read_manifest,
)
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.map_fields import films_of_map
from app.services.movie_record import MovieRecord

PARTIAL_FILE = "embeddings.partial"

_FILMS_AHEAD_PER_CORE = 8
_DIGEST_BYTES = 32

Embedding = NDArray[np.float32]
"""[dimension], of length 1."""


def film_text(film: MovieRecord) -> str:
    """Return the text that is embedded for a film."""
    return context_text(film.overview or "", genres=film.genres, year=film.year, title=film.title)


def encode_film(encoder: TextEncoder, film: MovieRecord) -> Embedding:
    """Return the embedding of a film."""
    return encoder.encode_document(film_text(film)).vector


class Embeddings:
    """The embeddings of one model by digest, including those of an interrupted build and of the current index."""

    def __init__(self, encoder: TextEncoder, model: Mapping[str, FileFacts], models_dir: Path) -> None:
        """Read the embeddings in models_dir that are of the model with these files; a damaged index has none."""
        self._encoder = encoder
        self._model = model
        self._model_digest = model_digest(model)
        self._partial = PartialFile(models_dir / PARTIAL_FILE, encoder.spec.dimension)
        self._known = self._of_index(models_dir) | self._partial.read()

    def missing(self, films: Sequence[MovieRecord]) -> dict[bytes, MovieRecord]:
        """Return the films, by digest, that have to be encoded."""
        digests = {self._digest(film): film for film in films}
        return {digest: film for digest, film in digests.items() if digest not in self._known}

    def encode(self, missing: Mapping[bytes, MovieRecord]) -> None:
        """Encode films one text at a time on all cores; each embedding is written to disk at once."""
        with self._partial.appending() as append:
            for digest, vector in self._encoded(missing):
                append(digest, vector)
                self._known[digest] = vector

    def vectors(self, films: Sequence[MovieRecord]) -> NDArray[np.float32]:
        """Return the embeddings [films, dimension] of films that are not missing."""
        return np.stack([self._known[self._digest(film)] for film in films])

    def _digest(self, film: MovieRecord) -> bytes:
        return text_digest(film_text(film), self._model_digest)

    def _encoded(self, missing: Mapping[bytes, MovieRecord]) -> Iterator[tuple[bytes, Embedding]]:
        """Yield the embeddings in order, with a progress bar."""
        yield from with_progress(self._encoded_ahead(missing), total=len(missing), label="Encoding", unit="films")

    def _encoded_ahead(self, missing: Mapping[bytes, MovieRecord]) -> Iterator[tuple[bytes, Embedding]]:
        """Yield the embeddings in order; a few texts are encoded ahead, so that no core waits for another."""
        cores = available_cpus()
        ahead: deque[tuple[bytes, Future[Embedding]]] = deque()
        with ThreadPoolExecutor(cores) as pool:
            for digest, film in missing.items():
                ahead.append((digest, pool.submit(encode_film, self._encoder, film)))
                if len(ahead) == _FILMS_AHEAD_PER_CORE * cores:
                    first, embedding = ahead.popleft()
                    yield first, embedding.result()
            for first, embedding in ahead:
                yield first, embedding.result()

    def _of_index(self, models_dir: Path) -> dict[bytes, Embedding]:
        """Return the embeddings of the current index; none if it is damaged or of another model."""
        try:
            manifest = read_manifest(models_dir, REUSABLE_FORMATS)
            if manifest is None or manifest.template_version != TEMPLATE_VERSION:
                return {}
            if {name: facts for name, facts in manifest.files.items() if is_model_file(name)} != self._model:
                return {}
            if any(file_facts(models_dir / name) != manifest.files[name] for name in (INDEX_FILE, MAP_FILE)):
                return {}
            films = films_of_map(read_movie_records(models_dir / MAP_FILE))
            vectors = np.array(open_vectors(models_dir / INDEX_FILE, self._encoder.spec.dimension))
        except (ModelFileError, OSError, KeyError):
            return {}
        return {self._digest(film): vector for film, vector in zip(films, vectors, strict=True)}


def text_digest(text: str, model: str) -> bytes:
    """Return a digest of 32 bytes that identifies an embedding by `model_digest`, template and text."""
    identity = f"{model}\0{TEMPLATE_VERSION}\0{text}"
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).digest()


class PartialFile:
    """The file of the embeddings that a build has made so far, from which an interrupted build continues."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._path = path
        self._record = struct.Struct(f"<{_DIGEST_BYTES}s{4 * dimension}sI")

    def read(self) -> dict[bytes, Embedding]:
        """Return the embeddings in the file; an incomplete one at its end is removed."""
        if not self._path.exists():
            return {}
        content = self._path.read_bytes()
        whole = len(content) // self._record.size * self._record.size
        if whole != len(content):
            with self._path.open("rb+") as file:
                file.truncate(whole)
        return {
            digest: np.frombuffer(vector, "<f4").astype(np.float32)
            for digest, vector, checksum in self._record.iter_unpack(content[:whole])
            if zlib.crc32(vector) == checksum
        }

    @contextmanager
    def appending(self) -> Iterator[Callable[[bytes, Embedding], None]]:
        """Yield a function that adds one embedding. Raises OSError naming the file."""
        with writing(self._path), self._path.open("ab") as file:

            def append(digest: bytes, vector: Embedding) -> None:
                content = vector.astype("<f4").tobytes()
                file.write(self._record.pack(digest, content, zlib.crc32(content)))

            yield append
