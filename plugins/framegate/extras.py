"""How this copy of Framegate gets the libraries of an extra: from where it came from, which may be no index."""

from __future__ import annotations

import json
import shlex
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from framegate.paths import clone_dir

if TYPE_CHECKING:
    from packaging.requirements import Requirement

DISTRIBUTION = "pytest-framegate"
_MINORS = range(11, 30)


def how_to_install(extra: str) -> str:
    """The command that installs an extra here, or which Python to use where this one has no release of its libraries.

    Args:
        extra: such as ``openvino``.
    """
    requirements = _requirements(extra)
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    versions = _pythons(requirements, extra)
    if requirements and here not in versions:
        lacking = _names(requirements, extra, versions[-1]) - _names(requirements, extra, here)
        return f"{' and '.join(sorted(lacking))} cannot be had for Python {here}; use Python {_either(versions)}"
    return f"pip install {_origin(extra) or _listed(requirements, extra, here)}"


def _origin(extra: str) -> str:
    """What pip takes for this copy with the extra, quoted for a shell; empty if where it came from is gone."""
    clone = clone_dir()
    if clone is not None:
        return f"-e {shlex.quote(f'{_from_here(clone)}[{extra}]')}"
    source = _source()
    if source is None:
        return shlex.quote(f"{DISTRIBUTION}[{extra}]")
    url = str(source["url"])
    if urlsplit(url).scheme != "file" or "vcs_info" in source:
        return shlex.quote(f"{DISTRIBUTION}[{extra}] @ {_reference(url, source)}")
    from urllib.request import url2pathname

    path = Path(url2pathname(urlsplit(url).path))
    return shlex.quote(f"{_from_here(path)}[{extra}]") if path.exists() else ""


def _source() -> dict[str, Any] | None:
    """Where pip took this copy from, if that was no index: https://packaging.python.org/en/latest/specifications/direct-url."""
    with suppress(metadata.PackageNotFoundError, ValueError):
        text = metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
        return json.loads(text) if text else None
    return None


def _reference(url: str, source: Mapping[str, Any]) -> str:
    """The address as pip takes it."""
    folder = f"#subdirectory={source['subdirectory']}" if "subdirectory" in source else ""
    if "vcs_info" not in source:
        return url + folder
    control = source["vcs_info"]
    revision = control.get("requested_revision")
    return f"{control['vcs']}+{url}{f'@{revision}' if revision else ''}{folder}"


def _from_here(path: Path) -> str:
    """A path as one would type it: short in the working folder itself."""
    with suppress(OSError):
        if path.resolve() == Path.cwd().resolve():
            return "."
    return str(path)


def _requirements(extra: str) -> Sequence[Requirement]:
    """What an extra needs, on every Python; empty if nothing says so."""
    from packaging.requirements import Requirement

    clone = clone_dir()
    if clone is not None:
        project = tomllib.loads(clone.joinpath("pyproject.toml").read_text("utf-8"))["project"]
        return list(_flat(project["optional-dependencies"], extra))
    with suppress(metadata.PackageNotFoundError):
        return [Requirement(line) for line in metadata.requires(DISTRIBUTION) or ()]
    return []


def _flat(extras: Mapping[str, Sequence[str]], extra: str) -> Iterator[Requirement]:
    """Those of an extra and of the extras that it names."""
    from packaging.requirements import Requirement

    for requirement in map(Requirement, extras[extra]):
        if requirement.name == DISTRIBUTION:
            for other in sorted(requirement.extras):
                yield from _flat(extras, other)
        else:
            yield requirement


def _pythons(requirements: Sequence[Requirement], extra: str) -> list[str]:
    """The versions of Python that the extra has all of its libraries for, oldest first."""
    names = {f"3.{minor}": _names(requirements, extra, f"3.{minor}") for minor in _MINORS}
    whole = set().union(*names.values())
    return [version for version, libraries in names.items() if libraries == whole]


def _names(requirements: Sequence[Requirement], extra: str, python: str) -> set[str]:
    return {requirement.name for requirement in _wanted(requirements, extra, python)}


def _wanted(requirements: Sequence[Requirement], extra: str, python: str) -> Iterator[Requirement]:
    where = {"extra": extra, "python_version": python, "python_full_version": f"{python}.0"}
    return (
        requirement for requirement in requirements if requirement.marker is None or requirement.marker.evaluate(where)
    )


def _listed(requirements: Sequence[Requirement], extra: str, python: str) -> str:
    """The libraries themselves, which pip finds wherever this copy came from."""
    marked = (requirement for requirement in _wanted(requirements, extra, python) if requirement.marker is not None)
    return " ".join(sorted({shlex.quote(f"{requirement.name}{requirement.specifier}") for requirement in marked}))


def _either(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
