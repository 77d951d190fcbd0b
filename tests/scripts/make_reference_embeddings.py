"""Computation of tests/data/reference_embeddings.npz from reference_texts.json with sentence-transformers in FP32.

    pip install sentence-transformers
    python -m tests.scripts.make_reference_embeddings FOLDER

FOLDER contains sentence-transformers/all-MiniLM-L6-v2 as published. The vectors are stored as 16-bit integers of
1/32767 (their cosine with the originals is above 0.9999999).
"""

import json
import sys
from pathlib import Path

import numpy as np

DATA = Path(__file__).parents[1] / "data"


def main() -> None:
    from sentence_transformers import SentenceTransformer

    texts = json.loads((DATA / "reference_texts.json").read_text(encoding="utf-8"))
    model = SentenceTransformer(sys.argv[1], device="cpu")
    vectors = np.stack([model.encode(text, normalize_embeddings=True) for text in texts])
    np.savez_compressed(DATA / "reference_embeddings.npz", vectors=np.rint(vectors * 32767).astype(np.int16))


if __name__ == "__main__":
    main()
