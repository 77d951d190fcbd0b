"""Makes models/model_quantized/: the INT8 ONNX model of all-MiniLM-L6-v2, its tokenizer and its configuration."""

import json
import logging
import os
import shutil
import tempfile
from pathlib import Path

from safetensors.numpy import load as load_safetensors

from app.indexing import bert_graph
from app.indexing.bert_graph import Precision, build_graph
from app.indexing.errors import IndexingError
from app.indexing.weights import TOKENIZER_NAME, ModelSource, find_model_source

logger = logging.getLogger(__name__)

MODEL_FOLDER = "model_quantized"
MODEL_NAME = "model_quantized.onnx"
CONFIG_NAME = "config.json"
MODEL_ID = "sentence-transformers/all-MiniLM-L6-v2"
_STAGING_PREFIX = f".{MODEL_FOLDER}-"


def make_model(models_dir: Path, weights: Path | None = None) -> Path:
    """Make ``models_dir``/model_quantized/ and return its path; the same weights give the same bytes.

    The folder is made aside and renamed into place, so a reader finds the earlier files or the new ones.

    Raises:
        IndexingError: the official weights cannot be had, or the folder cannot be written.
    """
    source = find_model_source(weights)
    logger.info("Quantizing the model to INT8")
    try:
        return _write_model(models_dir, source, "int8")
    except OSError as error:
        raise IndexingError(f"Cannot write the model to {models_dir}: {error.strerror or error}.") from error


def make_reference_model(models_dir: Path, weights: Path | None = None) -> Path:
    """Make the same folder with the FP32 graph, to compare the INT8 model with.

    Raises:
        IndexingError: as `make_model`.
    """
    source = find_model_source(weights)
    try:
        return _write_model(models_dir, source, "fp32")
    except OSError as error:
        raise IndexingError(f"Cannot write the model to {models_dir}: {error.strerror or error}.") from error


def _write_model(models_dir: Path, source: ModelSource, precision: Precision) -> Path:
    models_dir.mkdir(parents=True, exist_ok=True)
    for stale in models_dir.glob(f"{_STAGING_PREFIX}*"):
        shutil.rmtree(stale)
    staging = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=models_dir))
    staging.chmod(0o755)
    files = {
        MODEL_NAME: build_graph(load_safetensors(source.weights), precision),
        TOKENIZER_NAME: source.tokenizer,
        CONFIG_NAME: _configuration(precision),
    }
    for name, content in files.items():
        with (staging / name).open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    target = models_dir / MODEL_FOLDER
    if target.exists():
        target.rename(models_dir / f"{_STAGING_PREFIX}old")
    staging.rename(target)
    shutil.rmtree(models_dir / f"{_STAGING_PREFIX}old", ignore_errors=True)
    return target


def _configuration(precision: Precision) -> bytes:
    configuration = {
        "model_id": MODEL_ID,
        "model_type": "bert",
        "precision": precision,
        "hidden_size": bert_graph.HIDDEN,
        "num_hidden_layers": bert_graph.LAYERS,
        "num_attention_heads": bert_graph.HEADS,
        "intermediate_size": bert_graph.INTERMEDIATE,
        "max_seq_length": 256,
        "pooling": "mean",
        "normalize": True,
    }
    return (json.dumps(configuration, indent=2) + "\n").encode()
