"""The docs keep their word: links lead somewhere, commands exist, options are real."""

import configparser
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from framegate.gate.verdicts import EXIT_CODES

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"")
ANCHOR = re.compile(r"\]\(([\w./-]*)#([^)\s]+)\)")
WHOLE = re.compile(r"`+[^`]+`+|!\[[^\]]*\]\([^)]*\)|<[a-z][^>]*>")
"""What stands on one line, however long it is: code, pictures, tags of HTML."""
COLUMNS = 120


def environments() -> set[str]:
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    return {section.removeprefix("testenv:") for section in tox.sections() if section.startswith("testenv:")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for groups in LINK.findall(page.read_text("utf-8")):
        target = groups[0] or groups[1]
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_into_a_page_lead_to_a_heading(page: Path) -> None:
    for name, anchor in ANCHOR.findall(page.read_text("utf-8")):
        assert anchor in anchors_of(page.parent / name if name else page), f"{page.name} links to {name}#{anchor}"


def anchors_of(page: Path) -> set[str]:
    """The names that GitHub gives a page's headings."""
    headings = [line.lstrip("# ").lower() for _, line in lines_of_prose(page) if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_line_of_prose_is_too_long(page: Path) -> None:
    too_long = {number: line for number, line in lines_of_prose(page) if len(line) > COLUMNS and may_be_broken(line)}
    assert too_long == {}


def lines_of_prose(page: Path) -> Iterator[tuple[int, str]]:
    """The lines that are neither code nor rows of a table, each with its number."""
    is_code = False
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            is_code = not is_code
        elif not is_code and not line.lstrip().startswith("|"):
            yield number, line


def may_be_broken(line: str) -> bool:
    return " " in WHOLE.sub("", line.lstrip(" -"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_in_the_docs_exist(page: Path, request: pytest.FixtureRequest) -> None:
    known = {option for action in request.config._parser.optparser._actions for option in action.option_strings}
    for option in re.findall(r"--(?:frame|gate)-[a-z]+(?:-[a-z]+)*", page.read_text("utf-8")):
        assert option in known, f"{page.name} names {option}"


def test_options_of_the_gates_commands_in_the_docs_exist() -> None:
    page = (ROOT / "docs" / "gate.md").read_text("utf-8")
    known = set()
    for command in ("ab", "accept", "aa-check"):
        run = subprocess.run(
            [sys.executable, "-m", "framegate", command, "--help"], capture_output=True, text=True, check=True
        )
        known |= set(re.findall(r"--[a-z][a-z-]*", run.stdout))
    named = re.findall(r"`framegate (?:ab|accept|aa-check)[^`]*`|`(--[a-z-]+)`", page)
    assert {option for option in named if option and not option.startswith(("--gate", "--benchmark"))} <= known


def test_every_exit_code_of_the_gate_is_documented() -> None:
    page = (ROOT / "docs" / "gate.md").read_text("utf-8")
    for verdict, code in EXIT_CODES.items():
        assert re.search(rf"^\| {code} \| .*`{verdict}`", page, re.MULTILINE), verdict


def test_the_readme_names_every_page_by_its_title() -> None:
    named = re.findall(r"^- \[(.*)\]\(docs/([\w-]+\.md)\)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    titles = {page.name: page.read_text("utf-8").partition("\n")[0] for page in (ROOT / "docs").glob("*.md")}
    assert {page: f"# {title}" for title, page in named} == titles
    assert len(named) == len(titles)


def test_ci_runs_the_readmes_test_command() -> None:
    (command,) = re.findall(r"^scripts/tox -e lint.*$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert f"exec {command}\n" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert command in (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")


def test_the_readmes_environments_exist() -> None:
    pages = (ROOT / "README.md", ROOT / "docs" / "speed.md", ROOT / "docs" / "trace.md")
    named = [names for page in pages for names in re.findall(r"scripts/tox -e ([a-z,]+)", page.read_text("utf-8"))]
    assert {name for names in named for name in names.split(",")} == environments()
    assert environments() == {"bench", "test", "lint", "type", "speed", "viewers"}


@pytest.mark.parametrize("page", PAGES[:1] + PAGES[2:], ids=lambda page: page.name)
def test_values_are_written_with_an_equals_sign(page: Path) -> None:
    # pytest would take the path for one of its own, where there is a space.
    assert re.findall(r"--frame-(?:model|source|pictures|browser-path) [\w./:~]", page.read_text("utf-8")) == []
