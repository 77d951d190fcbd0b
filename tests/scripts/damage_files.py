"""A test that damages every file of a models/ folder, loads each result in a new process, and counts the outcomes.

    python -m tests.scripts.damage_files [--models-dir models] [--per-file 60] [--seed 1]

Every damaged set must be refused with one line, or serve (without a manifest, a changed bit in a film's text cannot be
noticed). A process that dies by a signal, hangs, takes too much memory or raises anything but ModelFileError is a
failure; the exit status is then 1.
"""

import argparse
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from app.services.errors import ModelFileError
from app.services.local.files.model_files import MANIFEST_FILE
from app.services.local.load import load_service
from app.services.queries import Query

SECONDS_PER_LOAD = 60
BYTES_PER_LOAD = 4 << 30
REFUSED, SERVED, WRONG = 10, 11, 12
OUTCOMES = {REFUSED: "refused", SERVED: "served"}

Damage = Callable[[Path, random.Random], None]


def flip_bits(path: Path, chance: random.Random) -> None:
    """Flip one to sixteen bits anywhere, half of the time near an end, where headers are."""
    content = bytearray(path.read_bytes())
    reach = min(len(content), 4096) if chance.random() < 0.5 else len(content)
    for _ in range(chance.choice((1, 1, 4, 16))):
        place = chance.randrange(reach)
        content[-place - 1 if chance.random() < 0.3 else place] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def overwrite(path: Path, chance: random.Random) -> None:
    """Overwrite up to 64 bytes with 0xFF, zeros or noise."""
    content = bytearray(path.read_bytes())
    reach = min(len(content), 4096) if chance.random() < 0.5 else len(content)
    place, length = chance.randrange(reach), chance.randint(1, 64)
    filling = chance.choice((b"\xff" * length, bytes(length), chance.randbytes(length)))
    if content[place : place + length] == filling[: reach - place]:  # zeros over zeros change nothing
        filling = b"\x5a" * length
    content[place : place + length] = filling
    path.write_bytes(content)


def truncate(path: Path, chance: random.Random) -> None:
    """Truncate the file at a random place."""
    os.truncate(path, chance.randrange(path.stat().st_size))


def cut_out(path: Path, chance: random.Random) -> None:
    """Remove some bytes from the middle."""
    content = path.read_bytes()
    place = chance.randrange(len(content))
    path.write_bytes(content[:place] + content[place + chance.randint(1, 5000) :])


def empty(path: Path, _: random.Random) -> None:
    """Truncate the file to nothing."""
    path.write_bytes(b"")


def make_directory(path: Path, _: random.Random) -> None:
    """Replace the file by a directory."""
    path.unlink()
    path.mkdir()


def break_symlink(path: Path, _: random.Random) -> None:
    """Replace the file by a broken symlink."""
    path.unlink()
    path.symlink_to("nowhere")


def swap(path: Path, chance: random.Random) -> None:
    """Replace the file by another file of the folder."""
    others = [other for other in path.parent.rglob("*") if other.is_file() and other != path]
    shutil.copyfile(chance.choice(others), path) if others else path.unlink()


RANDOM_DAMAGES: tuple[Damage, ...] = (flip_bits, overwrite, truncate, cut_out)
PLAIN_DAMAGES: tuple[Damage, ...] = (empty, make_directory, break_symlink, swap)


def load_in_child(models_dir: Path, search_engine: str) -> tuple[int, str]:
    """Load and search in a forked process; return its wait status and the message of a refusal."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        status, message = _load(models_dir, search_engine)
        os.write(writer, message.encode("utf-8", "replace")[:4000])
        os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        message = pipe.read().decode("utf-8", "replace")
    _, wait_status = os.waitpid(child, 0)
    return wait_status, message


def _load(models_dir: Path, search_engine: str) -> tuple[int, str]:
    os.close(2)
    os.open(os.devnull, os.O_WRONLY)
    resource.setrlimit(resource.RLIMIT_AS, (BYTES_PER_LOAD, BYTES_PER_LOAD))
    signal.alarm(SECONDS_PER_LOAD)
    try:
        service = load_service(models_dir, search_engine=search_engine)  # type: ignore[arg-type]
        answer = service.answer(Query("A spaceship's crew is hunted by a creature that came aboard."))
        scores = [film.similarity_score for film in answer.recommendations]
        if scores != sorted(scores, reverse=True) or not all(0 <= score <= 1 for score in scores):
            return WRONG, f"scores {scores}"
        vector = service._encoder.encode("a").vector
        return (
            (SERVED, "")
            if vector.shape == (service.model.dimension,) and np.isfinite(vector).all()
            else (WRONG, "bad vector")
        )
    except ModelFileError as error:
        return (REFUSED, str(error)) if "\n" not in str(error) else (WRONG, f"more than a line: {error}")
    except BaseException:
        return WRONG, traceback.format_exc()


def main() -> int:
    """Run all damages and print the outcomes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    parser.add_argument("--per-file", type=int, default=60, help="random damages per file (default 60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only files whose names contain this text")
    parser.add_argument("--manifest", choices=("with", "without", "both"), default="both")
    arguments = parser.parse_args()
    names = [
        str(path.relative_to(arguments.models_dir))
        for path in sorted(arguments.models_dir.rglob("*"))
        if path.is_file() and path.suffix in {".onnx", ".json", ".ann", ".pkl", ".npy"} and arguments.only in str(path)
    ]
    failures = 0
    counts: Counter[tuple[str, str]] = Counter()
    for with_manifest in (True, False):
        if arguments.manifest not in ("both", "with" if with_manifest else "without"):
            continue
        for name in names:
            if not with_manifest and (name == MANIFEST_FILE or name.startswith("serving/")):
                continue
            failures += _damage_one(arguments.models_dir, name, with_manifest, arguments, counts)
    for (label, outcome), count in sorted(counts.items()):
        print(f"{label:60} {outcome:10} {count}")
    print(f"{sum(counts.values())} damages, {failures} failures")
    return min(failures, 1)


def _damage_one(
    models_dir: Path, name: str, with_manifest: bool, arguments: argparse.Namespace, counts: Counter[tuple[str, str]]
) -> int:
    chance = random.Random(f"{arguments.seed} {name}")
    rounds = max(arguments.per_file // 10, 4) if with_manifest else arguments.per_file
    damages = [*PLAIN_DAMAGES, *(chance.choice(RANDOM_DAMAGES) for _ in range(rounds))]
    label = f"{name} {'with' if with_manifest else 'without'} manifest"
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        for turn, damage in enumerate(damages):
            copy = Path(scratch) / "models"
            shutil.copytree(models_dir, copy, copy_function=_link)
            target = copy / name
            content = target.read_bytes()
            target.unlink()
            target.write_bytes(content)
            if not with_manifest:
                (copy / MANIFEST_FILE).unlink(missing_ok=True)
            damage(target, chance)
            engine = "annoy" if turn % 2 and name == "movies.ann" else "exact"
            wait_status, message = load_in_child(copy, engine)
            shutil.rmtree(copy)
            outcome = OUTCOMES.get(os.waitstatus_to_exitcode(wait_status), "FAILED")
            if outcome == "FAILED":
                failures += 1
                print(f"FAILED {label} turn {turn} {damage.__name__} ({engine}): {wait_status=} {message}", flush=True)
            counts[label, outcome] += 1
    return failures


def _link(source: str, target: str) -> None:
    os.link(source, target)


if __name__ == "__main__":
    sys.exit(main())
