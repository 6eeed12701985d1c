"""Model specs: ``*.toml`` files, and what a user may write in their place on the command line."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from framegate import views
from framegate.errors import UnknownName, UsageError
from framegate.interfaces import ModelSource, ModelSourceFactory, ModelSpec, Range, ResolvedModel, Size
from framegate.models import input_keys
from framegate.models.files import read_regular
from framegate.models.label_files import LABEL_SUFFIXES, read_labels
from framegate.models.sources import OPTION_KEYS
from framegate.paths import cache_dir, data_dir

_COMMON_KEYS = input_keys.INPUT_KEYS | {
    *("about", "default", "input_range", "license", "output", "output_range", "preprocess", "sizes", "source", "view")
}
_LARGEST = 1e30
_MOST_BYTES = 2**20
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9_.-]+):(.*)", re.DOTALL)  # two letters at least: C:\model is a path


def named_specs(folder: Path | None = None, sources: Collection[str] = tuple(OPTION_KEYS)) -> dict[str, ModelSpec]:
    """Every spec in a folder of ``*.toml`` files (the project's own by default) by name, in order of name.

    Raises:
        UsageError: a spec is malformed.
    """
    return {path.stem: read_spec(path, sources) for path in _files(folder)}


def default_specs(folder: Path | None = None, sources: Collection[str] = tuple(OPTION_KEYS)) -> list[ModelSpec]:
    """The default matrix: the specs of `named_specs` that do not say ``default = false``."""
    return [read_spec(path, sources) for path in _files(folder) if _read_toml(path).get("default", True)]


def find_spec(argument: str, sources: Collection[str] = tuple(OPTION_KEYS), folder: Path | None = None) -> ModelSpec:
    """What a user means by a model argument.

    It is, and is tried as, in this order: the name of a spec in ``folder``; a path to a spec of the user's own
    (``.toml``), to a folder with a ``model.json``, or to such a file; ``SCHEME:LOCATOR`` of a source.
    Write ``./NAME`` for a folder that is named like a spec.

    Args:
        argument: the user's text.
        sources: the names of all model sources.
        folder: folder of the named specs; the project's own by default.

    Raises:
        UnknownName: the text is neither a path, nor a spec's name, nor SCHEME:LOCATOR.
        UsageError: it is a spec file that is malformed.
    """
    specs = {path.stem: path for path in _files(folder)}
    if argument in specs:
        return read_spec(specs[argument], sources)
    path = Path(argument)
    if path.suffix == ".toml" and os.path.isfile(path):  # noqa: PTH113 # see below
        return read_spec(path, sources)
    if os.path.exists(path):  # noqa: PTH110 # False, not an error, for a text that is too long for a path
        return _path_spec(path)
    scheme, locator = _split(argument)
    if scheme is None:
        if len(path.parts) > 1 or path.suffix in (".json", ".toml"):
            raise UsageError(
                f"model {argument}: no such file or folder; give a model.json, its folder or a spec's name"
            )
        raise UnknownName("model", argument, specs)
    if scheme not in sources:
        raise UnknownName("model source", scheme, sources)
    if not locator:
        raise UsageError(f"model {argument} names nothing after the colon; see docs/models.md for what it may name")
    if scheme == "path":
        return _path_spec(Path(locator))
    return ModelSpec(_locator_name(scheme, locator), scheme, locator)


def read_spec(path: Path, sources: Collection[str] = tuple(OPTION_KEYS)) -> ModelSpec:
    """The spec in a ``.toml`` file; its name is the file's, and paths in it start at its folder.

    Raises:
        UsageError: the file is malformed; the error names the file and the key.
        UnknownName: its source is not among ``sources``.
    """
    table = _read_toml(path)
    text = table.get("source")
    if not isinstance(text, str) or not text:
        raise UsageError(f"{path}: no source; write source = 'path:FOLDER', 'npm:NAME@VERSION#PATH' or 'pix2pix'")
    source, locator = _source(path, text, sources)
    view = _text(path, "view", table.get("view"), "mask")
    own, of_view = _own_keys(path, table, source, view)
    return ModelSpec(
        name=path.stem,
        source=source,
        locator=locator,
        options=own,
        sizes=_sizes(path, table.get("sizes", [])),
        input_range=_range(path, "input_range", table.get("input_range")),
        output_range=_range(path, "output_range", table.get("output_range")),
        preprocess=_text(path, "preprocess", table.get("preprocess"), "greyscale+invert"),
        view=view,
        outputs=_names(path, "output", table.get("output", [])),
        view_options=_with_labels(path, view, of_view),
        inputs=input_keys.read_inputs(path, table),
    )


def with_view(spec: ModelSpec, view: str | None, outputs: tuple[str, ...]) -> ModelSpec:
    """A spec whose view and outputs are those, where they are named; another view has no use for the spec's others."""
    if view not in (None, spec.view):
        spec = replace(spec, view=view, outputs=(), view_options={})
    return replace(spec, outputs=outputs) if outputs else spec


def resolve(spec: ModelSpec, sources: Mapping[str, ModelSourceFactory], cache: Path | None = None) -> ResolvedModel:
    """Bring a spec's files to this disk.

    Raises:
        SourceError, BackendUnavailable, ModelError: as `ModelSource.resolve`.
    """
    source: ModelSource = sources[spec.source]()
    return source.resolve(spec, cache if cache is not None else cache_dir())


def _files(folder: Path | None) -> list[Path]:
    return sorted((folder if folder is not None else data_dir("models")).glob("*.toml"))


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_regular(path, _MOST_BYTES).decode("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the file") from error
    except RecursionError:
        raise UsageError(f"{path}: nested deeper than any spec; see docs/models.md") from None
    except ValueError as error:
        raise UsageError(f"{path}: not TOML ({error}); see the specs in the project's models folder") from error


def _split(text: str) -> tuple[str | None, str]:
    match = _SCHEME.fullmatch(text)
    return (match[1], match[2]) if match else (None, text)


def _source(path: Path, text: str, sources: Collection[str]) -> tuple[str, str]:
    scheme, locator = _split(text)
    if scheme is None:
        scheme, locator = (text, "") if text in sources and text != "path" else ("path", text)
    if scheme not in sources:
        raise UnknownName("model source", scheme, sources)
    return (scheme, str(path.parent / locator)) if scheme == "path" else (scheme, locator)


def _path_spec(path: Path) -> ModelSpec:
    folder = path.parent if path.name == "model.json" else path
    return ModelSpec(folder.resolve().name.removesuffix(".json") or "model", "path", str(path))


def _locator_name(scheme: str, locator: str) -> str:
    """``npm:@maker/thing@1.0.0#models/x2/model.json`` is ``thing-x2``; others are ``scheme-locator``."""
    package, _, inside = locator.partition("#")
    if scheme != "npm":
        return f"{scheme}-{locator}".rstrip("-")
    thing = package.removeprefix("@").split("@", 1)[0].rsplit("/", 1)[-1]
    folder = PurePosixPath(inside.removesuffix("model.json")).name.removesuffix(".json")
    return f"{thing}-{folder}" if folder else thing


def _own_keys(
    path: Path, table: Mapping[str, Any], source: str, view: str | None
) -> tuple[dict[str, object], dict[str, object]]:
    """The keys that are the source's, and those that are the view's.

    A plugin's source knows its own keys, and so does a plugin's view.
    """
    further = {key: value for key, value in table.items() if key not in _COMMON_KEYS}
    of_source = OPTION_KEYS.get(source)
    of_view = views.keys_of(view) if further.keys() - (of_source or frozenset()) else frozenset()
    if of_source is not None and of_view is not None:
        known = _COMMON_KEYS | of_source | of_view
        for key in further:
            if key not in known:
                raise UsageError(f"{path}: {UnknownName('key', key, known)}")
    is_source = {key: key in of_source if of_source is not None else key not in (of_view or ()) for key in further}
    return (
        {key: value for key, value in further.items() if is_source[key]},
        {key: value for key, value in further.items() if not is_source[key]},
    )


def _with_labels(path: Path, view: str | None, keys: dict[str, object]) -> dict[str, object]:
    """The keys of a view, with the names that are in a file; what a plugin's view calls ``labels`` is its own."""
    labels = keys.get("labels")
    if not isinstance(labels, str) or not labels.endswith(LABEL_SUFFIXES) or views.keys_of(view) is None:
        return keys
    return {**keys, "labels": read_labels(path, labels)}


def _text(path: Path, key: str, raw: Any, example: str) -> str | None:
    if raw is not None and not (isinstance(raw, str) and raw):
        raise UsageError(f"{path}: {key} {raw!r} is not a text such as {example!r}")
    return raw


def _names(path: Path, key: str, raw: Any) -> tuple[str, ...]:
    """One name, or several."""
    names = [raw] if isinstance(raw, str) else raw
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise UsageError(f"{path}: {key} {raw!r} is not a name such as 'boxes', or a list of names")
    return tuple(names)


def _sizes(path: Path, raw: Any) -> tuple[Size, ...]:
    if not isinstance(raw, list) or not all(type(size) in (int, str) for size in raw):
        raise UsageError(f"{path}: sizes {raw!r} is not a list of sizes such as [128, '640x480']")
    try:
        return tuple(Size.parse(str(size)) for size in raw)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def _range(path: Path, key: str, raw: Any) -> Range | None:
    if raw is None:
        return None
    if not isinstance(raw, list) or len(raw) != 2 or not all(type(end) in (int, float) for end in raw):
        raise UsageError(f"{path}: {key} {raw!r} is not a range such as [0, 255]")
    if not raw[0] < raw[1]:
        raise UsageError(f"{path}: {key} {raw!r} is empty; the first number is the smaller one")
    if not (max(map(abs, raw)) <= _LARGEST and raw[1] - raw[0] >= 1 / _LARGEST):
        raise UsageError(f"{path}: {key} {str(raw)[:60]} is beyond what float32 holds; give a range such as [0, 255]")
    low, high = float(raw[0]), float(raw[1])
    return low, high
