"""What a page's main thread does beside its model: counted, and blocked by a model that works in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from patience import PATIENCE_S

from framegate.browser.beside import beside_of
from framegate.browser.session import TFJSPage
from framegate.results.page import Beside

OpenPage = Callable[..., TFJSPage]

BUSY_S = 0.5
TURNS = 3
# A stage that works until the page's animation has had frames, and its mouse answers, in the meantime.
HEARD = f"""
const counts = await host.counts();
const [ticks, answers] = counts;
while (Atomics.load(counts, 0) < ticks + {TURNS} || Atomics.load(counts, 1) < answers + {TURNS});
"""
UNTIL_HEARD = f"""async () => {{
  const counts = host.counts();
  while (Atomics.load(counts, 0) < {TURNS} || Atomics.load(counts, 1) < {TURNS}) {{
    await new Promise((done) => setTimeout(done, 10));
  }}
}}"""
COUNTS = """() => {
  const counts = new Int32Array(new SharedArrayBuffer(8));
  host.counts = () => counts;
  ["tick", "answer"].forEach((name, place) => {
    const { [name]: work } = beside;
    beside[name] = (event) => work(event, Atomics.add(counts, place, 1));
  });
}"""


def test_a_page_with_nothing_else_to_do_has_its_animation_and_answers_to_its_mouse(open_page: OpenPage) -> None:
    page = open_page("cpu")
    _, beside = page.beside(lambda: page.idle(0.1))
    assert beside.seconds >= 0.1
    page._browser.call(COUNTS, None, PATIENCE_S)
    _, beside = page.beside(lambda: page._browser.call(UNTIL_HEARD, None, PATIENCE_S))
    assert beside.ticks >= TURNS
    assert beside.inputs >= TURNS
    assert 0 < beside.delay_longest_s < beside.seconds
    assert beside.delay_p99_s is None


def test_a_model_in_the_main_thread_stops_the_animation(open_page: OpenPage) -> None:
    page = open_page("wasm", "topixels")
    _, beside = page.beside(lambda: page.rounds(1, 1, 0.0, delays_s={"inference": BUSY_S}))
    assert beside.longest_gap_s >= BUSY_S


def test_a_model_in_a_worker_does_not(open_page: OpenPage) -> None:
    waits = ('mark("upload");', f'{HEARD} mark("upload");')
    page = open_page("wasm", "topixels", edit={"rounds.js": waits}, thread="worker")
    page._browser.call(COUNTS, None, PATIENCE_S)
    _, beside = page.beside(lambda: page.rounds(1, 1, 0.0))
    assert beside.ticks >= TURNS
    assert beside.inputs >= TURNS


@pytest.mark.parametrize(("count", "p99_s"), [(661, None), (662, 0.66)])
def test_an_account_has_a_tail_from_662_answers_on(count: int, p99_s: float | None) -> None:
    delays_ms = [1.0 * place for place in range(count)]
    assert beside_of(2000.0, [10.0, 500.0, 510.0], delays_ms) == Beside(
        seconds=2.0,
        ticks=3,
        ticks_per_s=1.5,
        longest_gap_s=1.49,
        inputs=count,
        delay_p99_s=p99_s,
        delay_longest_s=(count - 1) / 1000,
    )


def test_a_page_that_did_nothing_has_one_gap() -> None:
    assert beside_of(2000.0, [], []) == Beside(2.0, 0, 0.0, 2.0, 0, None, 0.0)
