"""A picture from another site: its address dropped on the page, pasted, or typed."""

from __future__ import annotations

import re

import pytest

from tests.web.elsewhere import OneIsPublic, elsewhere
from tests.web.served import serving
from web.access import Served

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect


@pytest.fixture(scope="module")
def site(shown):
    with elsewhere((shown.pictures / "green.png").read_bytes()) as made:
        yield made


@pytest.fixture(scope="module")
def fetching(shown):
    """A server that fetches pictures, also from the other site on loopback."""
    with serving(shown.library, Served(), fetcher=OneIsPublic()) as client:
        yield str(client.base_url).rstrip("/")


def found_by(page, name):
    expect(page.get_by_role("button", name=f"Your picture {name}").first).to_be_visible()
    expect(page.locator("picture-grid a").first).to_have_attribute("title", "green.png")


def drag_in(page, **kinds):
    """Drop what a browser carries from another site's tab."""
    page.evaluate(
        """(kinds) => {
            const transfer = new DataTransfer();
            for (const [kind, data] of Object.entries(kinds)) transfer.setData(kind, data);
            for (const name of ["dragenter", "dragover", "drop"])
                document.body.dispatchEvent(new DragEvent(name, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        kinds,
    )


def paste(page, text):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def test_a_picture_is_dragged_from_another_site(page, fetching, site):
    page.goto(fetching)
    drag_in(page, **{"text/uri-list": f"# from elsewhere\r\n{site}/my%20meadow.png\r\n"})
    found_by(page, "my meadow.png")
    expect(page.locator("body")).not_to_have_class(re.compile("dropping"))
    # one that is a link: meant is what is seen, not where it leads
    markup = f'<a href="{site}/gone"><img src="{site}/seen.png"></a>'
    drag_in(page, **{"text/uri-list": f"{site}/gone", "text/html": markup})
    found_by(page, "seen.png")


def test_an_address_is_pasted_into_the_box_or_anywhere(page, fetching, site):
    page.goto(fetching)
    page.get_by_role("searchbox").focus()
    paste(page, f"{site}/box.png")
    found_by(page, "box.png")
    expect(page.get_by_role("searchbox")).to_have_value(re.compile(r"^picture:upload:\S+$"))
    page.locator("picture-grid a").first.focus()
    paste(page, f"{site}/page.png")
    found_by(page, "page.png")


def test_a_typed_address_is_offered_beside_words(page, fetching, site):
    page.goto(fetching)
    box = page.get_by_role("searchbox")
    box.press_sequentially(f"blue {site}/typed.png")
    offer = page.get_by_role("button", name="Search by the picture at this address")
    expect(offer).to_be_visible()
    offer.click()
    expect(box).to_have_value(re.compile(r"^blue picture:upload:\S+$"))
    expect(offer).to_be_hidden()
    box.fill(f"{site}/entered.png")
    box.press("Enter")
    found_by(page, "entered.png")


def test_where_it_is_off_the_page_says_how_it_is_put_on(page, site):
    page.goto("/?q=red")
    expect(page.locator("a[title='red.png']")).to_be_visible()
    drag_in(page, **{"text/uri-list": f"{site}/a.png"})
    expect(page.get_by_role("alert")).to_contain_text("imsearch serve --allow-urls")
    expect(page.locator("a[title='red.png']")).to_be_visible()
    assert all("403" in told for told in page.complaints)
    page.complaints.clear()
    page.get_by_role("searchbox").fill("green")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_at_an_address_may_be_no_picture(page, fetching, site):
    page.goto(fetching)
    drag_in(page, **{"text/uri-list": f"{site}/gone"})
    expect(page.get_by_role("alert")).to_contain_text("404")
    assert all("400" in told for told in page.complaints)
    page.complaints.clear()
