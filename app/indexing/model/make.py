"""Makes models/model_quantized/: the INT8 ONNX model of all-MiniLM-L6-v2, its tokenizer and its configuration."""

import ctypes
import errno
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from safetensors.numpy import load as load_safetensors

from app.indexing.errors import IndexingError
from app.indexing.model import bert_graph
from app.indexing.model.bert_graph import Precision, build_graph
from app.indexing.model.weights import ModelSource, find_model_source
from app.indexing.models_folder import exclusive_lock
from app.indexing.progress import say
from app.services.encoder.model_spec import ModelSpec
from app.services.errors import ModelFileError
from app.services.local.files.model_files import (
    BUILD_COMMAND,
    MODEL_DIRECTORY,
    MODEL_FILES,
    file_facts,
    read_manifest,
)

_STAGING_PREFIX = f".{MODEL_DIRECTORY}-"
_CURRENT_DIRECTORY = -100
_RENAME_EXCHANGE = 2


def make_model(models_dir: Path, weights: Path | None = None) -> Path:
    """Make ``models_dir``/model_quantized/ and return its path; the same weights give the same bytes.

    The folder is made aside and switched into place, so a reader finds the earlier files or the new ones.

    Raises:
        IndexingError: the official weights cannot be had, or the folder cannot be written.
    """
    made = _make(models_dir, weights, "int8")
    _tell_if_index_is_of_another_model(models_dir)
    return made


def make_reference_model(models_dir: Path, weights: Path | None = None) -> Path:
    """Make the same folder with the FP32 graph, to compare the INT8 model with.

    Raises:
        IndexingError: as `make_model`.
    """
    return _make(models_dir, weights, "fp32")


def _make(models_dir: Path, weights: Path | None, precision: Precision) -> Path:
    source = find_model_source(weights)
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        target = models_dir / MODEL_DIRECTORY
        with exclusive_lock(models_dir):  # a build reads the model for minutes
            _remove_stale_staging(models_dir)
            _switch(_stage(models_dir, source, precision), target)
            _remove_stale_staging(models_dir)
    except OSError as error:
        place = error.filename or models_dir
        raise IndexingError(f"The model cannot be written: {place}: {error.strerror or error}") from error
    say(f"Made {target} ({precision.upper()}, {sum(path.stat().st_size for path in target.iterdir()) / 1e6:.1f} MB)")
    return target


def _stage(models_dir: Path, source: ModelSource, precision: Precision) -> Path:
    """Write the three files to a new folder beside their place, and to the disk."""
    contents = (build_graph(load_safetensors(source.weights), precision), source.tokenizer, _configuration(precision))
    staging = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=models_dir))
    staging.chmod(0o755)
    for name, content in zip(MODEL_FILES, contents, strict=True):
        with (staging / Path(name).name).open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    return staging


def _switch(staging: Path, target: Path) -> None:
    """Put the staged folder in the target's place; what was there is left under a staging name."""
    if target.exists() and not _exchange(staging, target):
        target.rename(target.with_name(f"{_STAGING_PREFIX}old"))
    if staging.exists() and not target.exists():
        staging.rename(target)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders at one moment (Linux's renameat2); False where the system or the disk cannot."""
    if sys.platform != "linux":
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    status = renameat2(_CURRENT_DIRECTORY, bytes(one), _CURRENT_DIRECTORY, bytes(other), _RENAME_EXCHANGE)
    if status != 0 and ctypes.get_errno() not in (errno.ENOSYS, errno.EINVAL):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))
    return bool(status == 0)


def _remove_stale_staging(models_dir: Path) -> None:
    """Remove what an earlier run left; a model that was moved away and not replaced goes back first."""
    moved_away, target = models_dir / f"{_STAGING_PREFIX}old", models_dir / MODEL_DIRECTORY
    if moved_away.exists() and not target.exists():
        moved_away.rename(target)
    for stale in models_dir.glob(f"{_STAGING_PREFIX}*"):
        shutil.rmtree(stale)


def _tell_if_index_is_of_another_model(models_dir: Path) -> None:
    try:
        manifest = read_manifest(models_dir)
    except ModelFileError:
        return
    listed = manifest.files.get(MODEL_FILES[0]) if manifest else None
    if listed and listed != file_facts(models_dir / MODEL_FILES[0]):
        say(f"The index in {models_dir} was made with another model; make it again: {BUILD_COMMAND}")


def _configuration(precision: Precision) -> bytes:
    """Return config.json: Hugging Face's keys of the architecture, and those of ModelSpec."""
    spec = ModelSpec()
    configuration = {
        "model_id": spec.model_id,
        "model_type": "bert",
        "precision": precision,
        "hidden_size": spec.dimension,
        "num_hidden_layers": bert_graph.LAYERS,
        "num_attention_heads": bert_graph.HEADS,
        "intermediate_size": bert_graph.INTERMEDIATE,
        "max_position_embeddings": bert_graph.POSITIONS,
        "max_seq_length": spec.max_tokens,
        "pooling": spec.pooling,
        "normalize": True,
        "languages": spec.languages,
    }
    return (json.dumps(configuration, indent=2) + "\n").encode()
