"""A page's runtimes in another browser, TF.js of another version, or with flags of its environment.

Their names tell what is different, as ``firefox:tfjs-webgl@4.20.0:WEBGL_PACK=false+WEBGL_CONV_IM2COL=false`` does, so
whatever knows a runtime by its name (a baseline, a table, the gate) knows a variant as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from framegate.browser.runtimes import TF_JS, PageRuntime
from framegate.browser.tfjs import TFJS_VERSION
from framegate.errors import UsageError
from framegate.option import once
from framegate.words import AUTO_BROWSER, BrowserName

_NONE = "none"
_BROWSERS: tuple[BrowserName, ...] = get_args(BrowserName)
_NAME = re.compile(
    rf"((?P<browser>{'|'.join(_BROWSERS)}):)?(?P<base>[^@:]+)(@(?P<version>[^@:]+))?(:(?P<flags>[^@:]+))?"
)
_FLAG = re.compile(r"(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>true|false|-?\d+(\.\d+)?)")
_VERSION = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}(-[0-9A-Za-z.]+)?", re.ASCII)


def flags_text(flag: str, argument: str) -> str:
    """Flags of TF.js as they stand in the name of a runtime; ``none`` for none.

    Raises:
        UsageError: that is none.
    """
    if argument != _NONE:
        _flags(flag, argument)
    return argument


def version_text(flag: str, argument: str) -> str:
    """A version of TF.js.

    Raises:
        UsageError: that is none.
    """
    if not _VERSION.fullmatch(argument):
        raise UsageError(f"{flag} {argument!r} is no version of TF.js; write all three numbers, as in {TFJS_VERSION}")
    return argument


def varied(
    names: Iterable[str],
    runtimes: Mapping[str, Any],
    versions: Iterable[str],
    flags: Iterable[str],
    browsers: Iterable[BrowserName] = (),
) -> list[str]:
    """Names of runtimes, each of a page replaced by those of its variants.

    A variant in a browser stays what it is, and one of TF.js has no other version or flags.

    Args:
        names: names of runtimes.
        runtimes: the runtimes by name.
        versions: versions of TF.js; none is the one that Framegate knows.
        flags: flags by variant, as `flags_text` gives them; none is TF.js' own choice.
        browsers: kinds of browsers; none is the first Chrome or Chromium that is installed.
    """
    chosen = [(version, text) for version in list(versions) or [TFJS_VERSION] for text in list(flags) or [_NONE]]
    known = list(browsers) or [AUTO_BROWSER]
    return list(
        once(
            variant
            for name in names
            for of_version in ([_name(name, *pair) for pair in chosen] if _is_plain(name, runtimes) else [name])
            for variant in ([_in(browser, of_version) for browser in known] if _is_movable(name, runtimes) else [name])
        )
    )


def browsers_of(names: Iterable[str], browsers: Iterable[BrowserName] = ()) -> list[str]:
    """The kinds of browsers that runtimes' names and an option ask for; none of them asks for what is there."""
    matches = filter(None, map(_NAME.fullmatch, names))
    return list(once([*browsers, *(match["browser"] for match in matches if match["browser"])]))


def variants(names: Iterable[str], runtimes: Mapping[str, Any]) -> dict[str, PageRuntime]:
    """The runtimes behind those names that are of variants and nobody has registered.

    Raises:
        UsageError: a version or a flag cannot be one.
    """
    of_variants = {}
    for name in names:
        match = _NAME.fullmatch(name)
        if match is None or name in runtimes or not _is_page(match["base"], runtimes):
            continue
        runtime: PageRuntime = runtimes[match["base"]]
        if (match["version"] or match["flags"]) and runtime.library != TF_JS:
            continue
        if match["browser"]:
            runtime = replace(runtime, browser=cast("BrowserName", match["browser"]))
        if match["version"]:
            runtime = replace(runtime, version=version_text(f"--frame-runtime {name}:", match["version"]))
        if match["flags"]:
            runtime = replace(runtime, flags=(*runtime.flags, *_flags(f"--frame-runtime {name}:", match["flags"])))
        of_variants[name] = runtime
    return of_variants


def _is_plain(name: str, runtimes: Mapping[str, Any]) -> bool:
    """Whether it is a runtime of TF.js of which nothing is chosen yet."""
    return _is_page(name, runtimes) and runtimes[name].library == TF_JS and "@" not in name and ":" not in name


def _is_movable(name: str, runtimes: Mapping[str, Any]) -> bool:
    """Whether it is a runtime of a page whose browser is not chosen yet."""
    match = _NAME.fullmatch(name)
    return match is not None and match["browser"] is None and _is_page(match["base"], runtimes)


def _is_page(name: str, runtimes: Mapping[str, Any]) -> bool:
    return name in runtimes and isinstance(runtimes[name], PageRuntime)


def _in(browser: str, name: str) -> str:
    return name if browser == AUTO_BROWSER else f"{browser}:{name}"


def _name(base: str, version: str, flags: str) -> str:
    other = "" if version == TFJS_VERSION else f"@{version}"
    return f"{base}{other}" + ("" if flags == _NONE else f":{flags}")


def _flags(flag: str, argument: str) -> tuple[tuple[str, bool | float], ...]:
    matches = [_FLAG.fullmatch(part) for part in argument.split("+")]
    read = [(match["name"], _value(match["value"])) for match in matches if match is not None]
    if len(read) < len(matches):
        raise UsageError(
            f"{flag} {argument!r} is no flag of TF.js; write NAME=true, NAME=false or NAME=NUMBER, several of them"
            f" joined by '+', or {_NONE}"
        )
    return tuple(read)


def _value(text: str) -> bool | float:
    return text == "true" if text in ("true", "false") else float(text)
