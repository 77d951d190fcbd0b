"""The manifest of a set of files: their digests, what they were made from, and what the build measured."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

FORMAT = 2
"""Version of the files of a set. Raise it if a file gets another name or content, so that a program that reads other
files refuses the set with the remedy instead of missing one of them."""

REUSABLE_FORMATS = (1, FORMAT)
"""Formats with the same movies.ann and movies_map.pkl: a build takes the embeddings from them."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_XXH3 = re.compile(r"(?:[0-9a-f]{32})?")


class OtherFormatError(ValueError):
    """A manifest has a format that this program does not read."""

    def __init__(self, found: object) -> None:
        super().__init__(
            f"the index was made by another version of this software (format {found}, this one reads {FORMAT})"
        )


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Digests of a file in hexadecimal, and its size in bytes. Facts with equal SHA-256 and size are equal."""

    sha256: str
    size: int
    xxh3: str = field(default="", compare=False)
    """XXH3-128, which a start compares, because SHA-256 takes three times as long; empty in manifests without it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a set, what they were made from, and what the build measured."""

    count: int
    model_id: str
    template_version: int
    created_at: str
    files: Mapping[str, FileFacts]
    dimension: int
    ranking_version: int = 0
    """Version of the weights that ranked the stored neighbours; 0 if the manifest does not have it."""
    metric: str = "angular"
    measured: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT

    def to_json(self) -> str:
        """Return the text of manifest.json."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"

    @property
    def version(self) -> str:
        """12 hexadecimal digits that identify the content of all files of the set."""
        content = "".join(f"{name}:{self.files[name].sha256}\n" for name in sorted(self.files))
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    @classmethod
    def from_json(cls, text: str, formats: Collection[int] = (FORMAT,)) -> Self:
        """Read the text of a manifest.json of one of these formats.

        Raises OtherFormatError, and ValueError if the text is not a manifest.
        """
        content = json.loads(text)
        if not isinstance(content, dict) or not isinstance(content.get("format"), int):
            raise ValueError("it is not a manifest")
        if content["format"] not in formats:
            raise OtherFormatError(content["format"])
        try:
            files = {str(name): _file_facts(facts) for name, facts in content["files"].items()}
            return cls(
                count=int(content["count"]),
                model_id=str(content["model_id"]),
                template_version=int(content["template_version"]),
                created_at=str(content["created_at"]),
                files=files,
                dimension=int(content["dimension"]),
                ranking_version=int(content.get("ranking_version") or 0),
                metric=str(content["metric"]),
                measured=dict(content.get("measured") or {}),
                format=content["format"],
            )
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError(f"an entry is missing or of the wrong type ({error!r})") from error


def _file_facts(facts: Mapping[str, Any]) -> FileFacts:
    found = FileFacts(str(facts["sha256"]), int(facts["size"]), str(facts.get("xxh3", "")))
    if not (_SHA256.fullmatch(found.sha256) and _XXH3.fullmatch(found.xxh3)):
        raise ValueError("a digest is damaged")
    return found
