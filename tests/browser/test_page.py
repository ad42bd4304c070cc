"""What a person does on the page, in a real browser."""

from __future__ import annotations

import re

import pytest

from tests.web.gallery import EVIL

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect


def search(page, words):
    page.goto("/")
    page.get_by_role("searchbox", name="Search pictures").fill(words)
    expect(page).to_have_title(f"{words} · imsearch")
    expect(page.get_by_role("status")).to_contain_text("match")


def names(page):
    return page.locator("picture-grid a").evaluate_all("links => links.map((link) => link.title)")


def drop(page, event, name, data, kind="image/png"):
    """Paste or drop a file."""
    page.evaluate(
        """([event, name, data, kind]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(data)], name, { type: kind }));
            const told = event === "paste" ? new ClipboardEvent(event, { clipboardData: transfer, bubbles: true })
                : new DragEvent(event, { dataTransfer: transfer, bubbles: true, cancelable: true });
            document.body.dispatchEvent(told);
        }""",
        [event, name, list(data), kind],
    )


def test_words_find_pictures_and_say_why(page):
    search(page, "red")
    first = page.get_by_role("region", name="Results").get_by_role("link").first
    expect(first).to_have_attribute("title", "red.png")
    expect(first).to_contain_text("by name, meaning")
    less = page.get_by_role("region", name="Less likely")
    expect(less.get_by_role("link")).to_have_count(0)
    less.get_by_role("button", name="weaker matches").click()
    expect(less.get_by_role("button", name="weaker matches")).to_have_attribute("aria-expanded", "true")
    expect(less.get_by_role("link").first).to_be_visible()
    page.keyboard.press("v")
    expect(less.get_by_role("link")).to_have_count(0)


def test_the_address_holds_the_search_and_back_returns(page):
    search(page, "red")
    expect(page).to_have_url(re.compile(r"\?q=red$"))
    page.get_by_role("searchbox").fill("green")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("picture-grid a").first).to_have_attribute("title", "green.png")
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("green")
    expect(page.locator("picture-grid a").first).to_have_attribute("title", "green.png")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("red")
    expect(page.locator("picture-grid a").first).to_have_attribute("title", "red.png")


def test_a_picture_in_detail_with_the_keyboard_alone(page):
    search(page, "red")
    page.locator("picture-grid a").first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="red.png")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("EXIT <b>this</b> way")).to_be_visible()
    expect(dialog.get_by_text("96 × 64")).to_be_visible()
    expect(dialog.get_by_text("Meaning: the best of all")).to_be_visible()
    expect(page).to_have_url(re.compile(r"show=\d+"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="red.png")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?q=red$"))
    expect(page.locator("a[title='scarlet.png']")).to_be_focused()


def test_where_the_words_are_seen_is_shown_and_hidden_again(page):
    search(page, "red")
    page.locator("picture-grid a").first.click()
    dialog = page.get_by_role("dialog", name="red.png")
    button = dialog.get_by_role("button", name="Show where")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    covers = "canvas => canvas.getContext('2d').getImageData(0, 0, 96, 64).data.filter((_, at) => at % 4 === 3)"
    cover = dialog.locator("canvas").evaluate(f"canvas => [...({covers})(canvas)]")
    assert min(cover) == 0  # what is not meant stays grey
    assert max(cover) == 255  # what is meant keeps its colours
    assert dialog.locator("canvas").bounding_box() == dialog.locator(".paper img").bounding_box()
    # the words and objects lie over both, and are clear
    painted = "canvas => { const { x, y } = canvas.getBoundingClientRect(); return document.elementsFromPoint(x + 9, y + 9).map((one) => one.localName).filter((name) => ['img', 'canvas'].includes(name)); }"
    assert dialog.locator("canvas").evaluate(painted)[0] == "canvas"
    button.click()
    expect(dialog.locator("canvas")).to_be_hidden()
    button.click()
    expect(dialog.locator("canvas")).to_be_visible()
    page.keyboard.press("ArrowRight")  # the next picture begins without a map
    expect(page.get_by_role("dialog", name="red.png")).to_have_count(0)
    expect(page.locator("canvas")).to_be_hidden()


def test_where_is_offered_for_words_alone_and_says_what_went_wrong(page, shown):
    page.goto(f"/?like={shown.id('red.png')}")
    expect(page.get_by_role("searchbox")).to_have_value(f"like:{shown.id('red.png')}")
    page.locator("picture-grid a").first.click()
    expect(page.get_by_role("button", name="Find similar")).to_be_visible()
    expect(page.get_by_role("button", name="Show where")).to_have_count(0)
    search(page, "green")
    page.locator("picture-grid a").first.click()
    page.route("**/where*", lambda route: route.abort())
    page.get_by_role("button", name="Show where").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Is it still running?")
    page.complaints.clear()


def test_back_shuts_the_detail_and_its_address_opens_it(page, shown):
    search(page, "red")
    page.locator("picture-grid a").first.click()
    expect(page.get_by_role("dialog", name="red.png")).to_be_visible()
    page.reload()
    expect(page.get_by_role("dialog", name="red.png")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"/?show={shown.id('green.png')}")
    page.get_by_role("dialog", name="green.png").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_find_similar_then_let_go_of_the_example(page):
    search(page, "sea 05")
    page.locator("picture-grid a").first.click()
    page.get_by_role("dialog", name="sea 05.png").get_by_role("button", name="Find similar").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?q=like%3A\d+$"))
    expect(page.get_by_role("button", name="Picture", exact=False).first).to_be_visible()
    expect(page.locator("picture-grid a[title='sea 05.png']")).to_have_count(0)  # not like itself
    assert names(page)[0].startswith("sea")
    page.get_by_role("button", name="Remove Picture").click()
    expect(page).to_have_url(re.compile(r"/$"))


def test_search_by_a_chosen_picture_and_back(page, shown):
    search(page, "red")
    page.get_by_label("Search by a picture", exact=True).set_input_files(shown.pictures / "green.png")
    expect(page.locator("picture-grid a").first).to_have_attribute("title", "green.png")
    expect(page.get_by_role("button", name="Your picture green.png").first).to_be_visible()
    page.go_back()
    expect(page.locator("picture-grid a").first).to_have_attribute("title", "red.png")
    page.go_forward()
    expect(page.locator("picture-grid a").first).to_have_attribute("title", "green.png")


@pytest.mark.parametrize("event", ["paste", "drop"])
def test_a_picture_may_be_pasted_or_dropped(page, shown, event):
    page.goto("/")
    drop(page, event, "mine.png", (shown.pictures / "green.png").read_bytes())
    expect(page.get_by_role("button", name="Your picture mine.png").first).to_be_visible()
    expect(page.locator("picture-grid a").first).to_have_attribute("title", "green.png")


def test_a_picture_in_the_clipboard_is_pasted_with_the_keyboard(page, shown):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/?q=red")
    page.evaluate(
        """(data) => navigator.clipboard.write([
            new ClipboardItem({ "image/png": new Blob([new Uint8Array(data)], { type: "image/png" }) })])""",
        list((shown.pictures / "green.png").read_bytes()),
    )
    page.locator("picture-grid a").first.focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_role("button", name="Your picture").first).to_be_visible()
    expect(page.locator("picture-grid a").first).to_have_attribute("title", "green.png")
    expect(page.get_by_role("searchbox")).to_have_value(re.compile(r"^picture:upload:\S+$"))


def test_what_is_no_picture_is_said_so_and_the_page_goes_on(page):
    page.goto("/")
    drop(page, "drop", "notes.txt", b"hello", "text/plain")
    expect(page.get_by_role("alert")).to_contain_text("not a picture")
    assert all("422" in told for told in page.complaints)  # the browser's own line on the refusal
    page.complaints.clear()
    page.get_by_role("searchbox").fill("red")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("picture-grid a").first).to_be_visible()


def test_a_server_that_went_away_is_said_so_and_tried_again(page):
    page.goto("/")
    page.route("**/api/v1/search*", lambda route: route.abort())
    page.get_by_role("searchbox").fill("red")
    expect(page.get_by_role("alert")).to_contain_text("Is it still running?")
    page.complaints.clear()
    page.unroute("**/api/v1/search*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("picture-grid a").first).to_have_attribute("title", "red.png")


def test_the_line_about_work_tells_that_the_server_is_away_until_it_is_there_again(page):
    page.goto("/")
    expect(page.locator("picture-grid a").first).to_be_visible()
    page.route("**/api/v1/jobs", lambda route: route.abort())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # somebody comes back to it
    line = page.locator("work-notice").get_by_role("link")
    expect(line).to_have_text("imsearch does not answer. Is it still running?")
    expect(page.locator("picture-grid a").first).to_be_visible()
    page.unroute("**/api/v1/jobs")
    expect(line).to_be_hidden()
    page.complaints.clear()


def test_an_older_search_never_overwrites_a_newer_one(page):
    page.goto("/")
    waiting = []
    page.route("**/api/v1/search?q=green*", lambda route: waiting.append(route))
    box = page.get_by_role("searchbox")
    with page.expect_event("requestfailed") as failed:
        box.fill("green")
        page.wait_for_url("**/?q=green")
        box.fill("red")
    assert "q=green" in failed.value.url
    expect(page.locator("picture-grid a").first).to_have_attribute("title", "red.png")
    assert len(waiting) == 1


def test_a_name_of_markup_stays_a_name(page, shown):
    page.goto(f"/?show={shown.id(EVIL)}&q=yellow")
    expect(page.get_by_role("dialog").get_by_role("heading", name=EVIL)).to_be_visible()
    assert EVIL in names(page)
    expect(page).to_have_title("yellow · imsearch")


def test_nothing_found_is_said_so(page):
    page.goto("/?q=zebra&mode=lexical")
    expect(page.get_by_role("heading", name="Nothing was found")).to_be_visible()
    page.get_by_role("button", name="View").click()
    expect(page.get_by_label("Look by")).to_have_value("lexical")


def test_filters_in_the_address_are_shown_and_can_be_dropped(page):
    page.goto("/?type=jpeg")
    expect(page.get_by_role("heading", name="Nothing was found")).to_be_visible()
    page.get_by_role("button", name="Remove Filter: type:jpeg").click()
    expect(page.locator("picture-grid a").first).to_be_visible()
    page.get_by_label("Order").select_option("oldest")
    expect(page).to_have_url(re.compile(r"/\?order=oldest$"))


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_everything_is_labelled_and_nothing_hangs_out_or_jumps(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/?q=sea")
    expect(page.locator("picture-grid a").first).to_be_visible()
    # a control, link or picture that assistive technology would have no name for
    nameless = page.locator("body").aria_snapshot()
    assert not re.search(
        r"^\s*- (button|link|textbox|searchbox|combobox|img|dialog)(:|\s*\[|$)", nameless, re.MULTILINE
    )
    assert page.locator("main").count() == page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # a card is as big before its picture has come as after
    before = page.locator(".card").first.bounding_box()
    page.route("**/thumbnail*", lambda route: route.abort())
    page.locator(".card img").first.evaluate(
        "img => new Promise((done) => { img.onerror = () => done(); img.src = '/api/v1/pictures/1/thumbnail?never'; })"
    )
    assert page.locator(".card").first.bounding_box() == before
    page.complaints.clear()


def test_words_find_pictures_without_scripts(browser, address):
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("green")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("main").get_by_role("link").first).to_have_attribute("title", "green.png")
    context.close()


def test_more_and_less_like_a_picture_are_added_to_the_words_and_back_takes_them_away(page, shown):
    search(page, "blue")
    liked, other = shown.id("sea 05.png"), shown.id("red.png")
    page.locator("a[title='sea 05.png']").click()
    page.get_by_role("dialog", name="sea 05.png").get_by_role("button", name="More like this").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("searchbox")).to_have_value(f"blue like:{liked}")
    expect(page.locator("a[title='sea 05.png']")).to_have_count(0)  # it is known already
    page.locator("a[title='red.png']").click()
    page.get_by_role("dialog", name="red.png").get_by_role("button", name="Less like this").click()
    expect(page.get_by_role("searchbox")).to_have_value(f"blue like:{liked} -like:{other}")
    expect(page).to_have_url(re.compile(rf"q=blue\+like%3A{liked}\+-like%3A{other}$"))
    page.go_back()
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value(f"blue like:{liked}")
    # a change of mind takes back what was said before
    page.goto(f"/?q=blue+-like:{liked}&show={liked}")
    page.get_by_role("button", name="More like this").click()
    expect(page.get_by_role("searchbox")).to_have_value(f"blue like:{liked}")


def test_copies_are_folded_when_asked_and_can_be_seen_from_the_hit(page, shown):
    search(page, "red")
    expect(page.locator("a[title='scarlet.png']")).to_have_count(1)
    page.get_by_role("button", name="View").click()
    page.get_by_role("checkbox", name="Fold copies").check()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"\?q=red&fold=true$"))
    expect(page.locator("a[title='scarlet.png']")).to_have_count(0)
    first = page.locator("a[title='red.png']")
    expect(first).to_contain_text("and 1 much alike")
    first.click()
    page.get_by_role("dialog", name="red.png").locator("dl").get_by_role("link", name="scarlet.png").click()
    expect(page.get_by_role("dialog", name="scarlet.png")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?q=red&fold=true$"))
    page.get_by_label("Order").select_option("varied")
    expect(page).to_have_url(re.compile(r"\?q=red&order=diverse&fold=true$"))
    expect(first).to_be_visible()


def test_only_a_picture_that_is_opened_was_looked_at(page, shown):
    opened = shown.library.store.catalog.opened
    opened.forget()
    search(page, "red")
    assert opened.since("") == []
    page.locator("picture-grid a").first.click()
    expect(page.locator("dialog img").first).to_be_visible()
    assert opened.since("") == [shown.id("red.png")]
