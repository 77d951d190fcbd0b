"""Text to unit vector: WordPiece tokens, MiniLM in ONNX Runtime, mean pooling, normalizing."""

import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from app.core.memory import return_free_memory
from app.services.encoder.onnx_file import read_onnx
from app.services.errors import ModelFileError, ServiceClosedError
from app.services.local.files.model_files import MODEL_COMMAND
from app.services.vectors import DIMENSION

MAX_TOKENS = 256
"""Tokens that the model reads, [CLS] and [SEP] included: the max_seq_length it was published with."""

_MODEL_NAME = "model_quantized.onnx"
_TOKENIZER_NAME = "tokenizer.json"
_REMEDY = f"make it again with: {MODEL_COMMAND}"
_KNOWN_INPUTS = {"input_ids", "attention_mask", "token_type_ids"}
_SMALLEST_MODEL = 1_000_000


@dataclass(frozen=True)
class Encoding:
    """One text as the model sees it."""

    vector: NDArray[np.float32]
    """[384], of length 1."""
    truncated: bool
    """Whether the text is longer than the model reads."""
    tokens: int
    """Tokens read, [CLS] and [SEP] included: 2 to 256."""


class TextEncoder:
    """The INT8 model and its tokenizer. Any number of threads may call `encode` at once.

    Raises:
        ModelFileError: the model or the tokenizer is missing, damaged or of another kind.
    """

    def __init__(self, model_directory: Path, threads: int = 1) -> None:
        """Load the model; ``threads`` is how many may work on one text that is encoded alone."""
        self._tokenizer = _load_tokenizer(model_directory / _TOKENIZER_NAME)
        path = model_directory / _MODEL_NAME
        _check_model_file(path)
        self._model = _Model(path)
        self._threads = threads
        self._session: onnxruntime.InferenceSession | None = self._model.open_session(threads=1)
        self._parallel_session: onnxruntime.InferenceSession | None = None
        self._may_add_session = threading.Semaphore(1 if threads > 1 and self._model.is_shared else 0)
        self._inputs = {node.name for node in self._session.get_inputs()}
        self._output = self._session.get_outputs()[0].name

    def encode(self, text: str, *, alone: bool = False) -> Encoding:
        """Return the unit vector of ``text``, of which the first 256 tokens are read.

        Each text is encoded without others and without padding: dynamic INT8 scales depend on batch-mates and padding.
        It is worked on by one thread, since texts that are encoded at once make best use of the CPUs so; by several
        where it is ``alone``. The vector is the same.

        Raises:
            ServiceClosedError: the encoder has been closed.
        """
        session = self._session
        if alone and self._threads > 1:
            session = self._parallel_session or session
            if self._may_add_session.acquire(blocking=False):
                threading.Thread(target=self._add_parallel_session, name="parallel session").start()
        if session is None:
            raise ServiceClosedError("The text encoder is closed.")
        tokens = self._tokenizer.encode(_without_surrogates(text))
        ids = np.array([tokens.ids], np.int64)
        mask = np.ones_like(ids)
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = session.run([self._output], {name: feeds[name] for name in self._inputs})
        vector = normalize(mean_pool(hidden, mask))[0]
        return Encoding(vector, truncated=bool(tokens.overflowing), tokens=len(tokens.ids))

    def _add_parallel_session(self) -> None:
        """Open a session for several threads; a start need not wait for it."""
        session = self._model.open_session(self._threads)
        if self._session is not None:
            self._parallel_session = session
        return_free_memory()

    def close(self) -> None:
        """Release the model; closing twice is harmless."""
        self._session = self._parallel_session = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def mean_pool(hidden: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
    """Average [batch, sequence, dimension] to [batch, dimension], over tokens where ``mask`` [batch, sequence] is 1."""
    weights = mask[:, :, np.newaxis].astype(np.float32)
    counts = np.maximum(weights.sum(axis=1), 1)
    return np.asarray((hidden * weights).sum(axis=1) / counts, np.float32)


def normalize(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale each row of [batch, dimension] to length 1; a row of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


def _without_surrogates(text: str) -> str:
    """Replace lone surrogates, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _load_tokenizer(path: Path) -> Tokenizer:
    if not path.is_file():
        raise ModelFileError(f"{path} is missing; {_REMEDY}")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise ModelFileError(f"{path} is not a tokenizer ({error}); {_REMEDY}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


class _Model:
    """The model's file, of which several sessions can be opened that share its largest table."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._apart = read_onnx(path)
        tables = self._apart.tables if self._apart else {}
        self._lent = {name: onnxruntime.OrtValue.ortvalue_from_numpy(table) for name, table in tables.items()}

    @property
    def is_shared(self) -> bool:
        """Whether another session takes much less memory than the first."""
        return bool(self._lent)

    def open_session(self, threads: int) -> onnxruntime.InferenceSession:
        """Open a session, which this object has to outlive: the tables are lent to it."""
        options = onnxruntime.SessionOptions()
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin between the steps of one text save a quarter of its time; between texts they would only take
        # the CPU from others.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        options.log_severity_level = 3
        for name, value in self._lent.items():
            options.add_initializer(name, value)
        model = self._apart.graph if self._apart else str(self._path)
        try:
            session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"], enable_fallback=0
            )
        except Exception as error:  # the library's errors share no narrower base
            reason = str(error).splitlines()[0]
            raise ModelFileError(f"{self._path} is not a usable ONNX model ({reason}); {_REMEDY}") from error
        _check_signature(self._path, session)
        if self._apart:
            self._apart.forget_pages()
        return session


def _check_model_file(path: Path) -> None:
    """Refuse what is plainly no model: ONNX Runtime may crash on such files."""
    if not path.exists():
        raise ModelFileError(f"{path} is missing; {_REMEDY}")
    if not path.is_file():
        raise ModelFileError(f"{path} is not a file; {_REMEDY}")
    if path.stat().st_size < _SMALLEST_MODEL:
        raise ModelFileError(f"{path} is too small to be the model; {_REMEDY}")


def _check_signature(path: Path, session: onnxruntime.InferenceSession) -> None:
    inputs, output = session.get_inputs(), session.get_outputs()[0]
    names = {node.name for node in inputs}
    reads_tokens = "input_ids" in names and names <= _KNOWN_INPUTS and all(_is_tokens(node) for node in inputs)
    is_states = output.type == "tensor(float)" and len(output.shape) == 3
    if not (reads_tokens and is_states and _width(session) == DIMENSION):
        raise ModelFileError(f"{path} is another model than all-MiniLM-L6-v2; {_REMEDY}")


def _width(session: onnxruntime.InferenceSession) -> int | None:
    """Return the width of the first output: not all exports declare it, so a token is encoded; or None."""
    token = np.ones((1, 1), np.int64)  # a token, a mask and a token type that every vocabulary has
    try:
        states, *_ = session.run(None, {node.name: token for node in session.get_inputs()})
    except Exception:  # the library's errors share no narrower base
        return None
    return int(states.shape[-1])


def _is_tokens(node: onnxruntime.NodeArg) -> bool:
    return bool(node.type == "tensor(int64)" and len(node.shape) == 2)
