"""A picture over the whole window: seen near, with what models saw in it, and spoken of in place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from imsearch import Edit
from tests.browser.axe import serious
from tests.small import said
from vlm.protocols import Annotation, DetectedObject, TextLine

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
NOW = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def seen(shown):
    """On the green picture (96 x 64): a cat in its upper left, and a line of words that lies aslant."""
    texts, green = shown.library.store.catalog.texts, shown.id("green.png")
    cat = DetectedObject("cat", 0.91, (0.0, 0.0, 48.0, 32.0))
    texts.annotate(green, "object", Annotation("yolox:test", "1", NOW, objects=(cat,)))
    line = TextLine(
        "NO PARKING", 0.9, (10.0, 40.0, 90.0, 60.0), ((10.0, 50.0), (88.0, 40.0), (90.0, 50.0), (12.0, 60.0))
    )
    texts.annotate(green, "ocr", Annotation("rapidocr", "1", NOW, lines=(line,)))
    texts.annotate(green, "caption", said("blip:test", caption="a green field"))


@pytest.fixture
def opened(page, shown):
    page.goto(f"/?show={shown.id('green.png')}")
    dialog = page.get_by_role("dialog", name="green.png")
    expect(dialog).to_be_visible()
    expect(dialog.locator(".paper img")).to_have_js_property("complete", True)
    return dialog


def wide(dialog):
    return dialog.locator(".paper").bounding_box()["width"]


def test_near_by_wheel_double_click_and_keys(page, opened):
    whole = wide(opened)
    stage = opened.locator("zoom-stage").bounding_box()
    middle = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    page.mouse.move(*middle)
    page.mouse.wheel(0, -400)
    assert wide(opened) > 1.5 * whole
    before = opened.locator(".paper").bounding_box()["x"]
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 900, middle[1], steps=5)
    page.mouse.up()
    assert opened.locator(".paper").bounding_box()["x"] <= before
    page.keyboard.press("0")
    assert wide(opened) == pytest.approx(whole)
    page.mouse.dblclick(*middle)
    assert wide(opened) == pytest.approx(2 * whole)
    page.mouse.dblclick(*middle)
    assert wide(opened) == pytest.approx(whole)
    opened.get_by_role("button", name="Bigger").click()
    assert wide(opened) > whole


def test_objects_lie_where_they_were_seen_and_lead_to_a_search(page, opened, shown):
    box = opened.locator(".object")
    expect(box).to_be_hidden()
    page.keyboard.press("o")
    expect(box).to_be_visible()
    paper, there = opened.locator(".paper").bounding_box(), box.bounding_box()
    assert there["x"] == pytest.approx(paper["x"], abs=1)
    assert there["width"] == pytest.approx(paper["width"] / 2, abs=1)
    assert there["height"] == pytest.approx(paper["height"] / 2, abs=1)
    box.click()
    expect(page.get_by_role("searchbox")).to_have_value(f"like:{shown.id('green.png')}@0,0,48,32")


def test_what_was_seen_leads_to_others_that_hold_it(page, opened):
    opened.get_by_role("button", name="cat", exact=True).click()
    expect(page.get_by_role("searchbox")).to_have_value("object:cat")
    expect(page.locator("picture-grid .card")).to_have_count(1)


def test_words_in_it_can_be_marked_where_they_stand(page, opened):
    page.keyboard.press("t")
    line = opened.locator("picture-layers .line")
    paper, there = opened.locator(".paper").bounding_box(), line.bounding_box()
    middle = there["x"] + there["width"] / 2 - paper["x"], there["y"] + there["height"] / 2 - paper["y"]
    assert middle[0] == pytest.approx(50 / 96 * paper["width"], rel=0.05)
    assert middle[1] == pytest.approx(50 / 64 * paper["height"], rel=0.05)
    line.click(click_count=3)
    assert page.evaluate("String(getSelection())").strip() == "NO PARKING"


def test_a_caption_is_said_in_place_by_whom_and_taken_back(page, opened, shown):
    caption = opened.locator(".said.caption")
    expect(caption).to_contain_text("a green field")
    expect(caption).to_contain_text("By blip:test")
    page.keyboard.press("c")
    area = opened.get_by_role("textbox", name="Caption")
    expect(area).to_have_value("a green field")
    area.fill("our meadow")
    area.press("Enter")
    expect(caption).to_contain_text("our meadow")
    expect(caption).to_contain_text("By you")
    opened.get_by_role("button", name="Undo").click()
    expect(caption).to_contain_text("a green field")
    page.keyboard.press("c")
    opened.get_by_role("textbox", name="Caption").fill("never said")
    page.keyboard.press("Escape")
    expect(caption).to_contain_text("a green field")
    expect(opened).to_be_visible()


def test_tags_stars_and_a_note_are_kept(page, opened, shown):
    opened.get_by_role("textbox", name="Add a tag").fill("garden, summer")
    opened.get_by_role("textbox", name="Add a tag").press("Enter")
    expect(opened.get_by_role("button", name="garden", exact=True)).to_be_visible()
    opened.get_by_role("button", name="Take away the tag summer").click()
    expect(opened.get_by_role("button", name="summer", exact=True)).to_have_count(0)
    opened.get_by_role("button", name="4 stars", exact=True).click()
    expect(opened.get_by_role("group", name="4 stars of 5")).to_be_visible()
    opened.get_by_role("button", name="Add a note").click()
    opened.get_by_role("textbox", name="Note").fill("<b>ask</b> Ada")
    opened.get_by_role("button", name="Save", exact=True).click()
    expect(opened.locator(".said.note")).to_contain_text("<b>ask</b> Ada")
    page.reload()
    expect(opened.get_by_role("button", name="garden", exact=True)).to_be_visible()
    expect(opened.get_by_role("group", name="4 stars of 5")).to_be_visible()
    assert shown.library.store.get([shown.id("green.png")])[0].exif.rating == 4


def test_a_question_about_the_picture_is_answered(page, opened):
    page.keyboard.press("a")
    page.keyboard.type("What is in it?")
    page.keyboard.press("Enter")
    expect(opened.locator(".asked")).to_have_text("What is in it?")
    expect(opened.locator(".answer")).to_contain_text("a green field")
    expect(opened.locator(".answer")).to_contain_text("no model was asked")


def test_pictures_like_it_open_from_its_strip(page, opened):
    strip = opened.locator("similar-strip a")
    expect(strip.first).to_be_visible()
    name = strip.first.locator("img").get_attribute("title")
    strip.first.click()
    expect(page.get_by_role("dialog", name=name)).to_be_visible()


def test_what_is_known_can_be_put_away(page, opened):
    side = opened.get_by_role("complementary", name="About the picture")
    expect(side).to_be_visible()
    page.keyboard.press("i")
    expect(side).to_be_hidden()
    page.reload()
    expect(opened.locator(".tools")).to_be_visible()
    expect(side).to_be_hidden()
    opened.get_by_role("button", name="Details").click()
    expect(side).to_be_visible()


@pytest.mark.parametrize("way", ["Undo", "Show again"])
def test_a_hidden_picture_leaves_the_results_and_comes_back(page, shown, way):
    count = len(shown.library.search("", limit=100).hits)
    page.goto("/")
    told = page.locator(".bar [role=status]")
    expect(told).to_have_text(f"{count} pictures")
    page.locator("a[title='green.png']").click()
    dialog = page.get_by_role("dialog", name="green.png")
    expect(dialog.get_by_role("button", name="Hide")).to_be_visible()
    page.keyboard.press("h")
    expect(dialog.get_by_role("button", name="Show again")).to_be_visible()
    expect(page.locator("a[title='green.png']")).to_have_count(0)
    expect(told).to_have_text(f"{count - 1} pictures")
    page.keyboard.press("+")
    near = wide(dialog)
    dialog.get_by_role("button", name=way).click()
    expect(dialog.get_by_role("button", name="Hide")).to_be_visible()
    expect(page.locator("a[title='green.png']")).to_have_count(1)
    expect(told).to_have_text(f"{count} pictures")
    assert wide(dialog) == near  # it is looked at all the while
    assert shown.library.store.get([shown.id("green.png")])[0].state == "unreviewed"


def test_after_a_hidden_picture_comes_its_neighbour(page, shown):
    page.goto("/?q=blue")
    cards = page.locator("picture-grid .card a")
    names = [cards.nth(at).get_attribute("title") for at in range(4)]
    cards.nth(2).click()
    expect(page.get_by_role("dialog", name=names[2])).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator(f"picture-grid a[title='{names[2]}']")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name=names[3])).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("dialog", name=names[1])).to_be_visible()
    shown.library.edit([shown.id(names[2])], Edit(state="unreviewed"))


def test_a_picture_without_a_camera_tells_the_date_of_its_file(page):
    page.goto("/?q=green")
    page.locator("a[title='green.png']").click()
    expect(page.get_by_role("dialog", name="green.png").locator(".moment")).to_contain_text("by its file")


def test_axe_finds_nothing_serious(any_screen, opened):
    page = any_screen
    expect(opened.locator("similar-strip a").first).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("o")
    page.keyboard.press("t")
    expect(opened.locator(".object")).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("c")
    expect(opened.get_by_role("textbox", name="Caption")).to_be_focused()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.type("What is in it?")
    page.keyboard.press("Enter")
    expect(opened.locator(".answer")).to_contain_text("no model was asked")
    assert serious(page) == []


@pytest.fixture
def on_a_phone(browser, address, shown):
    """The green picture, open, and the fingers on it."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"/?show={shown.id('green.png')}")
    dialog = page.get_by_role("dialog", name="green.png")
    expect(dialog.locator(".paper img")).to_have_js_property("complete", True)
    yield dialog, context.new_cdp_session(page)
    context.close()


def test_on_a_phone_the_picture_is_seen_whole_and_what_is_known_is_pulled_up(on_a_phone):
    dialog, fingers = on_a_phone
    side, grip = dialog.get_by_role("complementary"), dialog.get_by_role("button", name="Pull the details")
    details = dialog.get_by_role("button", name="Details", exact=True)

    def apart():
        """Where the picture ends, and where what is known begins."""
        paper = dialog.locator(".paper").bounding_box()
        return paper["y"] + paper["height"], side.bounding_box()["y"]

    assert apart()[1] > 0.9 * 844
    details.tap()
    expect(grip).to_have_attribute("aria-expanded", "true")
    expect(details).to_have_attribute("aria-pressed", "true")
    expect(dialog.get_by_role("textbox", name="Add a tag")).to_be_in_viewport()
    ends, begins = apart()
    assert ends <= begins + 1 < 0.5 * 844  # the picture is whole above it
    grip.tap()
    expect(grip).to_have_attribute("aria-expanded", "false")
    assert apart()[1] > 0.9 * 844
    for kind, heights in (("touchStart", [600]), ("touchMove", range(590, 200, -10)), ("touchEnd", [None])):
        for y in heights:
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": 195, "y": y}] if y else []})
    expect(grip).to_have_attribute("aria-expanded", "true")
    dialog.get_by_text("History").tap()  # it is scrolled to
    dialog.get_by_text("Indexed").last.scroll_into_view_if_needed()
    dialog.evaluate("dialog => dialog.scrollTo(0, 1e6)")
    end = side.bounding_box()
    assert end["y"] + end["height"] == pytest.approx(844, abs=1)  # nothing hangs out of the sheet


@pytest.mark.parametrize("along", [(1, 0), (0, 1), (0.7, 0.7)], ids=["across", "upright", "aslant"])
def test_two_fingers_zoom_where_they_are(on_a_phone, along):
    dialog, fingers = on_a_phone
    whole, stage = wide(dialog), dialog.locator("zoom-stage").bounding_box()
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2

    def touch(kind, *apart):
        points = [{"x": x + far * along[0], "y": y + far * along[1], "id": at} for at, far in enumerate(apart)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", -30)
    touch("touchStart", -30, 30)
    for far in range(35, 95, 5):
        touch("touchMove", -far, far)
    touch("touchEnd", -90)
    touch("touchEnd")
    assert wide(dialog) == pytest.approx(3 * whole, rel=0.1)
    paper = dialog.locator(".paper").bounding_box()
    assert paper["x"] + paper["width"] / 2 == pytest.approx(x, abs=20)
    expect(dialog).to_be_visible()  # it was no swipe


def test_the_history_says_who_said_what_and_takes_it_back(page, opened, shown):
    page.keyboard.press("c")
    opened.get_by_role("textbox", name="Caption").fill("our <i>meadow</i>")
    page.keyboard.press("Enter")
    story = opened.locator("picture-history")
    story.get_by_text("History").click()
    newest = story.get_by_role("listitem").first
    expect(newest).to_contain_text("Caption: our <i>meadow</i>, instead of “a green field”")
    expect(newest).to_contain_text("you")
    expect(story).to_contain_text("Seen in it: cat")
    expect(story).to_contain_text("Indexed")
    newest.get_by_role("button", name="Undo: Caption").click()
    expect(newest).to_contain_text("taken back")
    expect(newest.get_by_role("button")).to_have_count(0)
    expect(opened.locator(".said.caption")).to_contain_text("a green field")
