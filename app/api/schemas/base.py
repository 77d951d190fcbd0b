"""Base classes of request models: null means omitted, and unknown names are errors."""

from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError


class KnownFields(BaseModel):
    """A model that treats null as omitted and names the nearest known field of an unknown one."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _check_names(cls, value: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, dict):
            return value
        unknown = value.keys() - cls.model_fields.keys()
        if unknown:
            raise ValidationError.from_exception_data(
                cls.__name__, [_unknown_field(name, cls) for name in value if name in unknown]
            )
        return {name: content for name, content in value.items() if content is not None}


class RequestBody(KnownFields):
    """A JSON object in a request. Its schema allows null for every optional field."""

    model_config = ConfigDict(strict=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core_schema)
        fields = handler.resolve_ref_schema(schema)
        for name, field in fields["properties"].items():
            if name not in fields.get("required", ()):
                _allow_null(field)
        return schema


def invalid_field(name: str, message: str) -> ValidationError:
    """Return the error to raise in a model's validator if a field is inconsistent with others."""
    problem = PydanticCustomError("value_error", "{message}", {"message": message})
    return ValidationError.from_exception_data(name, [InitErrorDetails(type=problem, loc=(name,), input=None)])


def _allow_null(field: dict[str, Any]) -> None:
    if "anyOf" in field:
        if {"type": "null"} not in field["anyOf"]:
            field["anyOf"].append({"type": "null"})
    elif "$ref" in field:
        field["anyOf"] = [{"$ref": field.pop("$ref")}, {"type": "null"}]
    else:
        field["type"] = [field["type"], "null"]


def _unknown_field(name: str, model: type[BaseModel]) -> InitErrorDetails:
    from app.api.unknown_names import printable, unknown_field_message  # rarely needed

    message = unknown_field_message(name, model.model_fields)
    problem = PydanticCustomError("unknown_field", "{message}", {"message": message})
    return InitErrorDetails(type=problem, loc=(printable(name),), input=None)
