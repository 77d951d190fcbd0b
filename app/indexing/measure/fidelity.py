"""Fidelity of the INT8 model: how near its vectors are to those of the FP32 model."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.services.encoder.text_encoder import TextEncoder
from app.services.local.files.model_files import MODEL_DIRECTORY

FIDELITY_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Fidelity:
    """Cosine between the INT8 model's vectors and the FP32 model's, over texts."""

    texts: int
    mean: float
    lowest: float


def measure_fidelity(models_dir: Path, overviews: Sequence[str], weights: Path) -> Fidelity:
    """Encode a sample of overviews with the INT8 model and the FP32 model, one text at a time.

    Raises IndexingError if the weights are not the official ones.
    """
    from app.indexing.model.make import make_reference_model

    texts = [text for text in overviews if text]
    texts = [texts[place] for place in np.unique(np.linspace(0, len(texts) - 1, FIDELITY_SAMPLE).astype(int))]
    with tempfile.TemporaryDirectory() as scratch:
        reference = make_reference_model(Path(scratch), weights)
        with (
            TextEncoder.from_directory(reference) as exact,
            TextEncoder.from_directory(models_dir / MODEL_DIRECTORY) as quantized,
        ):
            cosines = [float(exact.encode(text).vector @ quantized.encode(text).vector) for text in texts]
    return Fidelity(len(texts), round(float(np.mean(cosines)), 5), round(min(cosines), 5))
