"""Properties of the encoder model, read from model_quantized/config.json.

The defaults describe all-MiniLM-L6-v2, so an export of it works without a config.json. The config.json of an exporter
(with Hugging Face's keys) works, too; only these keys are used:

===========================  ===================================================================================
``model_id``                 the model's name; else ``_name_or_path``, which exporters write
``hidden_size``              dimension of the vectors; ``dim`` or ``d_model`` in some architectures
``max_position_embeddings``  upper bound of ``max_seq_length``
``max_seq_length``           tokens read, special tokens included; if absent 256, the length all-MiniLM-L6-v2 reads
``pooling``                  ``mean`` (default) or ``cls``
``query_prefix``             text put before each query, such as ``"query: "`` for the E5 models
``document_prefix``          text put before each film, such as ``"passage: "``
``languages``                codes of the languages that the model reads, such as ``["en", "fr"]``
``inputs``                   inputs that the graph may take; a graph that takes fewer is served as well
===========================  ===================================================================================
"""

from pathlib import Path, PurePath
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.services.errors import ModelFileError

CONFIG_FILE = "config.json"
DEFAULT_MODEL_ID = "sentence-transformers/all-MiniLM-L6-v2"

_DEFAULT_DIMENSION = 384
_DEFAULT_MAX_TOKENS = 256
_MAX_NUMBER = 65_536
_LANGUAGE_NAMES = {"en": "English"}

Input = Literal["input_ids", "attention_mask", "token_type_ids"]
Pooling = Literal["mean", "cls"]


def _name(known: dict[str, Any]) -> str:
    dimension = known["dimension"]
    return DEFAULT_MODEL_ID if dimension == _DEFAULT_DIMENSION else f"unnamed model of {dimension} dimensions"


def _languages(known: dict[str, Any]) -> tuple[str, ...]:
    is_default = PurePath(known["model_id"]).name == PurePath(DEFAULT_MODEL_ID).name
    return ("en",) if is_default else ()


class ModelSpec(BaseModel):
    """A sentence encoder: its name, what it reads, and how its output becomes a vector."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", populate_by_name=True)

    dimension: int = Field(
        default=_DEFAULT_DIMENSION, ge=1, le=_MAX_NUMBER, validation_alias=AliasChoices("hidden_size", "dim", "d_model")
    )
    model_id: str = Field(
        default_factory=_name, min_length=1, validation_alias=AliasChoices("model_id", "_name_or_path")
    )
    positions: int = Field(default=_MAX_NUMBER, ge=3, le=_MAX_NUMBER, validation_alias="max_position_embeddings")
    """Tokens that the model could read; texts are cut at `max_tokens` nevertheless."""
    max_tokens: int = Field(
        default_factory=lambda known: min(_DEFAULT_MAX_TOKENS, known["positions"]),
        ge=3,
        validation_alias="max_seq_length",
    )
    """Tokens read of a text, special tokens included."""
    pooling: Pooling = "mean"
    query_prefix: str = ""
    document_prefix: str = ""
    languages: tuple[str, ...] = Field(default_factory=_languages)
    """Empty if config.json does not list them and the model is not all-MiniLM-L6-v2."""
    inputs: tuple[Input, ...] = ("input_ids", "attention_mask", "token_type_ids")

    @field_validator("model_id")
    @classmethod
    def _without_folder(cls, name: str) -> str:
        """Keep the last part of a local path, which exporters may write in `_name_or_path` instead of a name."""
        is_path = name.startswith((".", "/", "~")) or "\\" in name
        return PurePath(name.replace("\\", "/")).name or "unnamed model" if is_path else name

    @property
    def languages_warning(self) -> str:
        """A sentence for clients about the languages that the model reads."""
        if not self.languages:
            return f"{CONFIG_FILE} does not say which languages {self.model_id} reads."
        named = ", ".join(_LANGUAGE_NAMES.get(code, code) for code in self.languages)
        return f"The model reads {named} best; synopses in other languages match less well."

    @model_validator(mode="after")
    def _fits_positions(self) -> "ModelSpec":
        if self.max_tokens > self.positions:
            raise ValueError(f"max_seq_length {self.max_tokens} is over max_position_embeddings {self.positions}")
        return self


def read_model_spec(path: Path) -> ModelSpec:
    """Read the config.json at ``path``; without one, return the defaults, which describe all-MiniLM-L6-v2.

    Raises:
        ModelFileError: config.json cannot be read, or a key has an invalid value.
    """
    try:
        return ModelSpec.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return ModelSpec()
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read ({error.strerror})") from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        key = ".".join(map(str, problem["loc"]))
        reason = f"{key}: {problem['msg']}" if key else problem["msg"].removeprefix("Value error, ")
        raise ModelFileError(f"{path}: {reason}; correct it, or remove the key for its default") from error
