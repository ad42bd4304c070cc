"""What somebody may rather not see: blurred on the page until it is asked for, and for who cannot see it never named."""

from __future__ import annotations

import re

import pytest

from imsearch import Edit
from tests.small import said
from vlm import Tag

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
NAME = "sea 20.png"


@pytest.fixture
def judged(shown):
    """One picture of the sea that was judged to be nude."""
    made, texts = shown.id(NAME), shown.library.store.catalog.texts
    texts.annotate(made, "moderate", said("judge", labels=(Tag("nudity", 0.9), Tag("hate", 0.1))))
    yield made
    texts.annotate(made, "moderate", said("judge"))
    shown.library.edit([made], Edit(state="unreviewed"))


def blur(found):
    return found.evaluate("img => getComputedStyle(img).filter")


def test_a_blurred_picture_is_shown_when_asked_with_the_keyboard_alone(page, judged):
    page.goto("/?q=sea")
    card = page.locator(".card", has=page.locator(f"a[title='{NAME}']"))
    img = card.locator("img")
    expect(img).to_have_attribute("alt", "blurred: nudity?")
    assert "blur(" in blur(img)
    card.locator("a").hover()
    assert "blur(" in blur(img)
    expect(page.locator("picture-grid").get_by_role("img", name="blurred", exact=False)).to_have_count(1)
    card.locator("a").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=f"Show {NAME} (nudity?)")).to_be_focused()
    page.keyboard.press("Enter")
    expect(img).to_have_attribute("alt", NAME)
    assert "blur(" not in blur(img)
    expect(card.locator("a")).to_be_focused()
    page.keyboard.press("Enter")  # shown is shown, in the detail too
    dialog = page.get_by_role("dialog", name=NAME)
    expect(dialog.get_by_role("img", name=NAME)).to_be_visible()
    expect(dialog.get_by_role("button", name="Show the picture")).to_have_count(0)


def test_in_detail_and_while_stepping_it_stays_blurred_and_no_map_lifts_it(page, judged):
    page.goto(f"/?q=blue&show={judged}")
    dialog = page.get_by_role("dialog", name=NAME)
    picture = dialog.locator(".stage img")
    expect(picture).to_have_attribute("alt", "blurred: nudity?")
    assert "blur(" in blur(picture)
    expect(dialog.get_by_role("button", name="Show where")).to_have_count(0)
    expect(dialog.get_by_text("nudity? (90 %, a machine's guess)")).to_be_visible()
    dialog.get_by_role("button", name="Show the picture (nudity?)").click()
    assert "blur(" not in blur(picture)
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    expect(dialog.get_by_role("button", name="Show where")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".card.blurred")).to_have_count(0)  # in the grid behind it too
    page.reload()
    expect(page.locator(".card.blurred")).to_have_count(1)  # until the page is left


def test_what_a_person_approved_is_not_blurred(page, shown, judged):
    page.goto("/?q=sea")
    expect(page.locator(".card.blurred")).to_have_count(1)
    shown.library.edit([judged], Edit(state="approved"))
    page.get_by_label("Order").select_option("newest")  # the same cards, asked for anew
    expect(page.locator(f"a[title='{NAME}'] img")).to_have_attribute("alt", NAME)
    expect(page.locator(".card.blurred")).to_have_count(0)
    expect(page.get_by_role("button", name=f"Show {NAME}")).to_have_count(0)


def test_it_is_approved_in_detail_and_by_choosing_and_taken_back(page, shown, judged):
    page.goto(f"/?q=sea&show={judged}")
    dialog = page.get_by_role("dialog", name=NAME)
    dialog.get_by_role("button", name="Approve").click()
    expect(dialog.locator(".stage img")).to_have_attribute("alt", NAME)
    expect(dialog.get_by_role("button", name="Approve")).to_have_count(0)
    assert shown.library.store.get([judged])[0].state == "approved"
    page.get_by_role("button", name="Undo").click()
    expect(dialog.get_by_text("A model takes this for nudity")).to_be_visible()
    page.keyboard.press("Escape")
    card = page.locator(".card", has=page.locator(f"a[title='{NAME}']"))
    expect(card).to_have_class(re.compile("blurred"))
    bar = page.get_by_role("toolbar")
    page.get_by_role("button", name="Choose sea 19.png").press("Enter")
    expect(bar.get_by_role("button", name="Tag")).to_be_visible()
    expect(bar.get_by_role("button", name="Approve")).to_be_hidden()
    page.get_by_role("button", name=f"Choose {NAME}").press("Enter")
    bar.get_by_role("button", name="Approve").click()
    expect(page.locator(".card.blurred")).to_have_count(0)
    assert shown.library.store.get([judged])[0].state == "approved"


def test_without_scripts_it_stays_blurred(browser, address, judged):
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/?q=sea")
    img = page.locator(f"a[title='{NAME}'] img")
    expect(img).to_have_attribute("alt", "blurred: nudity?")
    assert page.locator(".card.blurred").count() == 1
    context.close()
