"""Other ways of serving the same films, for the benchmark to compare with; each is as small as such services are.

Each factory makes an application with POST /api/v1/recommend and GET /health over the folder named in RIVAL_DIR, which
`prepare_rivals` fills: the same index, an INT8 model by the usual recipe, the FP32 model.
"""

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

from app.services.encoder.text_encoder import MAX_TOKENS, mean_pool, normalize
from app.services.local.files.model_files import INDEX_FILE, MAP_FILE, MODEL_DIRECTORY
from app.services.local.movie_map import read_movie_records
from app.services.vectors import DIMENSION

FP32_MODEL = "model_fp32.onnx"
USUAL_INT8_MODEL = "model_usual_int8.onnx"

Encode = Callable[[str], NDArray[np.float32]]


class _Request(BaseModel):
    synopsis: str
    top_k: int = 10


def prepare_rivals(directory: Path, models_dir: Path, fp32_model: Path) -> None:
    """Write what the rivals serve: the index as it is, the FP32 model, and an INT8 model as most projects make it."""
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    directory.mkdir(parents=True, exist_ok=True)
    for name in (INDEX_FILE, MAP_FILE, f"{MODEL_DIRECTORY}/tokenizer.json"):
        shutil.copyfile(models_dir / name, directory / Path(name).name)
    shutil.copyfile(fp32_model, directory / FP32_MODEL)
    logging.disable(logging.WARNING)  # advice for who makes a model, and tensors whose type is given here
    try:
        quantize_dynamic(
            directory / FP32_MODEL,
            directory / USUAL_INT8_MODEL,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": TensorProto.FLOAT},  # it does not know the type that FusedMatMul gives
        )
    finally:
        logging.disable(logging.NOTSET)


def original_way() -> FastAPI:
    """Return the original's way: INT8, basic graph optimization, encoding on the event loop, Annoy at its defaults."""
    directory = Path(os.environ["RIVAL_DIR"])
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.enable_cpu_mem_arena = False
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    return _service(directory, _onnx_encoder(directory / USUAL_INT8_MODEL, directory, options))


def plain_fp32() -> FastAPI:
    """Return plain ONNX Runtime in FP32 with everything at its defaults."""
    directory = Path(os.environ["RIVAL_DIR"])
    return _service(directory, _onnx_encoder(directory / FP32_MODEL, directory, onnxruntime.SessionOptions()))


def sentence_transformers() -> FastAPI:
    """Return sentence-transformers on PyTorch; SENTENCE_TRANSFORMERS_MODEL names the model's folder on disk."""
    from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found, unused-ignore]

    model = SentenceTransformer(os.environ["SENTENCE_TRANSFORMERS_MODEL"])

    def encode(text: str) -> NDArray[np.float32]:
        return np.asarray(model.encode(text, normalize_embeddings=True, show_progress_bar=False), np.float32)

    return _service(Path(os.environ["RIVAL_DIR"]), encode)


def _onnx_encoder(model: Path, directory: Path, options: onnxruntime.SessionOptions) -> Encode:
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)

    def encode(text: str) -> NDArray[np.float32]:
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        mask = np.ones_like(ids)
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        vector: NDArray[np.float32] = normalize(mean_pool(session.run(None, feeds)[0], mask))[0]
        return vector

    return encode


def _service(directory: Path, encode: Encode) -> FastAPI:
    from annoy import AnnoyIndex

    index = AnnoyIndex(DIMENSION, "angular")
    index.load(str(directory / INDEX_FILE))
    films: dict[int, dict[str, Any]] = read_movie_records(directory / MAP_FILE)
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
