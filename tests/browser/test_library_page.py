"""The library on its own page: what is in it, work that goes on, what went wrong, copies side by side, a map."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from indexer.lock import writing
from search.concepts import Concepts
from search.library import READER, Library
from tests.browser.axe import serious
from tests.conftest import paint
from tests.plugin import install
from tests.web.gallery import Gallery
from tests.web.working import Gated, painted
from vlm import ModelUnavailable, load_model
from vlm.protocols import Annotation
from vlm.registry import _families

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
SOON = 90_000  # ms: a job reads words by a model that is loaded first, in a process that lets all others go before it


@pytest.fixture(scope="module")
def gated():
    """A model that writes as many batches as it is let; of the spec `gated`."""
    made = Gated()
    yield made
    made.gate.release(1000)


@pytest.fixture(scope="module")
def shown(tmp_path_factory, gated):
    """Twenty pictures of four colours, and a copy of a red one; its model is found by its name, as jobs do it."""
    folder = tmp_path_factory.mktemp("library page")
    pictures = painted(folder / "pictures")
    (pictures / "scarlet.png").write_bytes((pictures / "red 00.png").read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(install(folder / "site")))
        _families.cache_clear()
        _families()["gated"] = lambda _: gated
        with Library.open(folder / "library", create=True, model="colour") as library:
            library.index([pictures], ocr=False)
            nothing = Annotation(READER, load_model(READER).revision, datetime.now(UTC))
            for picture in library.search("", limit=100).hits:  # else each job would read for ten seconds
                library.store.catalog.texts.annotate(picture.picture.id, "ocr", nothing)
            yield Gallery(library, pictures, ("gated",))
    _families.cache_clear()


def test_numbers_folders_and_models_are_told(page, shown):
    page.goto("/library")
    expect(page.get_by_role("link", name=f"{shown.library.store.count()} pictures")).to_be_visible()
    folders = page.locator("library-folders")
    expect(folders).to_contain_text(str(shown.pictures))
    expect(page.locator("model-list")).to_contain_text("In use")
    page.get_by_role("link", name="Search", exact=True).click()
    expect(page.get_by_role("searchbox")).to_be_visible()


def test_new_pictures_are_looked_for_and_the_page_says_how_it_went(page, shown):
    paint(shown.pictures / "new.png", "yellow", 77)
    page.goto("/library")
    before = shown.library.store.count()
    page.get_by_role("button", name="Look for changes", exact=True).click()
    work = page.locator("job-list li").first
    expect(work).to_contain_text("Look for new and changed pictures")
    expect(work).to_contain_text("Done · 1 new", timeout=SOON)
    expect(page.get_by_role("link", name=f"{before + 1} pictures")).to_be_visible()


def test_a_folder_is_added_and_one_that_is_not_there_is_refused(page, shown, tmp_path):
    paint(tmp_path / "more" / "pink.png", "red", 5)
    page.goto("/library")
    page.get_by_text("Add a folder").click()
    field = page.get_by_role("textbox", name="Folder of the machine")
    field.fill(str(tmp_path / "nowhere"))
    page.get_by_role("button", name="Index", exact=True).click()
    expect(page.locator("library-folders").get_by_role("alert")).to_contain_text("nowhere")
    page.complaints.clear()  # the browser's own line about the 400
    page.get_by_label("Read words in pictures").uncheck()
    field.fill(f' "{tmp_path / "more"}"')  # as "Copy as path" gives it
    page.get_by_role("button", name="Index", exact=True).click()
    expect(page.locator("library-folders")).to_contain_text(str(tmp_path / "more"), timeout=SOON)


def test_what_was_taught_is_told_and_forgotten_when_asked_twice(page, shown):
    pictures = [hit.picture for hit in shown.library.search("", limit=100).hits]
    red = [one for one in pictures if "red " in one.path.rpartition("/")[2]]
    with writing(shown.library.folder):
        Concepts(shown.library.store).teach("our boat", red, [one for one in pictures if "blue" in one.path][:3])
    page.goto("/library")
    taught = page.locator("concept-list")
    expect(taught).to_contain_text(f"{len(red)} show it · 3 do not")
    forget = taught.get_by_role("button", name="Forget our boat")
    forget.click()
    expect(taught.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(forget).to_be_focused()
    taught.get_by_role("link").click()
    expect(page.get_by_role("searchbox")).to_have_value('tag:"our boat"')
    expect(page.locator("a[title='red 00.png']")).to_be_visible()
    page.goto("/library")
    forget.click()
    taught.get_by_role("button", name="Forget it").click()
    expect(page.get_by_text("our boat is forgotten")).to_be_visible()
    expect(taught).to_be_hidden()
    assert not shown.library.search("tag:'our boat'").hits


def test_a_file_that_cannot_be_used_is_told_with_its_reason_and_tried_again(page, shown):
    broken = shown.pictures / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nno more")
    shown.library.index([shown.pictures], ocr=False)
    page.goto("/library")
    failures = page.locator("failure-list")
    expect(failures).to_contain_text("broken.png")
    broken.write_bytes((shown.pictures / "red 00.png").read_bytes())
    failures.get_by_role("button", name="Try again").click()
    expect(failures).to_be_hidden(timeout=SOON)
    broken.unlink()


def test_a_damaged_picture_is_told_where_it_is_listed_and_where_it_is_seen(page, shown):
    half = shown.pictures / "half.png"
    whole = (shown.pictures / "green 01.png").read_bytes()
    half.write_bytes(whole[: len(whole) // 2])
    shown.library.index([shown.pictures], ocr=False)
    page.goto("/library")
    failures = page.locator("failure-list")
    expect(failures).to_contain_text("only part of the picture could be read")
    expect(failures.get_by_role("button", name="Try again")).to_have_count(0)
    failures.get_by_role("link", name="See what is left of them").click()
    expect(page.locator("picture-grid a[title='half.png']")).to_be_visible()
    page.locator("picture-grid a[title='half.png']").click()
    expect(page.get_by_role("dialog", name="half.png")).to_contain_text("The file is damaged")
    page.goto("about:blank")  # the viewer may still ask for what it shows, and the picture goes now
    half.unlink()
    shown.library.index([shown.pictures], ocr=False)


def test_the_spare_copies_of_all_identical_files_are_hidden_when_it_was_said_how_many_and_come_back(page, shown):
    page.goto("/library/duplicates")
    group = page.locator(".group", has_text="scarlet.png")
    copies = page.locator("identical-copies")
    copies.get_by_role("button", name="Hide the spare copy of all identical files").click(timeout=SOON)
    expect(copies).to_contain_text("The file stays on the disk")
    copies.get_by_role("button", name="Not now").click()
    copies.get_by_role("button", name="Hide the spare copy").press("Enter")
    expect(copies.get_by_role("button", name="Hide it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(copies).to_contain_text("1 copy is hidden.")
    expect(group).to_have_count(0)
    assert len(shown.library.store.catalog.hidden()) == 1
    page.reload()
    expect(page.locator("duplicate-review .summary")).to_contain_text("No picture is there twice", timeout=SOON)
    change = shown.library.history(shown.library.store.catalog.hidden().tolist()[0])[-1].change
    shown.library.undo(change=change)
    page.reload()
    copies.get_by_role("button", name="Hide the spare copy").click(timeout=SOON)
    copies.get_by_role("button", name="Hide it").click()
    copies.get_by_role("button", name="Undo").click()
    expect(group).to_have_count(1)
    expect(copies.get_by_role("button", name="Hide the spare copy")).to_be_focused()
    assert shown.library.store.catalog.hidden().tolist() == []


def test_copies_lie_side_by_side_and_the_other_is_hidden_until_undone(page, shown):
    page.goto("/library/duplicates")
    group = page.locator(".group", has_text="scarlet.png")
    expect(group.locator(".copy")).to_have_count(2, timeout=SOON)
    kept = group.locator(".copy", has_text="scarlet.png")
    kept.get_by_role("button", name="Keep this one").click()
    expect(kept).to_have_class(re.compile("chosen"))
    group.get_by_role("button", name="Hide the other").click()
    expect(group).to_have_count(0)
    assert shown.library.store.get([shown.id("red 00.png")])[0].state == "hidden"
    page.get_by_role("button", name="Undo").click()
    expect(group).to_have_count(1)
    assert shown.library.store.get([shown.id("red 00.png")])[0].state == "unreviewed"


def test_a_loop_on_the_map_catches_pictures_to_search_by(page, shown):
    page.goto("/library/map")
    canvas = page.get_by_role("img", name="Map of all pictures")
    expect(canvas).to_be_visible()
    expect(page.locator("picture-map")).to_have_js_property("lassoing", True)
    box = canvas.bounding_box()
    corners = [(0.98, 0.98), (0.98, 0.02), (0.02, 0.02), (0.02, 0.98), (0.98, 0.98)]
    for at, (x, y) in enumerate(corners):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
        if at == 0:
            page.mouse.down()
    page.mouse.up()
    expect(page.get_by_role("heading", name=f"{shown.library.store.count()} pictures")).to_be_visible()
    page.get_by_role("link", name="Find more like these").click()
    expect(page.get_by_role("searchbox")).to_have_value(re.compile(r"^(like:\d+ ?){5}$"))


@pytest.mark.parametrize("path", ["/library", "/library/duplicates", "/library/map"])
@pytest.mark.parametrize("wide", [360, 1280])
def test_nothing_hangs_out_and_everything_has_a_name(page, path, wide):
    page.set_viewport_size({"width": wide, "height": 800})
    page.goto(path)
    page.wait_for_load_state("load")
    page.wait_for_timeout(400)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, select, canvas")].filter((one) => one.checkVisibility()
            && !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length || one.querySelector("img[alt]:not([alt=''])"))).map((one) => one.outerHTML)"""
    )
    assert not nameless


def caption(page, query):
    """Have the gated model write captions, from the page. Gives the job's row."""
    page.goto("/library")
    page.get_by_role("combobox", name="For").select_option("caption")
    page.get_by_role("combobox", name="Model").select_option("gated")
    page.get_by_role("textbox", name="Only of what matches").fill(query)
    page.get_by_role("button", name="Begin", exact=True).click()
    row = page.locator("job-list li").first
    expect(row).to_contain_text("Captions")
    return row


def test_work_is_paused_goes_on_and_is_cancelled_from_the_page(page, shown, gated):
    row = caption(page, "")
    assert gated.began.acquire(timeout=20)
    expect(row.get_by_role("progressbar")).to_be_visible()
    row.get_by_role("button", name="Pause").click()
    expect(row).to_contain_text("Stopping")
    gated.gate.release()
    expect(row).to_contain_text("Paused")
    first = shown.library.status()["caption texts"]
    assert 0 < first < shown.library.store.count()
    page.goto("/")
    notice = page.locator("work-notice")
    expect(notice.get_by_role("link")).to_have_text(re.compile(r"Captions: Paused · \d+ of \d+"))
    notice.get_by_role("link").click()
    row.get_by_role("button", name="Go on").click()
    expect(row.get_by_role("button", name="Pause")).to_be_visible()
    assert gated.began.acquire(timeout=20)
    row.get_by_role("button", name="Cancel").click()
    gated.gate.release()
    expect(row).to_contain_text("Cancelled")
    assert first < shown.library.status()["caption texts"] < shown.library.store.count()
    expect(row.get_by_role("button")).to_have_count(0)
    with page.expect_response("**/api/v1/generation"):
        page.goto("/")
    expect(page.locator("picture-grid a").first).to_be_visible()
    expect(notice.get_by_role("link")).to_be_hidden()


def test_work_that_failed_is_started_again_from_the_page(page, shown, gated, monkeypatch):
    def gone(*_):
        raise ModelUnavailable("The model is away.")

    monkeypatch.setattr(gated, "replies", gone)
    row = caption(page, "")
    expect(row).to_contain_text("The model is away.")
    monkeypatch.undo()
    row.get_by_role("button", name="Start again").click()
    assert gated.began.acquire(timeout=20)
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_contain_text("Stopping")
    gated.gate.release()
    expect(row).to_contain_text("Cancelled")


def test_another_model_is_built_beside_while_the_old_one_searches(page, shown):
    page.goto("/library")
    models = page.locator("model-list")
    with writing(shown.library.folder):  # so long it cannot be built
        models.locator("li", has_text="mini").first.get_by_role("button", name="Use this one").click()
        row = page.locator("job-list li").first
        expect(row).to_contain_text("Build beside: mini. Searches go on with the old one")
        expect(row).to_contain_text("is being written")
        page.goto("/?q=red")
        expect(page.locator("picture-grid a[title='red 00.png']")).to_be_visible()
        page.goto("/library")
        expect(models.locator("li.used")).to_contain_text("colour")
    expect(models.locator("li.used")).to_contain_text("mini", timeout=SOON)
    models.get_by_role("button", name="Go back to it").click()
    expect(models.locator("li.used")).to_contain_text("colour")


def test_axe_finds_nothing_serious_in_copies_and_the_map(any_screen, shown):
    page = any_screen
    page.goto("/library/duplicates")
    expect(page.locator(".group").first).to_be_visible(timeout=SOON)
    assert serious(page) == []
    page.goto("/library/map")
    expect(page.locator("picture-map")).to_have_js_property("lassoing", True)
    page.keyboard.press("Tab")
    assert serious(page) == []


def test_axe_finds_nothing_serious_while_work_goes_on(any_screen, shown):
    page = any_screen
    if not (broken := shown.pictures / "broken.png").exists():
        broken.write_bytes(b"\x89PNG\r\n\x1a\nno more")
        shown.library.index([shown.pictures], ocr=False)
    row = caption(page, "")  # nobody lets it go on: it is the same job on every screen
    expect(row.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator("failure-list")).to_contain_text("broken.png")
    expect(page.locator("model-list")).to_contain_text("In use")
    page.get_by_text("Add a folder").click()
    assert serious(page) == []
