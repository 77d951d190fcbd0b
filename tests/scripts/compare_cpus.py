"""Comparison of the encoder's vectors on this CPU and on an emulated CPU without VNNI (Debian: qemu-user).

    python -m tests.scripts.compare_cpus [--models-dir models] [--cpu Haswell] [--texts FILE]

Prints the largest difference of any component, and fails if it is above 1e-3. FILE is a JSON list of texts, by default
the reference texts of the suite. One text takes about half a second under emulation.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from app.services.encoder.text_encoder import TextEncoder
from tests.reference import DATA

TOLERANCE = 1e-3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    parser.add_argument("--cpu", default="Haswell", help="see qemu-x86_64 -cpu help (default: Haswell)")
    parser.add_argument("--texts", type=Path, default=DATA / "reference_texts.json")
    parser.add_argument("--save", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    vectors = _encode(args.models_dir, args.texts)
    if args.save:
        np.save(args.save, vectors)
        return 0
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        command = [sys.executable, "-m", "tests.scripts.compare_cpus", "--models-dir", str(args.models_dir)]
        command += ["--texts", str(args.texts), "--save", file.name]
        subprocess.run(["qemu-x86_64", "-cpu", args.cpu, *command], check=True)
        emulated = np.load(file.name)
    difference = float(np.abs(vectors - emulated).max())
    cosine = float((vectors * emulated).sum(axis=1).min())
    print(f"{len(vectors)} texts, {args.cpu}: largest difference {difference:.1e}, lowest cosine {cosine:.7f}")
    return 0 if difference <= TOLERANCE else 1


def _encode(models_dir: Path, texts: Path) -> np.ndarray:
    with TextEncoder.from_directory(models_dir / "model_quantized") as encoder:
        return np.stack([encoder.encode(text).vector for text in json.loads(texts.read_text(encoding="utf-8"))])


if __name__ == "__main__":
    sys.exit(main())
