"""Reference embeddings: texts written for this project, with their vectors by sentence-transformers in FP32."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.services.encoder.text_encoder import TextEncoder

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class ReferenceEmbeddings:
    """Texts and their unit vectors, [texts, 384]."""

    texts: list[str]
    vectors: NDArray[np.float32]

    def sample(self, step: int) -> "ReferenceEmbeddings":
        """Return every step-th text, for tests of a form of the model that do not measure its accuracy."""
        return ReferenceEmbeddings(self.texts[::step], self.vectors[::step])

    def cosines(self, encoder: TextEncoder) -> NDArray[np.float32]:
        """Return the cosine of each text's vector by this encoder with the reference."""
        encoded = np.stack([encoder.encode(text).vector for text in self.texts])
        return np.asarray((encoded * self.vectors).sum(axis=1), np.float32)


def read_reference_embeddings() -> ReferenceEmbeddings:
    """Read the files that tests/scripts/make_reference_embeddings.py writes."""
    texts = json.loads((DATA / "reference_texts.json").read_text(encoding="utf-8"))
    with np.load(DATA / "reference_embeddings.npz") as stored:
        vectors = stored["vectors"].astype(np.float32)
    return ReferenceEmbeddings(texts, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
