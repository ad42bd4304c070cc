"""The pictures of the page in docs/pictures, drawn anew: python -m scripts.page_pictures LIBRARY FOLDER

LIBRARY is of the drawings that `imsearch demo --folder DIR` leaves in DIR/pictures: what is committed shows drawings of our
own, and of these views those that docs/page.md shows. With another LIBRARY and FOLDER: every view of your own pictures, to
look at. Needs Chromium.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from imsearch import Library
from tests.web.working import serving
from web.app import create_app

DESK, PHONE = (1280, 800), (390, 844)


def main() -> None:
    place, folder = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    with Library.open(place) as library, serving(create_app(library)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for scheme, size in (("light", DESK), ("dark", DESK), ("light", PHONE)):
            page = browser.new_page(base_url=address, viewport={"width": size[0], "height": size[1]})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            name = "phone" if size == PHONE else scheme
            for view, go in VIEWS.items():
                go(page)
                page.wait_for_load_state("networkidle")
                shot = Image.open(io.BytesIO(page.screenshot()))
                shot.save(folder / f"page-{view}-{name}.webp", quality=82, method=6)
            page.close()
        browser.close()


def _searched(page: Page, query: str) -> None:
    page.goto(f"/?q={query}")
    expect(page.locator("picture-grid .card").first).to_be_visible()


def _opened(page: Page) -> None:
    _searched(page, "jazz")
    page.locator("picture-grid .card a").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _narrowed(page: Page) -> None:
    _searched(page, "")
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_role("region", name="Filters")).to_contain_text("pictures match")


def _library(page: Page) -> None:
    page.goto("/library")
    expect(page.locator("library-folders")).to_contain_text("pictures")


VIEWS = {
    "all": lambda page: _searched(page, ""),
    "search": lambda page: _searched(page, "a sunset over the sea"),
    "viewer": _opened,
    "filters": _narrowed,
    "library": _library,
    "duplicates": lambda page: page.goto("/library/duplicates"),
    "map": lambda page: page.goto("/library/map"),
}

if __name__ == "__main__":
    main()
