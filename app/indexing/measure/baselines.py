"""Baselines of the benchmark: minimal services with other encoders over the same films.

Each factory returns an application with POST /api/v1/recommend and GET /health. It reads the folder named in
BASELINE_DIR, which `prepare_baselines` fills with the same movies.ann and film map, and models of a standard export.
"""

import json
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from fastapi import FastAPI
from numpy.typing import NDArray
from pydantic import BaseModel
from tokenizers import Tokenizer

from app.indexing.model.weights import ModelSource
from app.services.encoder.model_spec import ModelSpec
from app.services.encoder.text_encoder import mean_pool, normalize
from app.services.local.files.model_files import INDEX_FILE, MAP_FILE
from app.services.local.files.pickle_reader import read_movie_records

DIRECTORY_VARIABLE = "BASELINE_DIR"
FP32_MODEL = "model.onnx"
ORIGINAL_MODEL = "model_quantized.onnx"
PYTORCH_MODEL = "pytorch"
TOKENIZER = "tokenizer.json"

TOKENS_OF_ORIGINAL = 128
"""The official tokenizer.json truncates and pads every text to this length, and the original used it unchanged."""

Encode = Callable[[str], NDArray[np.float32]]


class _Request(BaseModel):
    synopsis: str
    top_k: int = 10


def prepare_baselines(directory: Path, models_dir: Path, source: ModelSource) -> None:
    """Write the files that the baselines read: models of these weights, and the index and film map of `models_dir`."""
    from safetensors.numpy import load

    from app.indexing.measure.standard_export import export_graph

    directory.mkdir(parents=True)
    for name in (INDEX_FILE, MAP_FILE):
        shutil.copyfile(models_dir / name, directory / name)
    (directory / TOKENIZER).write_bytes(source.tokenizer)
    (directory / FP32_MODEL).write_bytes(export_graph(load(source.weights)))
    _quantize_as_original(directory / FP32_MODEL, directory / ORIGINAL_MODEL)
    _write_pytorch_model(directory / PYTORCH_MODEL, source.weights, source.tokenizer)


def _quantize_as_original(fp32_model: Path, target: Path) -> None:
    """Quantize as the original's configuration says: dynamic, signed, one scale per channel, with the embeddings."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.disable(logging.WARNING)  # advice to preprocess the model, which the original did not
    try:
        quantize_dynamic(fp32_model, target, per_channel=True, weight_type=QuantType.QInt8)
    finally:
        logging.disable(logging.NOTSET)


def _write_pytorch_model(directory: Path, weights: bytes, tokenizer: bytes) -> None:
    """Write the files that sentence-transformers loads."""
    from app.indexing.model import bert_graph

    configuration = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": bert_graph.HIDDEN,
        "num_hidden_layers": bert_graph.LAYERS,
        "num_attention_heads": bert_graph.HEADS,
        "intermediate_size": bert_graph.INTERMEDIATE,
        "layer_norm_eps": bert_graph.LAYER_NORM_EPSILON,
        "vocab_size": 30522,
    }
    directory.mkdir()
    (directory / "config.json").write_text(json.dumps(configuration), encoding="utf-8")
    (directory / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}', encoding="utf-8")
    (directory / TOKENIZER).write_bytes(tokenizer)
    (directory / "model.safetensors").write_bytes(weights)


def original() -> FastAPI:
    """Return the original as published: INT8, basic graph optimization, encoding on the event loop, Annoy's defaults.

    Its tokenizer.json pads every text.
    """
    return _service(_original_encoder(_tokenizer(TOKENS_OF_ORIGINAL, pad=True)))


def unpadded_original() -> FastAPI:
    """Return the original with one change that is easy to make: no text is padded."""
    return _service(_original_encoder(_tokenizer(TOKENS_OF_ORIGINAL)))


def onnx_fp32() -> FastAPI:
    """Return a service with ONNX Runtime in FP32, with default settings."""
    tokenizer = _tokenizer(ModelSpec().max_tokens)
    return _service(_onnx_encoder(FP32_MODEL, onnxruntime.SessionOptions(), tokenizer))


def sentence_transformers() -> FastAPI:
    """Return a service with sentence-transformers on PyTorch, with default settings."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(_directory() / PYTORCH_MODEL))
    model.max_seq_length = ModelSpec().max_tokens

    def encode(text: str) -> NDArray[np.float32]:
        return np.asarray(model.encode(text, normalize_embeddings=True, show_progress_bar=False), np.float32)

    return _service(encode)


def _directory() -> Path:
    return Path(os.environ[DIRECTORY_VARIABLE])


def _tokenizer(max_tokens: int, *, pad: bool = False) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(_directory() / TOKENIZER))
    tokenizer.enable_truncation(max_tokens)
    if pad:
        tokenizer.enable_padding(length=max_tokens)
    else:
        tokenizer.no_padding()
    return tokenizer


def _original_encoder(tokenizer: Tokenizer) -> Encode:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.enable_cpu_mem_arena = False
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    return _onnx_encoder(ORIGINAL_MODEL, options, tokenizer)


def _onnx_encoder(model: str, options: onnxruntime.SessionOptions, tokenizer: Tokenizer) -> Encode:
    session = onnxruntime.InferenceSession(str(_directory() / model), options, providers=["CPUExecutionProvider"])

    def encode(text: str) -> NDArray[np.float32]:
        tokens = tokenizer.encode(text)
        ids, mask = np.array([tokens.ids], np.int64), np.array([tokens.attention_mask], np.int64)
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states = session.run(None, feeds)[0]
        vector: NDArray[np.float32] = normalize(mean_pool(states[:, mask[0] == 1]))[0]
        return vector

    return encode


def _service(encode: Encode) -> FastAPI:
    from annoy import AnnoyIndex

    index = AnnoyIndex(ModelSpec().dimension, "angular")
    index.load(str(_directory() / INDEX_FILE))
    films: dict[int, dict[str, Any]] = read_movie_records(_directory() / MAP_FILE)
    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "healthy"}

    @app.post("/api/v1/recommend")
    async def recommend(body: _Request) -> dict[str, Any]:
        positions, distances = index.get_nns_by_vector(encode(body.synopsis), body.top_k, include_distances=True)
        found = [
            {**films[position], "similarity_score": 1 - distance**2 / 2}
            for position, distance in zip(positions, distances, strict=True)
        ]
        return {"query": body.synopsis, "recommendations": found, "count": len(found)}

    return app
