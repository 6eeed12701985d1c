"""Where the project's own data and the user's cache are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import platformdirs

PACKAGE = Path(__file__).parent
"""The folder of the package ``framegate``."""


def clone_dir() -> Path | None:
    """The top of the tree where this is a clone, editable or not; None where it is an installed copy."""
    return None if (PACKAGE / "data" / "models").is_dir() else PACKAGE.parents[1]


def data_dir(kind: Literal["fixtures", "models"]) -> Path:
    """The folder of that kind: inside the package in a wheel, at the top of the tree in a clone."""
    packaged = PACKAGE / "data" / kind
    return packaged if packaged.is_dir() else PACKAGE.parents[1] / kind


def suites_dir() -> Path:
    """The folder of the benchmark suites: inside the package in a wheel, at the top of the tree in a clone."""
    packaged = PACKAGE / "suites"
    return packaged if packaged.is_dir() else PACKAGE.parents[1] / "suites"


def cache_dir() -> Path:
    """Where fetched and built models are kept: ``$FRAMEGATE_CACHE``, else the user's cache folder; an absolute path."""
    override = os.environ.get("FRAMEGATE_CACHE")
    return (
        Path(override).expanduser().absolute()
        if override
        else platformdirs.user_cache_path("framegate", appauthor=False)
    )
