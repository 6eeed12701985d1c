"""Names of classes in a file beside a spec: a line of text per class, or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from framegate.errors import UsageError
from framegate.models.files import parse_json, read_regular

LABEL_SUFFIXES = (".json", ".txt")
"""What a text in ``labels`` ends with that is a file, and not the name of a list."""
_MOST_BYTES = 2**20
_MOST_DIGITS = 5


def read_labels(spec: Path, name: str) -> list[str]:
    """The names in a file, in order; a class without a name has an empty one.

    Args:
        spec: the spec that names the file, for errors and for its folder.
        name: the file. A ``.json`` file holds a list of texts, or an object from a class's number to its text.

    Raises:
        UsageError: the file cannot be read, or it holds something else.
    """
    path = spec.parent / name
    try:
        text = read_regular(path, _MOST_BYTES).decode("utf-8-sig")
        lines = _of_json(parse_json(text)) if path.suffix == ".json" else text.rstrip().splitlines()
    except OSError as error:
        raise UsageError(
            f"{spec}: labels {name!r} cannot be read ({error.strerror}); its path starts at the spec"
        ) from error
    except ValueError as error:
        raise UsageError(f"{spec}: labels {name!r} cannot be read ({error}); see docs/views.md") from error
    names = [line.strip() for line in lines]
    if not any(names):
        raise UsageError(f"{spec}: labels {name!r} has no names; write a line for each class")
    return names


def _of_json(document: Any) -> list[str]:
    if isinstance(document, dict):
        document = _by_number(document)
    if not isinstance(document, list) or not all(isinstance(label, str) for label in document):
        raise ValueError('it is neither a list of texts nor an object such as {"0": "cat", "1": "dog"}')
    return document


def _by_number(names: dict[str, Any]) -> list[Any]:
    """The values of an object whose keys are numbers of classes, in order of number."""
    if not all(key.isascii() and key.isdigit() and len(key) <= _MOST_DIGITS for key in names):
        raise ValueError("it is an object, and not all of its keys are numbers of classes")
    by_number = {int(key): label for key, label in names.items()}
    return [by_number.get(number, "") for number in range(max(by_number, default=-1) + 1)]
