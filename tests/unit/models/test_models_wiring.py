from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import Any

import pytest

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
    assert names(needed(HERE, GRAPH, ["y"], given=["a:0"])) == ["y", "a", "c"]


def test_a_node_that_the_graph_lacks() -> None:
    with pytest.raises(ModelFormatError) as error:
        needed(HERE, GRAPH, ["z"])
    assert str(error.value) == "model.json: node 'z' takes 'gone', which the graph lacks; convert the model again"


@pytest.mark.parametrize("inputs", [["b"], ["^b"], ["a"]])
def test_a_cycle(inputs: list[str]) -> None:
    with pytest.raises(ModelFormatError) as error:
        needed(HERE, [node("a", *inputs), node("b", "a"), node("y", "b")], ["y"])
    assert str(error.value) == (
        "model.json: node 'a' waits for its own result: the graph has a cycle; convert the model again"
    )


def test_a_loop_is_no_cycle() -> None:
    loop = [node("next", "merge", op="NextIteration"), node("merge", "x", "next", op="Merge"), node("x")]
    assert names(order(HERE, loop)) == ["x", "merge", "next"]


@pytest.mark.alone
def test_100000_nodes_in_linear_time() -> None:
    def seconds(count: int) -> float:
        chain = [node("0")] + [node(str(at), str(at - 1), str(at // 2)) for at in range(1, count)]
        started = time.perf_counter()
        assert len(needed(HERE, chain[::-1], [str(count - 1)])) == count
        return time.perf_counter() - started

    # The collector would look at all that other tests have left in this process as well, and more often at the larger.
    gc.collect()
    gc.freeze()
    try:
        small, large = min(seconds(10_000) for _ in range(3)), min(seconds(100_000) for _ in range(2))
    finally:
        gc.unfreeze()
    assert large < 40 * small, f"10 times the nodes take {large / small:.0f} times as long"
