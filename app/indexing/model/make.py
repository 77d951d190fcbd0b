"""The command `model`, which makes the INT8 ONNX model of all-MiniLM-L6-v2, its tokenizer and configuration."""

import json
import shutil
from pathlib import Path

from safetensors.numpy import load as load_safetensors

from app.indexing.errors import IndexingError
from app.indexing.model import bert_graph
from app.indexing.model.bert_graph import Precision, build_graph
from app.indexing.model.weights import ModelSource, find_model_source
from app.indexing.models_folder import exclusive_lock
from app.indexing.progress import say
from app.services.commands import BUILD_COMMAND
from app.services.encoder.model_spec import ModelSpec
from app.services.errors import ModelFileError
from app.services.local.files.array_files import writing
from app.services.local.files.model_files import (
    MODEL_DIRECTORY,
    MODEL_FILES,
    STAGING_DIRECTORY,
    commit_staging,
    file_facts,
    read_manifest,
)


def make_model(models_dir: Path, weights: Path | None = None) -> Path:
    """Make model_quantized/ in `models_dir` and return its path; the same weights give the same bytes.

    The files are written to a staging folder and then switched to, so a reader finds the earlier files or the new ones.

    Raises:
        IndexingError: The official weights are not available, or the folder cannot be written.
    """
    made = _make(models_dir, weights, "int8")
    _say_if_index_is_of_another_model(models_dir)
    return made


def make_reference_model(models_dir: Path, weights: Path | None = None) -> Path:
    """Make the same folder with the FP32 graph, which is the reference for the INT8 model.

    Raises:
        IndexingError: See `make_model`.
    """
    return _make(models_dir, weights, "fp32")


def _make(models_dir: Path, weights: Path | None, precision: Precision) -> Path:
    source = find_model_source(weights)
    target = models_dir / MODEL_DIRECTORY
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with exclusive_lock(models_dir):  # a build reads the model for minutes
            _replace_model(models_dir, source, precision)
    except OSError as error:
        place = error.filename or models_dir
        raise IndexingError(f"The model cannot be written: {place}: {error.strerror or error}") from error
    size = sum((models_dir / name).stat().st_size for name in MODEL_FILES)
    say(f"Made {target} ({precision.upper()}, {size / 1e6:.1f} MB)")
    return target


def _replace_model(models_dir: Path, source: ModelSource, precision: Precision) -> None:
    """Write the files of the model to the staging folder and switch to them."""
    staging = models_dir / STAGING_DIRECTORY
    shutil.rmtree(staging, ignore_errors=True)
    (staging / MODEL_DIRECTORY).mkdir(parents=True)
    contents = (build_graph(load_safetensors(source.weights), precision), source.tokenizer, _configuration(precision))
    try:
        for name, content in zip(MODEL_FILES, contents, strict=True):
            with writing(staging / name):
                (staging / name).write_bytes(content)
        commit_staging(models_dir, staging)
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)  # frees space on a full disk
        raise


def _say_if_index_is_of_another_model(models_dir: Path) -> None:
    try:
        manifest = read_manifest(models_dir)
    except ModelFileError:
        return
    listed = manifest.files.get(MODEL_FILES[0]) if manifest else None
    if listed and listed != file_facts(models_dir / MODEL_FILES[0]):
        say(f"The index in {models_dir} was made with another model; make it again: {BUILD_COMMAND}")


def _configuration(precision: Precision) -> bytes:
    """Return config.json with Hugging Face's keys of the architecture and the keys of ModelSpec."""
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
