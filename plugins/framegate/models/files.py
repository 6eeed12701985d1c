"""Read the small files that somebody else wrote: regular ones, of a size and depth that a model has."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MOST_BYTES = 256 * 2**20
"""Of a file of text; the largest model.json that is known has some 10 MB."""

DEEPEST_JSON = 200
"""Objects and lists inside of each other; a real model has some 20, and each nested model adds 4."""


class UnreadableError(ValueError):
    """A file that cannot be read; the text is a clause that says why."""


def read_regular(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a regular file.

    A pipe, a device or a folder is refused at once, and never waited for.

    Raises:
        OSError: it is not there, or cannot be read.
        UnreadableError: it is not a regular file, or too large.
    """
    # Without O_NONBLOCK the kernel waits for a pipe's other end before anyone can ask what it is.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("it is not a regular file")
        if status.st_size > most:
            raise UnreadableError(f"it has {status.st_size:,} bytes, and no more than {most:,} are read")
        return file.read(most)


def parse_json(text: str) -> Any:
    """A JSON document that is shallow enough for recursion.

    Raises:
        ValueError: it is not JSON, or too deep.
    """
    try:
        document = json.loads(text)
    except RecursionError:
        raise UnreadableError("its objects are nested too deep") from None
    if _is_deeper(document, DEEPEST_JSON):
        raise UnreadableError(f"its objects are nested more than {DEEPEST_JSON} deep")
    return document


def _is_deeper(document: Any, most: int) -> bool:
    level = [document]
    for _ in range(most):
        level = [inner for value in level if isinstance(value, dict | list) for inner in _inside(value)]
        if not level:
            return False
    return any(isinstance(value, dict | list) for value in level)


def _inside(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


_LFS = b"version https://git-lfs.github.com/spec/"
_PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<head")
_HEAD_BYTES = 256


def impostor(path: Path) -> str:
    """What a file is instead of a model's, and what to do about it; empty where it may be a model's.

    Args:
        path: a regular file; its first bytes are read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return ""
    if head.startswith(_LFS):
        return "it is a Git LFS pointer, not the file itself; run git lfs pull"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGES):
        return "it is a web page, such as a server sends with an error; download the file again"
    return ""
