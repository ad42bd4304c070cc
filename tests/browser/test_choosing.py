"""Many pictures are chosen on the grid, and something is done with all of them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.browser.axe import serious

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect


@pytest.fixture
def grid(page):
    page.goto("/?q=sea")
    cards = page.locator("picture-grid .card")
    expect(cards.nth(5)).to_be_visible()
    return cards


def choose(card):
    card.hover()
    card.get_by_role("button", name="Choose").click()


def chosen(page):
    return page.locator("picture-grid .card.chosen")


def test_by_ticks_with_shift_and_by_keys(page, grid):
    choose(grid.nth(1))
    bar = page.get_by_role("toolbar", name="Chosen pictures")
    expect(bar).to_contain_text("1 chosen")
    grid.nth(4).locator("a").click(modifiers=["Shift"])
    expect(chosen(page)).to_have_count(4)
    grid.nth(2).locator("a").click()  # no picture opens while pictures are chosen
    expect(chosen(page)).to_have_count(3)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    grid.nth(0).locator("a").focus()
    page.keyboard.press("x")
    expect(bar).to_contain_text("1 chosen")
    page.keyboard.press("Control+a")
    expect(bar).to_contain_text("24 chosen")


@pytest.fixture
def phone(browser, address):
    """The page under fingers; `touch(kind, (x, y)…)` puts them there."""
    context = browser.new_context(
        base_url=address, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    made = context.new_page()
    fingers = context.new_cdp_session(made)

    def touch(kind, *at):
        points = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(at)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    made.goto("/?q=sea")
    expect(made.locator("picture-grid .card").nth(5)).to_be_visible()
    yield made, touch
    context.close()


def middle(card):
    box = card.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("menu", [False, True], ids=["iPhone", "Android"])
def test_a_long_touch_chooses_and_later_ones_are_chosen_by_touching_them(phone, menu):
    page, touch = phone
    cards, bar = page.locator("picture-grid .card"), page.get_by_role("toolbar", name="Chosen pictures")
    if not menu:  # Chromium sends it as Android does; Safari never
        page.evaluate("addEventListener('contextmenu', (event) => event.stopImmediatePropagation(), true)")
    touch("touchStart", middle(cards.nth(0)))
    expect(bar).to_contain_text("1 chosen")
    if menu:
        cards.nth(0).locator("a").dispatch_event("contextmenu", {"bubbles": True, "cancelable": True})
    touch("touchEnd")
    expect(chosen(page)).to_have_count(1)
    expect(page.get_by_role("dialog")).to_have_count(0)
    touch("touchStart", middle(cards.nth(1)))
    touch("touchEnd")
    expect(bar).to_contain_text("2 chosen")
    touch("touchStart", middle(cards.nth(1)))
    expect(bar).to_contain_text("1 chosen")
    touch("touchEnd")
    expect(chosen(page)).to_have_count(1)


def test_a_finger_that_scrolls_chooses_nothing_and_a_short_touch_opens(phone):
    page, touch = phone
    cards = page.locator("picture-grid .card")
    x, y = middle(cards.nth(0))
    touch("touchStart", (x, y))
    touch("touchMove", (x, y - 30))
    page.wait_for_timeout(600)  # longer than a long touch
    touch("touchEnd")
    expect(chosen(page)).to_have_count(0)
    touch("touchStart", middle(cards.nth(0)))
    touch("touchEnd")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_all_are_tagged_and_the_tag_is_taken_back(page, grid, shown):
    choose(grid.nth(0))
    choose(grid.nth(1))
    page.get_by_role("button", name="Tag", exact=True).click()
    page.keyboard.type("water")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 pictures tagged water")).to_be_visible()
    assert len(shown.library.search("tag:water").hits) == 2
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("As it was before")).to_be_visible()
    assert not shown.library.search("tag:water").hits


def test_hidden_ones_leave_the_grid_until_it_is_undone(page, grid):
    names = [grid.nth(at).locator("a").get_attribute("title") for at in (0, 1)]
    choose(grid.nth(0))
    choose(grid.nth(1))
    page.get_by_role("button", name="Hide", exact=True).click()
    for name in names:
        expect(page.locator(f"a[title='{name}']")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"a[title='{names[0]}']")).to_have_count(1)


def test_what_is_hidden_is_counted_no_more_and_shown_again_together(page, grid, shown):
    count = len(shown.library.search("", limit=100).hits)
    page.goto("/")
    expect(page.locator(".bar [role=status]")).to_contain_text(f"{count} pictures")
    choose(grid.nth(0))
    choose(grid.nth(1))
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.locator(".bar [role=status]")).to_contain_text(f"{count - 2} pictures")
    page.goto("/?q=state:hidden")
    expect(grid).to_have_count(2)
    choose(grid.nth(0))
    choose(grid.nth(1))
    page.get_by_role("button", name="Show again").click()
    expect(grid).to_have_count(0)
    page.goto("/")
    expect(page.locator(".bar [role=status]")).to_contain_text(f"{count} pictures")


def test_they_are_downloaded_as_one_archive(page, grid, tmp_path):
    choose(grid.nth(0))
    choose(grid.nth(1))
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="The files").click()
    download.value.save_as(tmp_path / "got.zip")
    with zipfile.ZipFile(tmp_path / "got.zip") as archive:
        assert len(archive.namelist()) == 2
        assert archive.testzip() is None


@pytest.mark.parametrize(
    ("choice", "name"),
    [("A table", "pictures.csv"), ("The same as JSON", "pictures.json"), ("Their paths", "pictures.txt")],
)
def test_they_are_written_as_a_list(page, grid, choice, name):
    names = [grid.nth(at).locator("a").get_attribute("title") for at in (0, 1)]
    choose(grid.nth(0))
    choose(grid.nth(1))
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=choice).click()
    assert download.value.suggested_filename == name
    text = Path(download.value.path()).read_text("utf-8")
    assert all(one in text for one in names)
    assert text.count(".png") == 2


def test_they_are_asked_about_and_named_in_the_answer(page, grid):
    for at in range(3):
        choose(grid.nth(at))
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", name="Ask about 3 pictures")).to_be_visible()
    page.keyboard.type("Which is the bluest?")
    page.keyboard.press("Enter")
    named = page.locator("selection-bar .cited")
    expect(named.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar", name="Chosen pictures")).to_be_visible()


def test_too_few_examples_of_a_concept_are_said_so(page, grid):
    choose(grid.nth(0))
    page.get_by_role("button", name="Teach").click()
    page.get_by_role("textbox", name="What is it called?").fill("deep sea")
    page.get_by_role("button", name="These show it").click()
    expect(page.locator(".teaching").get_by_role("alert")).not_to_be_empty()
    page.complaints.clear()  # the browser's own line about the 400


def test_axe_finds_nothing_serious(any_screen, grid):
    page = any_screen
    grid.nth(0).locator("a").focus()
    page.keyboard.press("x")
    bar = page.get_by_role("toolbar", name="Chosen pictures")
    expect(bar).to_be_visible()
    assert serious(page) == []
    for sheet in ("Tag", "Teach", "Stars", "Download", "Ask"):
        bar.get_by_role("button", name=sheet, exact=True).click()
        expect(page.locator("selection-bar :popover-open")).to_be_visible()
        assert serious(page) == [], sheet
