"""The built-in model sources: one file each."""

from __future__ import annotations

from framegate.interfaces import ModelSourceFactory
from framegate.registry import Lazy

# The keys of a spec file that belong to each built-in source; a plugin's source checks its own.
OPTION_KEYS: dict[str, frozenset[str]] = {
    "npm": frozenset({"sha512"}),
    "path": frozenset(),
    "pix2pix": frozenset({"channels", "filters", "format", "quantize", "seed", "size"}),
}


def builtin() -> dict[str, ModelSourceFactory]:
    """Source name -> factory; nothing is imported until a factory is called."""
    return {
        "npm": Lazy("framegate.models.sources.npm", "NpmSource"),
        "path": Lazy("framegate.models.sources.path", "PathSource"),
        "pix2pix": Lazy("framegate.models.sources.pix2pix", "Pix2PixSource"),
    }
