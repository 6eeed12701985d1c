from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from counted_calls import calls_of

from framegate.errors import ModelFormatError
from framegate.models.wiring import needed, order

HERE = Path("model.json")


def node(name: str, *inputs: str, op: str = "Add") -> dict[str, Any]:
    return {"name": name, "op": op, "input": list(inputs)}


def names(nodes: list[dict[str, Any]]) -> list[str]:
    return [found["name"] for found in nodes]


GRAPH = [node("y", "a:1", "^c"), node("x"), node("a", "x:0", "b"), node("b"), node("c"), node("z", "x", "gone")]


def test_only_what_the_outputs_need_in_graph_order() -> None:
    assert names(needed(HERE, GRAPH, ["y:0"])) == ["y", "x", "a", "b", "c"]
    assert names(needed(HERE, GRAPH, ["y"], fed=["a:0"])) == ["y", "a", "c"]


def test_a_node_that_the_graph_lacks() -> None:
    with pytest.raises(ModelFormatError) as error:
        needed(HERE, GRAPH, ["z"])
    assert str(error.value) == "model.json: node 'z' takes 'gone', which the graph lacks; convert the model again"


@pytest.mark.parametrize(
    ("inputs", "ring"),
    [(["b"], "'a' takes 'b' takes 'a'"), (["^b"], "'a' takes 'b' takes 'a'"), (["a"], "'a' takes 'a'")],
)
def test_a_cycle_is_named(inputs: list[str], ring: str) -> None:
    with pytest.raises(ModelFormatError) as error:
        needed(HERE, [node("a", *inputs), node("b", "a"), node("y", "b")], ["y"])
    assert str(error.value) == f"model.json: the graph has a cycle: {ring}; convert the model again"


def test_a_loop_is_no_cycle() -> None:
    loop = [node("next", "merge", op="NextIteration"), node("merge", "x", "next", op="Merge"), node("x")]
    assert names(order(HERE, loop)) == ["x", "merge", "next"]


def test_ten_times_the_nodes_are_ten_times_the_work() -> None:
    def calls(count: int) -> int:
        chain = [node("0")] + [node(str(at), str(at - 1), str(at // 2)) for at in range(1, count)]
        return calls_of(lambda: needed(HERE, chain[::-1], [str(count - 1)]))

    assert calls(20_000) <= 10.1 * calls(2_000)


def test_100000_nodes() -> None:
    chain = [node("0")] + [node(str(at), str(at - 1), str(at // 2)) for at in range(1, 100_000)]
    assert len(needed(HERE, chain[::-1], ["99999"])) == 100_000
