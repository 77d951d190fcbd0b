"""Calibration of the INT8 model, which writes the scale of each input channel to app/indexing/model/smoothing.json.

    python -m tests.scripts.calibrate_model --weights model.safetensors

SmoothQuant (Xiao et al. 2022, https://arxiv.org/abs/2211.10438): a channel of a product's input is divided by a factor,
and the same row of its matrix is multiplied by it. This moves the rounding error of activations with rare large values
to the weights. The factors come from the largest FP32 values over the overviews of the starter catalogue. They are
committed, rounded to three digits, so that a growing catalogue does not change the model.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from safetensors.numpy import load as load_safetensors
from tokenizers import Tokenizer

from app.indexing.model.bert_graph import LAYERS, SMOOTHING_FILE, SmoothedProduct, build_graph, smoothed_products
from app.indexing.model.weights import find_model_source
from app.services.encoder.movie_text import context_text

CATALOGUE = Path(__file__).parents[2] / "models" / "starter_catalogue.jsonl"
TEXTS = 300
EXPONENT = 0.7
"""How much of the range is moved from activations (0) to weights (1): the best of the values that were tried."""

OTHER_TEXTS = (
    "",
    "a",
    "?",
    "...",
    "?!... " * 40,
    "1984 " * 40,
    "x" * 90,
    "ALL CAPS, NO FEAR: THE MOVIE!",
    "Ein alter Fischer sucht im Nebel nach dem Boot seines Bruders und findet eine fremde Insel.",
    "Une institutrice hérite d'un phare et d'un secret que tout le village préfère taire.",
    "Una joven pianista cruza la frontera con una maleta que no es suya.",
    "Мальчик и старая собака ждут поезда, который не останавливается уже двадцать лет.",
    "Ένας ναύτης επιστρέφει στο νησί του και δεν τον αναγνωρίζει κανείς.",
    "שני אחים מגלים שהמסעדה של אביהם עומדת על אוצר.",
    "امرأة تبحث عن أخيها في مدينة لا تنام",
    "एक लड़की रात में शहर की आखिरी बस चलाती है",
    "한 소년이 사라진 섬의 지도를 그린다",
    "少年は雪の山で古い列車を見つける。",
    "老人每天在河边等一封不会来的信。",
    "เด็กหญิงกับช้างเดินทางข้ามภูเขา",
    "🎬🔥 robots 🤖 in love 💔",
)
"""Texts unlike English overviews: other scripts, fragments, noise."""

SMALLEST_SHARE = 0.5
"""Lower bound of a channel's largest value, as a share of the median channel's, because other texts may reach it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path)
    source = find_model_source(parser.parse_args().weights)
    weights = load_safetensors(source.weights)
    products = [product for layer in range(LAYERS) for product in smoothed_products(layer)]
    largest = _largest_activations(build_graph(weights, "fp32"), source.tokenizer, products)
    factors = {}
    for product in products:
        rows = np.max([np.abs(weights[f"{name}.weight"]).max(axis=0) for name in product.linears], axis=0)
        seen = largest[product.input]
        seen = np.maximum(seen, SMALLEST_SHARE * np.median(seen))
        raw = seen**EXPONENT / rows ** (1 - EXPONENT)
        centred = raw / np.exp(np.log(raw).mean())
        factors[product.name] = [float(f"{factor:.3g}") for factor in centred]
    lines = ",\n".join(f'  "{name}": {json.dumps(values, separators=(",", ":"))}' for name, values in factors.items())
    SMOOTHING_FILE.write_text("{\n" + lines + "\n}\n")


def _largest_activations(
    model: bytes, tokenizer_json: bytes, products: list[SmoothedProduct]
) -> dict[str, NDArray[np.float64]]:
    """Return the largest magnitude of each channel of each product's input, over the texts."""
    graph = onnx.load_from_string(model)
    graph.graph.output.extend(onnx.ValueInfoProto(name=product.input) for product in products)
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        onnx.save(graph, file.name)
        session = onnxruntime.InferenceSession(file.name, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_str(tokenizer_json.decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    names = [product.input for product in products]
    largest: dict[str, NDArray[np.float64]] = {}
    for text in _texts():
        ids = np.array([tokenizer.encode(text).ids])
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        for name, values in zip(names, session.run(names, feeds), strict=True):
            seen = np.abs(values).max(axis=(0, 1)).astype(np.float64)
            largest[name] = np.maximum(largest.get(name, seen), seen)
    return largest


def _texts() -> list[str]:
    """Return overviews alone, in the context template, and joined until they fill the model's 256 tokens.

    The long ones count: some channels of the feed-forward layers answer to late positions only.
    """
    films = [json.loads(line) for line in CATALOGUE.read_text(encoding="utf-8").splitlines()]
    step = max(1, len(films) // TEXTS)
    chosen = films[::step][:TEXTS]
    overviews = [film["overview"] for film in chosen]
    in_context = [
        context_text(
            film["overview"], genres=film["genres"], year=film.get("release_date", "")[:4], title=film["title"]
        )
        for film in chosen[::2]
    ]
    joined = [" ".join(overviews[start : start + 12]) for start in range(0, len(overviews), 4)]
    return [*overviews, *in_context, *joined, *(film["title"] for film in chosen[::4]), *OTHER_TEXTS]


if __name__ == "__main__":
    main()
