"""What goes wrong while somebody watches: each is one message on the page, and what can go on does."""

from __future__ import annotations

import re

import pytest
from live_pages import Person

from framegate.live import server
from framegate.live.page import LivePage

# The model raises at frame 1,000; frames wait for no display until then.
RAISES = """() => {
  const { model } = page.runtime;
  const { predict } = model;
  let frames = 0;
  Refreshes.prototype.next = async function () {
    await breath();
    return { due: seconds(), take: next, number: ++this.number };
  };
  const raise = () => { throw new Error("frame 1000 is too much"); };
  model.executeAsync = raise;
  model.predict = (...fed) => (++frames < 1000 ? predict.apply(model, fed) : raise());
}"""


def test_a_model_that_raises_ends_with_its_own_words_and_can_be_loaded_anew(person: Person) -> None:
    begun = person.model_frame().evaluate("() => live.count")
    person.model_frame().evaluate(RAISES)
    person.page.wait_for_selector("#fault:not([hidden])")
    assert person.fault() == "frame 1000 is too much"
    assert person.model_frame().evaluate("() => live.count") >= begun + 999
    person.page.get_by_role("button", name="Load it anew").click()
    person.sees_frames(3)
    assert person.fault() == ""


def no_answer(*_: object, **__: object) -> None:
    raise AttributeError("nobody foresaw this")


def test_a_fault_of_the_program_is_one_message_and_what_ran_goes_on(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = (
        "the program behind this page has no answer to that (AttributeError('nobody foresaw this')); load the page"
        " anew, or see framegate live --verbose for more"
    )
    with monkeypatch.context() as patch:
        patch.setattr(LivePage, "show", no_answer)
        person.toggles("invert")
        assert person.fault() == fault
    person.toggles("greyscale")
    assert person.fault() == ""
    with monkeypatch.context() as patch:
        patch.setattr(server, "figures_of", no_answer)
        person.page.wait_for_selector("#fault:not([hidden])")
        assert person.fault() == fault
    person.toggles("invert")
    assert person.fault() == ""


def test_a_context_that_is_lost_comes_back(person: Person) -> None:
    person.picks("Runtime", "tfjs-webgl")
    person.model_frame().evaluate("() => tf.backend().gpgpu.gl.getExtension('WEBGL_lose_context').loseContext()")
    person.page.wait_for_function("() => document.querySelector('#status').textContent.includes('loaded anew')")
    person.sees_frames(3)
    assert person.fault() == ""
    assert "a WebGL context was lost" in person.page.locator("#status").inner_text()


HIDES = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
HIDDEN = "nothing is drawn in a tab that is hidden; keep this one in sight, and record it again"

# No frame comes any more, as in a tab that is hidden, until `goes_on`; `asks` ends when a recording waits for some.
STANDS_STILL = """() => {
  const { animate } = framegate;
  const { requestAnimationFrame: frame } = globalThis;
  const waiting = [];
  globalThis.requestAnimationFrame = (done) => waiting.push(done);
  globalThis.asks = new Promise((asked) => (framegate.animate = () => new Promise(() => asked(true))));
  globalThis.goes_on = () => {
    framegate.animate = animate;
    globalThis.requestAnimationFrame = frame;
    for (const done of waiting) frame(done);
  };
}"""


def test_a_hidden_tab_says_that_nothing_is_drawn(person: Person) -> None:
    person.page.evaluate(HIDES, True)
    assert person.page.locator("#hidden").is_visible()
    person.page.evaluate(HIDES, False)
    assert not person.page.locator("#hidden").is_visible()
    person.sees_frames(3)


@pytest.mark.usefixtures("quick_recording")
def test_a_tab_that_is_hidden_while_it_is_recorded_says_so_at_once_and_goes_on(person: Person) -> None:
    person.model_frame().evaluate(STANDS_STILL)
    answer = person.page.locator("#command")
    person.page.get_by_role("button", name="Record 10 s").click()
    person.model_frame().evaluate("() => asks")
    person.page.evaluate(HIDES, True)
    person.page.wait_for_function("() => !document.querySelector('#record').disabled")
    assert answer.inner_text() == HIDDEN
    assert person.presses("Record 10 s") == HIDDEN
    person.model_frame().evaluate("() => goes_on()")
    person.page.evaluate(HIDES, False)
    person.sees_frames(3)
    assert person.fault() == ""
    assert person.shows()
    assert re.fullmatch(r"\d+ frames, .* at the median, stored in .*", person.presses("Record 10 s"))


def test_two_pages_run_side_by_side_and_say_so(person: Person, live_context: object, live_address: str) -> None:
    other = Person(live_context.new_page())  # type: ignore[attr-defined]
    other.opens(live_address)
    other.picks("Way to the screen", "texture")
    person.sees_frames(3)
    assert "1 more of these pages" in other.page.locator("#status").inner_text()
    other.page.close()
    person.toggles("invert")
    assert "more of these pages" not in person.page.locator("#status").inner_text()
