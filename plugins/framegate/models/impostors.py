"""Files that are something else than their name says, as downloads leave them."""

from __future__ import annotations

from pathlib import Path

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
