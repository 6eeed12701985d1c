"""The links of a page to traces, which lie in files beside it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

from markupsafe import Markup

# Whatever else is in a page is escaped, so no name in it can look like this.
_LINK = re.compile(r'<a class="trace" href="([^"]*)">file</a>')
NOT_FOUND = "not beside this page"


def trace_files(page: str, folder: Path) -> list[Path]:
    """The files of traces that a page links to, in its order.

    Args:
        page: a page of `framegate.report.html.page`.
        folder: the folder that it lies in.
    """
    return [folder / unquote(html.unescape(address)) for address in _LINK.findall(page)]


def with_links(page: str, links: Sequence[Mapping[str, str]]) -> str:
    """The page with other links to the same traces.

    Args:
        page: the page.
        links: for each trace, name -> address; nothing for one that is not there.
    """
    following = iter(links)

    def linked(_: re.Match[str]) -> str:
        return " ".join(_anchors(next(following))) or NOT_FOUND

    return _LINK.sub(linked, page)


def _anchors(links: Mapping[str, str]) -> Iterator[str]:
    anchor = Markup('<a href="{}" target="_blank" rel="noreferrer">{}</a>')
    return (anchor.format(address, name) for name, address in links.items())
