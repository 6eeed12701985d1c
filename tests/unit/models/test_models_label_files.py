"""Names of classes that a spec reads from a file beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from framegate.errors import UsageError
from framegate.models.specs import read_spec


def spec_of(folder: Path, file: str, content: bytes | None, view: str = "label") -> Path:
    if content is not None:
        (folder / file).write_bytes(content)
    path = folder / "mine.toml"
    path.write_text(f'source = "net"\nview = "{view}"\nlabels = "{file}"\n', encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("file", "content", "names"),
    [
        ("labels.txt", b"ant\nbee\ncat\n\n", ["ant", "bee", "cat"]),
        ("labels.txt", "\ufeff ant \r\n\r\nkäfer".encode(), ["ant", "", "käfer"]),
        ("labels.json", b'["ant", "bee"]', ["ant", "bee"]),
        ("labels.json", b'{"2": "cat", "0": "ant"}', ["ant", "", "cat"]),
    ],
)
@pytest.mark.parametrize("view", ["label", "boxes"])
def test_names_are_read_from_a_file_beside_the_spec(
    tmp_path: Path, file: str, content: bytes, names: list[str], view: str
) -> None:
    assert read_spec(spec_of(tmp_path, file, content, view)).view_options == {"labels": names}


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("labels.txt", None, "labels 'labels.txt' cannot be read (No such file or directory); its path starts at"),
        ("labels.txt", b"", "labels 'labels.txt' has no names; write a line for each class"),
        ("labels.txt", b"caf\xe9", "labels 'labels.txt' cannot be read ('utf-8' codec can't decode byte 0xe9"),
        ("labels.json", b"ant\nbee", "labels 'labels.json' cannot be read (Expecting value"),
        ("labels.json", b"[1, 2]", "labels 'labels.json' cannot be read (it is neither a list of texts nor an object"),
        ("labels.json", b'{"0": null}', "labels 'labels.json' cannot be read (it is neither a list of texts nor"),
        ("labels.json", b'{"cat": "0"}', "labels 'labels.json' cannot be read (it is an object, and not all of its"),
        ("labels.json", b'{"9999999999": "cat"}', "labels 'labels.json' cannot be read (it is an object, and not all"),
    ],
)
def test_a_file_that_holds_no_names_is_named(tmp_path: Path, file: str, content: bytes | None, message: str) -> None:
    path = spec_of(tmp_path, file, content)
    with pytest.raises(UsageError) as error:
        read_spec(path)
    assert str(error.value).startswith(f"{path}: {message}")


def test_a_plugins_view_has_labels_of_its_own(tmp_path: Path) -> None:
    assert read_spec(spec_of(tmp_path, "labels.txt", None, "outlined")).options == {}
    assert read_spec(spec_of(tmp_path, "labels.txt", None, "outlined")).view_options == {"labels": "labels.txt"}
