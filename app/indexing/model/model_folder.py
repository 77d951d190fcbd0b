"""The files of a model in model_quantized/: graph, tokenizer, configuration and external weights."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from app.indexing.errors import IndexingError
from app.services.commands import MODEL_COMMAND
from app.services.local.files.manifest import FileFacts
from app.services.local.files.model_files import MODEL_DIRECTORY, MODEL_FILES, NEEDED_MODEL_FILES, file_facts


def find_model_home(*candidates: Path) -> Path:
    """Return the first of these models/ folders that has a model; raises IndexingError if none has one."""
    for home in candidates:
        if all((home / name).exists() for name in NEEDED_MODEL_FILES):
            return home
    wanted = candidates[0]
    raise IndexingError(f"{wanted / MODEL_FILES[0]} is missing; run: {MODEL_COMMAND} --models-dir {wanted}")


def model_file_names(home: Path) -> list[str]:
    """Return the names of the model's files, relative to models/.

    Raises:
        IndexingError: The graph keeps weights in a file that is missing or outside its folder.
    """
    present = [name for name in MODEL_FILES if name in NEEDED_MODEL_FILES or (home / name).exists()]
    return present + [f"{MODEL_DIRECTORY}/{name}" for name in _external_data(home / MODEL_FILES[0])]


def model_facts(home: Path) -> dict[str, FileFacts]:
    """Return the SHA-256 and size of each file of the model; raises what `model_file_names` raises."""
    return {name: file_facts(home / name) for name in model_file_names(home)}


def model_digest(facts: Mapping[str, FileFacts]) -> str:
    """Return a digest that identifies a model: it covers all that embeddings depend on, prefixes and pooling too."""
    content = "".join(f"{name}:{facts[name].sha256}\n" for name in sorted(facts))
    return hashlib.sha256(content.encode()).hexdigest()


def _external_data(graph: Path) -> list[str]:
    """Return the names of the files next to the graph that hold its external weights."""
    known = {Path(name).name for name in MODEL_FILES}
    if all(path.name in known for path in graph.parent.iterdir()):
        return []  # no other files, so no external weights: onnx need not be imported
    import onnx
    from google.protobuf.message import DecodeError

    try:
        tensors = onnx.load(graph, load_external_data=False).graph.initializer
    except DecodeError as error:
        raise IndexingError(f"{graph} is not an ONNX model ({error}); run: {MODEL_COMMAND}") from error
    locations = {entry.value for tensor in tensors for entry in tensor.external_data if entry.key == "location"}
    for location in sorted(locations):
        if Path(location).name != location or not (graph.parent / location).is_file():
            raise IndexingError(f"{graph} keeps weights in {location!r}, which must be a file next to it")
    return sorted(locations)
