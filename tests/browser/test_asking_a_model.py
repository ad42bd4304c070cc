"""Questions from the page to a real model of the Gemma family: tiny and random, so that only the way is looked at."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.vlm import tiny
from tests.web.gallery import gallery

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
SOON = 60_000  # ms: the first answer waits for torch and the model
# Every text that is painted into an answer, as a person sees it grow.
PAINTED = """place => { window.painted = []; new MutationObserver(() => {
    const text = place.querySelector('.answer')?.textContent; if (text && text !== painted.at(-1)) painted.push(text);
}).observe(place, { childList: true, subtree: true, characterData: true }); }"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asking")
    with gallery(folder) as made:
        # this one babbles words: what has no end of a word or line in it comes at once
        made.specs = (f"gemma:{tiny.gemma3(folder / 'gemma3', seed=8)}",)
        yield made


def answered(page, place):
    """A question is asked where the cursor is; its answer is painted as it comes, then signed by the model."""
    place.locator(".talk").evaluate(PAINTED)
    page.keyboard.type("What is in it?")
    page.keyboard.press("Enter")
    expect(place.locator("ask-panel .send")).to_have_accessible_name("Stop")
    answer = place.locator(".answer")
    expect(answer.locator(".by")).to_contain_text("gemma", timeout=SOON)
    expect(place.locator("ask-panel .send")).to_have_accessible_name("Ask")
    *painted, last = page.evaluate("painted")
    assert len(painted) > 2
    assert all(later.startswith(before) for before, later in pairwise(painted))
    assert last.startswith(painted[-1].strip())


def test_about_a_picture_the_answer_is_painted_as_it_comes(page, shown):
    page.goto(f"/?show={shown.id('green.png')}")
    dialog = page.get_by_role("dialog", name="green.png")
    expect(dialog).to_be_visible()
    page.keyboard.press("a")
    answered(page, dialog)


def test_about_a_selection_the_answer_is_painted_as_it_comes(page, shown):
    page.goto("/?q=sea")
    cards = page.locator("picture-grid .card")
    for at in (0, 1):
        cards.nth(at).locator("a").focus()
        page.keyboard.press("x")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", name="Ask about 2 pictures")).to_be_visible()
    answered(page, page.locator("selection-bar"))
