"""A person logs in with a real browser, whose own rules decide what it sends along."""

from __future__ import annotations

from tests.web.served import BEYOND, serving
from web.keys import Keys


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
            page.wait_for_function("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
            for name in ("red.png", "scarlet.png"):
                assert page.get_by_alt_text(name).count() == 1
            context.close()
    finally:
        (shown.library.folder / "access.json").unlink()
