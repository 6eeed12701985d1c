"""The page of ``framegate live`` for everybody: by the keyboard alone, in light and dark, on a phone."""

from __future__ import annotations

import pytest
from axe import violations
from live_pages import Person

CONTROLS = (
    *("model", "files", "source", "size", "fit", "view"),
    *("greyscale", "invert", "desaturate", "brightness", "down-upscale", "mirror"),
    *("runtime", "renderer", "record", "pause", "copy", "trace"),
)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 720}

# By its own outline, or by that of what stands for it.
FOCUS = """() => {
  const { activeElement: element } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return [element.id || element.value || element.localName, outlineStyle, parseFloat(outlineWidth)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing(person: Person, axe: str, scheme: str, viewport: dict[str, int]) -> None:
    person.page.emulate_media(color_scheme=scheme)
    person.page.set_viewport_size(viewport)
    person.page.locator("#tiles dd").first.wait_for()
    person.page.locator("details").evaluate("each => { each.open = true; }")
    assert violations(person.page, axe) == []
    # Nor is anything wider than the page.
    assert person.page.evaluate("() => document.documentElement.scrollWidth") <= viewport["width"]
    person.page.evaluate("() => complain('this went wrong')")
    assert violations(person.page, axe) == []


def test_every_control_is_reached_and_seen_to_be(person: Person) -> None:
    person.page.evaluate("() => document.activeElement.blur()")
    reached: list[tuple[str, str, float]] = []
    while not reached or reached[-1][0] != "trace":
        person.page.keyboard.press("Tab")
        reached.append(tuple(person.page.evaluate(FOCUS)))
    assert tuple(name for name, *_ in reached) == CONTROLS
    assert all(style != "none" and width >= 1 for _, style, width in reached), reached


def test_steps_runtimes_and_buttons_work_by_the_keyboard(person: Person) -> None:
    before = person.input()
    person.page.get_by_label("invert", exact=True).focus()
    person.page.keyboard.press("Space")
    person.sees_frames(1)
    assert (person.input() == 255 - before).all()
    person.page.get_by_label("Way to the screen").focus()
    person.page.keyboard.press("ArrowDown")
    person.sees_frames(1)
    assert "tfjs-wasm to texture" in person.page.locator("#status").inner_text()
    person.page.get_by_role("button", name="Pause").focus()
    person.page.keyboard.press("Enter")
    person.page.get_by_role("button", name="Go on", pressed=True).press("Enter")
    person.sees_frames(1)


def test_a_choice_ends_a_pause_and_is_seen(person: Person) -> None:
    before = person.input()
    person.page.get_by_role("button", name="Pause").press("Enter")
    person.toggles("invert")
    assert (person.input() == 255 - before).all()
    assert person.page.get_by_role("button", name="Pause", pressed=False).is_visible()


def test_nothing_moves_for_those_who_want_no_motion(person: Person) -> None:
    moving = "() => document.getAnimations().length + [...document.querySelectorAll('*')].filter(each => \
      getComputedStyle(each).transitionDuration !== '0s').length"
    person.page.locator("#stages .bar").first.wait_for()
    assert person.page.evaluate(moving) > 0
    person.page.emulate_media(reduced_motion="reduce")
    assert person.page.evaluate(moving) == 0
