"""The text encoder, which makes a unit vector of a text: tokens, states by ONNX Runtime, pooling, normalization."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from app.services.commands import MODEL_COMMAND
from app.services.encoder.model_spec import CONFIG_FILE, ModelSpec, read_model_spec
from app.services.encoder.onnx_session import OnnxSession
from app.services.errors import ModelFileError, ServiceClosedError

MODEL_NAME = "model_quantized.onnx"
TOKENIZER_NAME = "tokenizer.json"


@dataclass(frozen=True)
class Encoding:
    """The vector of a text, and how much of the text the model read."""

    vector: NDArray[np.float32]
    """[dimension], of length 1."""
    truncated: bool
    """Whether the text is longer than the model reads."""
    tokens: int
    """Tokens read, special tokens included: 2 to `ModelSpec.max_tokens`."""


@dataclass(frozen=True, slots=True)
class EncoderFiles:
    """Paths of the files of a model, which need not be in one folder."""

    graph: Path
    tokenizer: Path
    config: Path
    """May be missing: the defaults then describe all-MiniLM-L6-v2."""


class TextEncoder:
    """A model and its tokenizer. Any number of threads may encode at once."""

    def __init__(self, files: EncoderFiles, threads: int = 1) -> None:
        """Load the model; ``threads`` is how many work on a text that is encoded alone.

        Raises:
            ModelFileError: a file is missing or damaged, or the files are not of one model.
        """
        self.spec = read_model_spec(files.config)
        self._tokenizer = _load_tokenizer(files.tokenizer, self.spec)
        session = OnnxSession(files.graph, threads=1)
        session.check(self.spec, self._tokenizer.get_vocab_size())
        self._session: OnnxSession | None = session
        self._parallel_session: OnnxSession | None = (
            OnnxSession(files.graph, threads=threads) if threads > 1 else session
        )

    @classmethod
    def from_directory(cls, model_directory: Path, threads: int = 1) -> Self:
        """Load the model in a folder such as model_quantized; see the constructor."""
        names = (MODEL_NAME, TOKENIZER_NAME, CONFIG_FILE)
        return cls(EncoderFiles(*(model_directory / name for name in names)), threads)

    def encode_query(self, text: str, *, alone: bool = False) -> Encoding:
        """Return the encoding of a query: the model's query prefix and ``text``; see `encode`."""
        return self.encode(self.spec.query_prefix + text, alone=alone)

    def encode_document(self, text: str) -> Encoding:
        """Return the encoding of a film's text: the model's document prefix and ``text``; see `encode`."""
        return self.encode(self.spec.document_prefix + text)

    def encode(self, text: str, *, alone: bool = False) -> Encoding:
        """Return the unit vector of ``text``, of which the first `ModelSpec.max_tokens` tokens are read.

        Each text is encoded without others and without padding, because dynamic INT8 scales depend on both. One thread
        works on it, which makes best use of the CPUs if several texts are encoded at once. If it is ``alone``, all
        threads of the encoder do. The vector is the same.

        Raises:
            ServiceClosedError: the encoder has been closed.
        """
        session = self._parallel_session if alone else self._session
        if session is None:
            raise ServiceClosedError("The text encoder is closed.")
        tokens = self._tokenizer.encode(_without_surrogates(text))
        states = session.run(np.array([tokens.ids], np.int64))
        vector = normalize(self._pool(states))[0]
        return Encoding(vector, truncated=bool(tokens.overflowing), tokens=len(tokens.ids))

    def _pool(self, states: NDArray[np.float32]) -> NDArray[np.float32]:
        return cls_pool(states) if self.spec.pooling == "cls" else mean_pool(states)

    def close(self) -> None:
        """Release the model. Idempotent."""
        self._session = self._parallel_session = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def mean_pool(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean state of each text without padding: [batch, sequence, dimension] to [batch, dimension]."""
    return np.asarray(states.mean(axis=1), np.float32)


def cls_pool(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the first token's state of each text: [batch, sequence, dimension] to [batch, dimension]."""
    return states[:, 0]


def normalize(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale each row of [batch, dimension] to length 1; a row of zeros is not changed."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


def _without_surrogates(text: str) -> str:
    """Replace lone surrogates, which JSON may contain and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _load_tokenizer(path: Path, spec: ModelSpec) -> Tokenizer:
    remedy = f"make it again with: {MODEL_COMMAND}"
    if not path.is_file():
        raise ModelFileError(f"{path} is missing; {remedy}")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise ModelFileError(f"{path} is not a tokenizer ({error}); {remedy}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(spec.max_tokens)
    return tokenizer
