from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from tfjs_files import write_model

from framegate.errors import ModelFormatError, UnknownName, UsageError
from framegate.interfaces import InputSpec, ModelSource, ModelSpec, Size
from framegate.models.sources import OPTION_KEYS, builtin
from framegate.models.sources.pix2pix import Pix2Pix, recipe_of
from framegate.models.specs import default_specs, find_spec, named_specs, read_spec, resolve
from framegate.paths import data_dir


def toml(folder: Path, text: str, name: str = "mine.toml") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def size_of(spec: ModelSpec) -> Size | None:
    source: ModelSource = builtin()[spec.source]()
    return source.input_size(spec)


def test_the_default_matrix() -> None:
    specs = default_specs()
    names = [spec.name for spec in specs]
    assert names == ["colour-128-f8", "esrgan-slim-x2", "pix2pix-256-f8", "pix2pix-64-f4", "selfie-256"]
    assert [size_of(specs[0]), *specs[1].sizes, size_of(specs[2]), size_of(specs[3])] == [
        Size(128, 128),
        Size(128, 128),
        Size(256, 256),
        Size(64, 64),
    ]
    _, esrgan, graph, layers, mask = specs
    assert mask.view == "mask"
    assert esrgan.source == "npm"
    assert esrgan.locator == "@upscalerjs/esrgan-slim@1.0.0#models/x2/model.json"
    assert str(esrgan.options["sha512"]).startswith("DXtwn5SE71+")
    assert (esrgan.input_range, esrgan.output_range) == ((0.0, 255.0), (0.0, 255.0))
    assert recipe_of(graph) == Pix2Pix(256, 8, format="graph")
    assert recipe_of(layers) == Pix2Pix(64, 4, format="layers")


def test_every_spec_that_ships_has_a_licence_and_says_what_it_is() -> None:
    assert "pix2pix-256-f64" in named_specs()
    for name in named_specs():
        table = tomllib.loads((data_dir("models") / f"{name}.toml").read_text(encoding="utf-8"))
        # Not for commercial use; npm brings its files, and none of them is in this repository.
        others = ("CC-BY-NC-SA-4.0",) if name == "cartoon-whitebox" else ("MIT", "Apache-2.0", "GPL-3.0")
        assert table["license"].startswith(others)
        assert table["about"]


def test_a_spec_of_the_users_own_with_paths_from_its_folder(tmp_path: Path) -> None:
    text = 'source = "nets/a"\nsizes = [64, "32x16"]\ninput_range = [-1, 1]\nlicense = "MIT"\nabout = "A net"\n'
    assert find_spec(str(toml(tmp_path, text))) == ModelSpec(
        "mine", "path", str(tmp_path / "nets/a"), {}, (Size(64, 64), Size(16, 32)), (-1.0, 1.0)
    )
    absolute = toml(tmp_path, 'source = "path:/nets/a"')
    assert read_spec(absolute).locator == "/nets/a"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source = ", "not TOML (Invalid value"),
        ("sizes = [1]", "no source; write source = 'path:FOLDER', 'npm:NAME@VERSION#PATH' or 'pix2pix'"),
        ('source = "a"\ninput_rnage = [0, 1]', "unknown key 'input_rnage' (did you mean 'input_range'?); there is:"),
        ('source = "a"\nsha512 = "x"', "unknown key 'sha512'"),
        ('source = "pix2pix"\nfilter = 8', "unknown key 'filter' (did you mean 'filters'?)"),
        ('source = "a"\nsizes = 64', "sizes 64 is not a list of sizes such as [128, '640x480']"),
        ('source = "a"\nsizes = ["big"]', "size 'big' is not a size; write 256 or 640x480 (width x height)"),
        ('source = "a"\ninput_range = [1]', "input_range [1] is not a range such as [0, 255]"),
        ('source = "a"\noutput_range = [1, 0]', "output_range [1, 0] is empty; the first number is the smaller one"),
        ('source = "a"\noutput_range = [nan, 1]', "output_range [nan, 1] is empty"),
    ],
)
def test_a_malformed_spec_names_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    path = toml(tmp_path, text)
    with pytest.raises(UsageError) as error:
        read_spec(path)
    assert str(error.value).startswith(f"{path}: {message}")


def test_what_the_inputs_of_a_model_are_fed(tmp_path: Path) -> None:
    text = """
    source = "net"
    input = "src"
    inputs = { ratio = 0.25, flag = true, size = [64, 48], style = "pictures/style.png", other = "/values.npy" }
    state = { r1i = "r1o", "r2i:0" = "r2o" }
    state_shapes = { r1i = [1, 32, 32, 16] }
    """
    assert read_spec(toml(tmp_path, text)).inputs == InputSpec(
        frame="src",
        values={
            "ratio": 0.25,
            "flag": True,
            "size": [64, 48],
            "style": tmp_path / "pictures/style.png",
            "other": Path("/values.npy"),
        },
        state={"r1i": "r1o", "r2i:0": "r2o"},
        state_shapes={"r1i": (1, 32, 32, 16)},
    )


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("mean = 0.5\nstd = 0.5", [(-1, 1)]),
        ("mean = [0.5, 0.25, 0]\nstd = [0.5, 1, 0.1]", [(-1, 1), (-0.25, 0.75), (0, 10)]),
        ("mean = [0.5, 0.25, 0]", [(-0.5, 0.5), (-0.25, 0.75), (0, 1)]),
        ("std = 0.25", [(0, 4)]),
        ("", []),
    ],
)
def test_mean_and_deviation_are_ranges(tmp_path: Path, text: str, ranges: list[tuple[float, float]]) -> None:
    """Of values from 0 to 1, as is usual: (v / 255 - mean) / std."""
    inputs = read_spec(toml(tmp_path, f"source = 'a'\n{text}")).inputs
    assert inputs.ranges == tuple(pytest.approx(ends) for ends in ranges)
    assert not inputs.is_bgr
    assert read_spec(toml(tmp_path, "source = 'a'\nchannel_order = 'bgr'")).inputs.is_bgr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("channel_order = 'grb'", "channel_order 'grb' is neither 'rgb' nor 'bgr'"),
        ("mean = [103.9, 116.8, 123.7]", "mean [103.9, 116.8, 123.7] has values outside of 0 to 1; divide it, and std"),
        ("std = [0.2, 0, 0.2]", "std [0.2, 0, 0.2] has numbers that are not above 0"),
        ("mean = [0.1, 0.2]", "mean [0.1, 0.2] is not a number, or one for each channel such as [0.485, "),
        ("mean = [0.1, 0.2, 0.3]\nstd = [1, 1, 1, 1]", "mean has 3 numbers and std has 4; give both one number"),
        ("mean = 0.5\ninput_range = [0, 1]", "input_range beside mean and std; (v / 255 - mean) / std is a range"),
        ("input = 3", "input 3 is not the name of an input such as 'image'"),
        ("inputs = 0.25", "inputs 0.25 is not a table; write inputs = { ratio = 0.25, style = "),
        ("inputs = { a = [] }", "inputs gives 'a' '[]'; write inputs = { ratio = 0.25, style = "),
        ("inputs = { a = 2026-01-01 }", "inputs gives 'a' '2026-01-01'; write inputs = "),
        ("state = { a = 1 }", "state gives 'a' '1'; write state = { r1i = \"r1o\" }"),
        ("state = { a = 'b' }\nstate_shapes = { a = [0] }", "state_shapes gives 'a' '[0]'; write state_shapes = {"),
        ("state_shapes = { a = [1] }", "state_shapes names 'a', and state does not; write state = { … } too"),
        ("input = 'a'\ninputs = { a = 1 }", "input and inputs name 'a'; an input takes the frame, a value or a state"),
        ("inputs = { a = 1 }\nstate = { a = 'b' }", "inputs and state name 'a'; an input takes the frame"),
    ],
)
def test_inputs_that_cannot_be_fed_so(tmp_path: Path, text: str, message: str) -> None:
    path = toml(tmp_path, f"source = 'a'\n{text}")
    with pytest.raises(UsageError) as error:
        read_spec(path)
    assert str(error.value).startswith(f"{path}: {message}")


def test_a_plugins_source_gets_its_own_keys(tmp_path: Path) -> None:
    path = toml(tmp_path, 'source = "zoo:lion"\nteeth = 30\n')
    assert read_spec(path, ["path", "zoo"]) == ModelSpec("mine", "zoo", "lion", {"teeth": 30})
    with pytest.raises(UnknownName, match=r"unknown model source 'zoo'; there is: npm, path, pix2pix"):
        read_spec(path)


def test_paths(tmp_path: Path) -> None:
    path = write_model(tmp_path / "my-net")
    renamed = write_model(tmp_path / "other").rename(tmp_path / "other" / "small.json")
    assert find_spec(str(path)) == ModelSpec("my-net", "path", str(path))
    assert find_spec(str(path.parent)) == ModelSpec("my-net", "path", str(path.parent))
    assert find_spec(f"path:{path}") == ModelSpec("my-net", "path", str(path))
    assert find_spec(str(renamed)).name == "small"


def test_a_name_wins_over_a_folder_unless_it_is_written_as_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_model(tmp_path / "pix2pix-64-f4")
    assert find_spec("pix2pix-64-f4").source == "pix2pix"
    assert find_spec("./pix2pix-64-f4").source == "path"


@pytest.mark.parametrize(
    ("argument", "name"),
    [
        ("npm:@upscalerjs/esrgan-slim@1.0.0#models/x2/model.json", "esrgan-slim-x2"),
        ("npm:@upscalerjs/default-model@1.0.0#model.json", "default-model"),
        ("npm:thing@1.0.0#nets/big.json", "thing-big"),
        ("npm:thing@1.0.0", "thing"),
        ("pix2pix:128-f16-layers-uint8", "pix2pix-128-f16-layers-uint8"),
    ],
)
def test_schemes_and_the_names_they_give(argument: str, name: str) -> None:
    scheme, locator = argument.split(":", 1)
    assert find_spec(argument) == ModelSpec(name, scheme, locator)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("pix2pix-64-f5", "unknown model 'pix2pix-64-f5' (did you mean 'pix2pix-64-f4'?); there is: age-range,"),
        ("https://x.org/model.json", "unknown model source 'https'; there is: npm, path, pix2pix"),
        ("nets/a", "model nets/a: no such file or folder; give a model.json, its folder or a spec's name"),
        ("a.json", "model a.json: no such file or folder;"),
    ],
)
def test_what_is_nothing_lists_what_there_is(argument: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        find_spec(argument)
    assert str(error.value).startswith(message)


def test_sizes_of_models_on_disk_and_of_others(tmp_path: Path) -> None:
    shape = {"shape": {"dim": [{"size": str(dim)} for dim in (1, 48, 64, 3)]}}
    path = write_model(tmp_path, topology={"node": [{"name": "x", "op": "Placeholder", "attr": {"shape": shape}}]})
    assert size_of(find_spec(str(path))) == Size(48, 64)
    assert size_of(find_spec("pix2pix:128-f4")) == Size(128, 128)
    with pytest.raises(ModelFormatError, match=r"no model.json in this folder, found no .json file; give the model's"):
        size_of(find_spec(str(tmp_path.parent)))


def test_resolve_checks_and_hashes(tmp_path: Path) -> None:
    path = write_model(tmp_path)
    model = resolve(find_spec(str(tmp_path)), builtin(), tmp_path / "cache")
    assert (model.name, model.path, model.format) == (tmp_path.name, path, "graph")
    assert len(model.sha256) == 64
    assert not (tmp_path / "cache").exists()


def test_option_keys_cover_every_builtin_source() -> None:
    assert OPTION_KEYS.keys() == builtin().keys()
