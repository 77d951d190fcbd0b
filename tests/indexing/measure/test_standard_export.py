"""The export computes what this project's own graph does; the weights are random, so no download is needed."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from app.indexing.measure.standard_export import export_graph
from app.indexing.model.bert_graph import HIDDEN, INTERMEDIATE, LAYERS, build_graph

FEW_WORDS = 50


def random_weights(words: int = FEW_WORDS) -> dict[str, NDArray[np.float32]]:
    random = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (words, HIDDEN),
        "embeddings.token_type_embeddings.weight": (2, HIDDEN),
        "embeddings.position_embeddings.weight": (512, HIDDEN),
        "embeddings.LayerNorm": (HIDDEN,),
    }
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        for product in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes[f"{name}.{product}"] = (HIDDEN, HIDDEN)
        shapes[f"{name}.intermediate.dense"] = (INTERMEDIATE, HIDDEN)
        shapes[f"{name}.output.dense"] = (HIDDEN, INTERMEDIATE)
        shapes[f"{name}.attention.output.LayerNorm"] = shapes[f"{name}.output.LayerNorm"] = (HIDDEN,)
    weights = {}
    for name, shape in shapes.items():
        values = random.normal(0, 0.1, shape).astype(np.float32)
        if name.endswith(".weight"):
            weights[name] = values
            continue
        weights[f"{name}.weight"] = values
        weights[f"{name}.bias"] = random.normal(0, 0.1, shape[0]).astype(np.float32)
    return weights


def test_the_export_computes_the_same_as_this_projects_graph() -> None:
    weights = random_weights()
    ids = np.array([[3, 7, 1, 9], [5, 2, 0, 0]], np.int64)
    mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0]], np.int64)
    feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    exported, own = (
        onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"]).run(["last_hidden_state"], feeds)[0]
        for graph in (export_graph(weights), build_graph(weights, "fp32"))
    )
    is_token = mask.astype(bool)
    np.testing.assert_allclose(exported[is_token], own[is_token], atol=2e-4)
