"""What goes wrong while somebody watches: each is one message on the page, and what can go on does."""

from __future__ import annotations

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
    return { due: seconds(), picture: next(), number: ++this.number };
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


def test_a_hidden_tab_says_that_nothing_is_drawn(person: Person) -> None:
    def hides(hidden: str) -> None:
        person.page.evaluate(
            f"""() => {{
              Object.defineProperty(document, "hidden", {{ value: {hidden}, configurable: true }});
              document.dispatchEvent(new Event("visibilitychange"));
            }}"""
        )

    hides("true")
    assert person.page.locator("#hidden").is_visible()
    hides("false")
    assert not person.page.locator("#hidden").is_visible()
    person.sees_frames(3)


def test_two_pages_run_side_by_side_and_say_so(person: Person, live_context: object, live_address: str) -> None:
    other = Person(live_context.new_page())  # type: ignore[attr-defined]
    other.opens(live_address)
    other.picks("Way to the screen", "texture")
    person.sees_frames(3)
    assert "1 more of these pages" in other.page.locator("#status").inner_text()
    other.page.close()
    person.toggles("invert")
    assert "more of these pages" not in person.page.locator("#status").inner_text()
