"""The first time: a folder is named, and the page is open while it is being looked at."""

from __future__ import annotations

import pytest

from search.library import Library
from tests.conftest import paint
from tests.plugin import install
from tests.web.working import painted, serving
from vlm.registry import _families
from web.app import create_app

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return painted(tmp_path_factory.mktemp("beginning") / "pictures", 8)


@pytest.fixture(scope="module")
def address(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(install(folder.parent / "site")))
        _families.cache_clear()
        with (
            Library.open(folder.parent / "library", create=True, model="colour") as library,
            serving(create_app(library, index=[folder])) as address,
        ):
            yield address
    _families.cache_clear()


def test_pictures_appear_as_they_are_indexed_and_later_ones_when_asked_for(page, folder):
    page.goto("/")
    expect(page.locator("picture-grid .card")).to_have_count(8, timeout=20_000)
    work = page.locator("work-notice")
    expect(work.get_by_role("link")).to_be_hidden(timeout=120_000)  # words are read last, and patiently
    paint(folder / "late.png", "yellow", 9)
    page.request.post("/api/v1/jobs", data={"kind": "index", "ocr": False}, headers={"Origin": page.url.rstrip("/")})
    offered = work.get_by_role("button", name="Show what is new")
    expect(offered).to_be_hidden()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # somebody comes back to it
    offered.click()
    expect(page.locator("picture-grid .card")).to_have_count(9)
    expect(work).to_be_hidden()


def test_an_empty_library_leads_to_where_folders_are_added(browser, tmp_path):
    with Library.open(tmp_path / "library", create=True, model="mini") as library, serving(create_app(library)) as at:
        page = browser.new_page(base_url=at)
        page.goto("/")
        page.get_by_role("link", name="Add a folder").click()
        expect(page.get_by_role("heading", name="Folders")).to_be_in_viewport()
        expect(page.get_by_role("textbox", name="Folder of the machine")).to_be_in_viewport()
        page.close()
