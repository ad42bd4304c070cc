"""The page for those who cannot see it, have no mouse, or hold it in one hand."""

from __future__ import annotations

import pytest

from tests.browser.axe import serious

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect


def test_axe_finds_nothing_serious(any_screen):
    page = any_screen
    page.goto("/?q=blue+-red+type:png")
    expect(page.locator("picture-grid a").first).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_role("region", name="Filters")).to_contain_text("pictures match")
    assert serious(page) == []
    page.get_by_role("button", name="Close the filters").click()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Words: blue. Change its weight").click()
    assert serious(page) == []


def test_axe_finds_nothing_serious_in_what_opens_over_the_page(any_screen):
    page = any_screen
    page.goto("/?q=blue")
    first = page.locator("picture-grid a").first
    expect(first).to_be_visible()

    def nothing_serious_while(opened):
        expect(opened).to_be_visible()
        assert serious(page) == []
        page.keyboard.press("Escape")
        expect(opened).to_be_hidden()

    page.get_by_role("button", name="Saved searches").click()
    page.get_by_role("button", name="Save", exact=True).click()
    nothing_serious_while(page.get_by_role("button", name="Forget the saved search"))
    page.get_by_role("button", name="View").click()
    nothing_serious_while(page.get_by_label("Group"))
    first.focus()
    page.keyboard.press("r")
    nothing_serious_while(page.get_by_role("dialog", name="Search by a part"))
    page.keyboard.press("?")
    nothing_serious_while(page.get_by_role("dialog", name="Keyboard"))
    page.get_by_role("searchbox").fill("https://example.com/a.png")
    expect(page.get_by_role("button", name="Search by the picture at this address")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("searchbox").fill("zebra colr:x")
    expect(page.get_by_role("alert")).to_be_visible()
    assert serious(page) == []
    page.complaints.clear()  # half a query is refused while it is written
    page.goto("/?q=zebra&mode=lexical")
    expect(page.get_by_role("heading", name="Nothing was found")).to_be_visible()
    assert serious(page) == []


def test_all_is_done_with_the_keyboard_alone(page):
    page.goto("/")
    expect(page.locator("picture-grid a").first).to_be_visible()
    page.keyboard.type("blue")
    expect(page.get_by_role("status")).to_contain_text("match")
    page.keyboard.press("Tab")  # the file
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator("picture-grid a:focus").count():
            break
    first = page.locator("picture-grid a").first
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    second = page.locator("picture-grid a").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url("/?q=blue")
    expect(second).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("picture-grid a").last).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_down_from_the_box_comes_to_the_pictures_that_it_asks_for(page):
    page.route("**/api/v1/complete*", lambda route: route.fulfill(json={"start": 0, "end": 0, "offers": []}))
    page.goto("/")
    expect(page.locator("picture-grid a").first).to_be_visible()
    page.keyboard.type("red")
    page.keyboard.press("ArrowDown")  # before the answer is there
    expect(page.locator("a[title='red.png']")).to_be_focused()
    expect(page).to_have_url("/?q=red")
    page.keyboard.press("ArrowRight")
    expect(page.locator("a[title='scarlet.png']")).to_be_focused()


def test_escape_in_the_box_leaves_the_words_and_its_cross_takes_them(page):
    page.goto("/")
    box = page.get_by_role("searchbox")
    box.press_sequentially("blue orien")
    completions = page.get_by_role("listbox", name="How the word may go on")
    expect(completions).to_be_visible()
    page.keyboard.press("Escape")
    expect(completions).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(box).to_have_value("blue orien")
    expect(box).to_be_focused()
    size = box.bounding_box()
    box.click(position={"x": size["width"] - 18, "y": size["height"] / 2})
    expect(box).to_have_value("")
    expect(page).to_have_url("/")


def test_on_a_phone_the_filters_come_from_below_and_nothing_hangs_out(browser, address):
    context = browser.new_context(
        base_url=address, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto("/?q=blue+-red")
    expect(page.locator("picture-grid a").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_role("searchbox").bounding_box()["width"] > 180  # words can be read while they are written
    page.get_by_role("button", name="Filters").tap()
    panel = page.get_by_role("region", name="Filters")
    expect(panel).to_contain_text("pictures match")
    box = panel.bounding_box()
    assert (box["x"], box["width"]) == (0, 360)
    assert abs(box["y"] + box["height"] - 740) < 1
    panel.get_by_role("button", name="Close the filters").tap()
    page.locator("picture-grid a").first.tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    context.close()
