"""A person logs in with a real browser, whose own rules decide what it sends along."""

from __future__ import annotations

import re

import pytest

from tests.web.served import BEYOND, serving
from web.keys import Keys

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def test_logging_in_and_out_and_opening_a_link(browser, shown):
    keys = Keys(shown.library.folder)
    token, link = keys.add_token("ann", "read"), keys.add_link("reds", "red", 7, False)
    try:
        with serving(shown.library, BEYOND) as server:
            context = browser.new_context(base_url=str(server.base_url))
            context.set_default_timeout(15_000)
            page = context.new_page()
            page.goto("/?q=red")
            page.get_by_label("Your token").fill("wrong")
            page.get_by_role("button", name="Log in").click()
            page.get_by_role("alert").wait_for()
            page.get_by_label("Your token").fill(token)
            page.get_by_role("button", name="Log in").click()
            page.locator(".card img").first.wait_for()
            assert page.url.endswith("/?q=red")
            page.goto("/login")
            page.get_by_role("button", name="Log out").click()
            page.get_by_label("Your token").wait_for()
            page.goto(f"/s/{link}")
            for picture in page.locator("img").all():
                expect(picture).not_to_have_js_property("naturalWidth", 0)
            for name in ("red.png", "scarlet.png"):
                assert page.get_by_alt_text(name).count() == 1
            context.close()
    finally:
        (shown.library.folder / "access.json").unlink()


def test_who_is_no_longer_logged_in_comes_back_to_where_they_were(browser, shown):
    keys = Keys(shown.library.folder)
    try:
        with serving(shown.library, BEYOND) as server:
            context = browser.new_context(base_url=str(server.base_url))
            context.set_default_timeout(15_000)
            page = context.new_page()

            def log_in(name):
                page.get_by_label("Your token").fill(keys.add_token(name, "read"))
                page.get_by_role("button", name="Log in").click()
                page.locator(".card img").first.wait_for()

            page.goto("/?q=red&order=newest")
            log_in("ann")
            keys.remove("token", "ann")
            page.get_by_role("searchbox").fill('"green" & %2f//example.com')
            expect(page).to_have_url(re.compile("/login"))
            log_in("ben")
            expect(page.get_by_role("searchbox")).to_have_value('"green" & %2f//example.com')
            expect(page.get_by_label("Order")).to_have_value("newest")
            assert page.evaluate("location.origin") == str(server.base_url).rstrip("/")
            context.close()
    finally:
        (shown.library.folder / "access.json").unlink()
