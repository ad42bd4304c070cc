"""The query as chips, by a part of a picture, by dropping results, and narrowed by filters: the line in the box always says it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from indexer.gazetteer import Part
from vlm.protocols import Annotation, DetectedObject

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect


def line(page, text):
    expect(page.get_by_role("searchbox")).to_have_value(text)


def test_a_term_is_weighed_turned_round_and_taken_away(page):
    page.goto("/?q=blue+-red+type:png")
    page.get_by_role("button", name="Words: blue. Change its weight").click()
    slider = page.get_by_role("slider", name="Weight")
    expect(slider).to_be_focused()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    line(page, "+4*blue -red type:png")
    expect(slider).to_have_attribute("aria-valuetext", "4 times")
    page.get_by_role("button", name="Less of it").click()
    line(page, "-4*blue -red type:png")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Filter: type:png. Turn it round").click()
    line(page, "-4*blue -red -type:png")
    page.get_by_role("button", name="Remove without, Words: red").click()
    line(page, "-4*blue -type:png")
    page.go_back()
    line(page, "-4*blue -red -type:png")


def test_half_a_query_is_told_and_what_was_found_stays(page):
    page.goto("/?q=red")
    expect(page.locator("a[title='red.png']")).to_be_visible()
    page.get_by_role("searchbox").fill("red colr:blue")
    expect(page.get_by_role("alert")).to_contain_text("color:blue")
    expect(page.locator("a[title='red.png']")).to_be_visible()
    page.get_by_role("searchbox").fill("red color:red")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert all("400" in told for told in page.complaints)
    page.complaints.clear()


def test_a_box_drawn_on_a_picture_searches_by_that_part(page, shown):
    page.goto("/?q=red")
    page.locator("a[title='red.png']").focus()
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog", name="Search by a part")
    place = dialog.locator(".canvas").bounding_box()
    page.mouse.move(place["x"] + 2, place["y"] + 2)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] + 50, steps=3)
    page.mouse.up()
    dialog.get_by_role("button", name="Search for this part").click()
    expect(page.get_by_role("searchbox")).to_have_value(
        re.compile(rf"^like:{shown.id('red.png')}@[01],[01],4[78],6[34]$")
    )
    expect(page.locator("picture-grid a").first).to_be_visible()
    page.get_by_role("button", name="Part of picture").first.click()
    page.get_by_role("button", name="The whole picture").click()
    line(page, f"like:{shown.id('red.png')}")


def test_a_part_is_chosen_with_the_keyboard_and_added_to_the_words(page, shown):
    page.goto("/?q=blue")
    page.locator("a[title='sea 05.png']").focus()
    page.keyboard.press("r")
    part = page.get_by_role("group", name="The part")
    expect(part).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    expect(part).to_have_attribute("aria-description", re.compile(r"^25 by 32 pixels"))
    page.get_by_role("button", name="Add to the search").click()
    line(page, f"blue like:{shown.id('sea 05.png')}@11,16,25,32")


def test_a_given_picture_may_be_cut_too(page, shown):
    page.goto("/")
    page.get_by_label("Search by a picture", exact=True).set_input_files(shown.pictures / "green.png")
    page.get_by_role("button", name="Your picture green.png").first.click()
    page.get_by_role("button", name="Choose a part of the picture").click()
    page.get_by_role("dialog").get_by_role("button", name="Search for this part").click()
    expect(page.get_by_role("searchbox")).to_have_value(re.compile(r"^picture:upload:\S+@24,16,48,32$"))
    expect(page.locator("a[title='green.png']")).to_be_visible()
    page.reload()  # the address says it all
    expect(page.locator("a[title='green.png']")).to_be_visible()


def test_a_result_is_dropped_onto_the_box(page, shown):
    page.goto("/?q=blue")
    page.locator("a[title='sea 05.png']").drag_to(page.locator("search-box"), target_position={"x": 60, "y": 20})
    line(page, f"blue like:{shown.id('sea 05.png')}")
    page.locator("picture-grid a").first.focus()
    title = page.locator("picture-grid a:focus").get_attribute("title")
    page.keyboard.press("-")
    line(page, f"blue like:{shown.id('sea 05.png')} -like:{shown.id(title)}")


def test_filters_are_written_into_the_line_with_how_many_are_left(page):
    page.goto("/")
    page.keyboard.press("Escape")
    page.locator("picture-grid a").first.focus()
    page.keyboard.press("f")
    panel = page.get_by_role("region", name="Filters")
    expect(panel).to_contain_text("28 pictures match")
    square = panel.get_by_role("button", name="portrait")
    expect(square).to_have_attribute("aria-pressed", "false")
    count = int(square.locator("small").inner_text())
    square.click()
    line(page, "orientation:portrait")
    expect(panel).to_contain_text(f"{count} pictures match")
    expect(panel.get_by_role("button", name="portrait")).to_have_attribute("aria-pressed", "true")
    panel.get_by_role("button", name="portrait").click()
    line(page, "")
    panel.get_by_role("button", name="Close the filters").click()
    expect(panel).to_have_count(0)


def test_places_people_and_what_is_known_narrow_too(page, shown):
    catalog, now = shown.library.store.catalog, datetime(2024, 5, 1, tzinfo=UTC)
    people = tuple(DetectedObject("person", 0.9, (0.0, 0.0, 9.0, 9.0)) for _ in range(2))
    catalog.texts.annotate(shown.id("green.png"), "object", Annotation("yolox:test", "1", now, objects=people))
    with catalog.connections.writing() as db:
        places = [(48.85, 2.35, "red.png"), (48.86, 2.34, "green.png"), (-33.87, 151.2, "sea 05.png")]
        db.executemany("UPDATE pictures SET latitude = ?, longitude = ? WHERE name = ?", places)
    paris = (Part("Paris"), Part("France"))
    sydney = (Part("Sydney"), Part("Australia"))
    catalog.places.put([shown.id(name) for *_, name in places], [paris, paris, sydney])
    page.goto("/")
    page.locator("picture-grid a").first.focus()
    page.keyboard.press("f")
    panel = page.get_by_role("region", name="Filters")
    panel.get_by_role("button", name="Paris").click()
    line(page, 'place:"Paris, France"')
    expect(panel).to_contain_text("2 pictures match")
    panel.get_by_role("button", name="2 people").click()
    line(page, 'place:"Paris, France" object:person=2')
    expect(panel).to_contain_text("1 picture matches")
    page.goto("/")
    panel.get_by_role("button", name="words in it").click()
    line(page, "has:ocr")
    expect(page.locator("picture-grid a")).to_have_count(1)  # before, those of another query may still be there
    expect(page.locator("picture-grid a")).to_have_attribute("title", "red.png")


def test_commands_are_found_by_a_few_letters_and_keys_are_shown(page):
    page.goto("/?q=blue")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("combobox", name="Commands")
    palette.fill("oldest")
    expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_have_text("Order: oldest first")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"order=oldest"))
    page.keyboard.press("Control+k")
    palette.fill("green")
    page.get_by_role("option", name="Search for “green”").click()
    line(page, "green")
    expect(page.locator("a[title='green.png']")).to_be_visible()
    page.locator("picture-grid a").first.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("Commands and saved searches")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_keys_act_while_a_list_to_choose_from_has_the_focus_and_not_while_one_writes(page):
    page.goto("/?q=blue")
    page.get_by_label("Order").focus()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" f/w")
    line(page, "blue f/w")


@pytest.mark.parametrize(
    ("typed", "named", "where"),
    [
        ("hidden", "Show the hidden pictures", "/?q=state%3Ahidden"),
        ("library", "Library: folders, work, models", "/library"),
        ("duplic", "Library: duplicates", "/library/duplicates"),
        ("map", "Library: map of all pictures", "/library/map"),
    ],
)
def test_commands_lead_to_every_part_of_the_page(page, typed, named, where):
    page.goto("/?q=blue")
    expect(page.locator("picture-grid .card").first).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Commands").fill(typed)
    page.get_by_role("option", name=named).click()
    expect(page).to_have_url(re.compile(re.escape(where) + "$"))


def test_colours_are_chosen_and_kept(page):
    page.goto("/")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("button", name="View").click()
    page.get_by_label("Colours").select_option("dark")
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    assert page.evaluate(paper) == dark
    page.emulate_media(color_scheme="light")
    assert page.evaluate(paper) == dark


def test_a_search_is_saved_and_says_what_is_new(page):
    page.goto("/?q=blue")
    page.get_by_role("button", name="Saved searches").click()
    page.get_by_label("Keep this search as").fill("the sea")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Forget the saved search the sea")).to_be_visible()
    slow = []
    page.route("**/api/v1/saved?*", lambda route: slow.append(route))
    with page.expect_request("**/api/v1/saved?*"):
        page.goto("/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Commands").fill("the sea")
    page.keyboard.press("Enter")  # before the saved searches have come
    slow.pop().continue_()
    line(page, "blue")


def test_a_filter_is_completed_as_it_is_typed(page):
    page.goto("/")
    box = page.get_by_role("searchbox")
    box.press_sequentially("blue orien")
    page.get_by_role("listbox").get_by_role("option", name="orientation:").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    line(page, "blue orientation:")
    page.get_by_role("listbox").get_by_role("option", name="orientation:portrait").click()
    line(page, "blue orientation:portrait ")
    expect(page).to_have_url(re.compile(r"q=blue\+orientation%3Aportrait$"))
    box.press_sequentially("red")
    page.keyboard.press("Enter")  # nothing was chosen: it searches for what was typed
    expect(page).to_have_url(re.compile(r"portrait\+red$"))
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.complaints.clear()  # half a filter is refused while it is written
