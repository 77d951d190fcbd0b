"""Settings of the service, read once from the environment (and a .env file) by the application factory."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.core.list_settings import read_keys, read_origins


class SettingsError(Exception):
    """Raised for invalid settings; the message has one line per setting."""


class ModelFolderSettings(BaseSettings):
    """Settings that the service shares with the commands that make files."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    model_dir: Path = Field(
        default=Path("models"), description="Folder with model_quantized/, movies.ann and the rest."
    )


class Settings(ModelFolderSettings):
    """Everything an operator can choose. Each field is an environment variable of the same name in capitals."""

    port: int = Field(default=8000, ge=1, le=65535, description="Port that ./run_local.sh serves on.")
    debug: bool = Field(default=False, description="Log more; never shows tracebacks to clients.")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("*",), description="Origins that browsers may call from, as a list with commas or as JSON; * for any."
    )
    search_engine: Literal["auto", "exact", "annoy"] = Field(
        default="auto", description="auto: the engine that the build measured as faster at a recall@10 of 0.99 or more."
    )
    encoder_threads: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Threads that encode a text that is alone; 0: one on CPUs with VNNI, otherwise as many as the CPU "
        "quota allows, at most 4.",
    )
    max_concurrent_requests: int = Field(
        default=0, ge=0, le=256, description="Requests computed at once; 0: as many as the CPU quota allows."
    )
    max_waiting_requests: int = Field(default=64, ge=0, le=10_000, description="Requests in the queue; more get 503.")
    request_timeout_seconds: float = Field(
        default=30.0,
        gt=0,
        le=600,
        allow_inf_nan=False,
        description="Maximum time for a body to arrive, and for an answer to be computed.",
    )
    query_cache_size: int = Field(
        default=1024, ge=0, le=100_000, description="Query embeddings and rankings kept (3 to 8 KB each)."
    )
    catalogue_url: SecretStr = Field(
        default=SecretStr(""),
        description="PostgreSQL with a published catalogue, postgresql://user:password@host:5432/database; empty: the "
        "index in MODEL_DIR.",
    )
    api_keys: SecretStr = Field(
        default=SecretStr(""), description="Accepted API keys, as a list with commas or as JSON; empty: no key needed."
    )
    rate_limit: str = Field(default="", description="Requests per client address, such as 60/minute; empty: no limit.")
    docs_enabled: bool = Field(default=True, description="Serve /docs, /redoc and /openapi.json.")
    metrics_enabled: bool = Field(default=True, description="Serve /metrics.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="Minimum level logged.")
    log_format: Literal["text", "json"] = Field(default="text", description="One line of text or of JSON per event.")

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return read_origins(value)
        return value

    @field_validator("api_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr) -> SecretStr:
        read_keys(value.get_secret_value())
        return value

    @field_validator("rate_limit")
    @classmethod
    def _is_rate_limit(cls, value: str) -> str:
        if value:
            from limits import parse_many

            try:
                limits = parse_many(value)
            except ValueError:
                limits = []
            if len(limits) != 1 or not limits[0].amount:
                raise ValueError("write one limit of at least one request, such as 60/minute")
        return value

    @property
    def api_key_list(self) -> tuple[str, ...]:
        """The accepted API keys; empty if no key is needed."""
        return read_keys(self.api_keys.get_secret_value())

    @field_validator("log_level", mode="before")
    @classmethod
    def _capital_level(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value


def read_settings() -> Settings:
    """Return the settings of the environment and the .env file; raises SettingsError."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(map(_wrong_setting, error.errors()))) from None
    except UnicodeDecodeError:
        raise SettingsError(".env is not text in UTF-8: write it again with one NAME=value per line") from None


def _wrong_setting(problem: Mapping[str, Any]) -> str:
    name = "_".join(map(str, problem["loc"]))
    given = "(hidden)" if name == "api_keys" else problem["input"]
    return f"{name.upper()}={given}: {problem['msg'].removeprefix('Value error, ')}"
