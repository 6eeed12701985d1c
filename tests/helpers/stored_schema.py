"""The schema of what is stored, and a check that knows no other keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator


def schema() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((files("framegate.results") / "schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(content)
    return content


def closed(part: Any) -> Any:
    """The same schema, in which objects have no keys but those that it describes."""
    if isinstance(part, list):
        return [closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    names = {name: closed(item) for name, item in part.items()}
    return {"additionalProperties": False, **names} if part.get("type") == "object" and "properties" in part else names


def complaints(extra_info: Mapping[str, Any], part: str | None = None) -> list[str]:
    """What of it, or of one part of it, the schema does not describe."""
    described = closed(schema())
    value = extra_info if part is None else extra_info[part]
    errors = Draft202012Validator(described if part is None else described["properties"][part]).iter_errors(value)
    return [f"{error.json_path}: {error.message[:300]}" for error in errors]
