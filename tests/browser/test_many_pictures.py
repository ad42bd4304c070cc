"""Thousands of results: what is drawn, how they lie in time, and how one gets about in them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from indexer.content import refresh_words

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
MANY = 3000


@pytest.fixture(scope="module")
def shown(shown):
    """The small gallery with thousands of rows more: each another day of the last years, with a thumbnail that is there."""
    database = shown.library.store.catalog._db
    columns = [row[1] for row in database.execute("PRAGMA table_info(pictures)").fetchall()]
    rows = [dict(zip(columns, row, strict=True)) for row in database.execute("SELECT * FROM pictures").fetchall()]
    newest = datetime(2024, 6, 30, 12, tzinfo=UTC)
    first = database.execute("SELECT max(id) + 1 FROM pictures").fetchone()[0]
    with database:
        for at in range(MANY):
            row = rows[at % len(rows)] | {"id": None, "name": f"many {at:05}.png", "path": f"many {at:05}.png"}
            row["moment"] = row["taken_at"] = (newest - timedelta(hours=9 * at)).isoformat()
            database.execute(
                f"INSERT INTO pictures VALUES ({','.join('?' * len(columns))})", [row[name] for name in columns]
            )
        refresh_words(database, list(range(first, first + MANY)))
    return shown


def cards(page):
    return page.locator("picture-grid .card").count()


def in_view(page):
    """A picture in the middle of the window."""
    inside = "links => links.find((link) => { const { top } = link.getBoundingClientRect(); return top > 250 && top < 500; })?.title"
    title = None
    while not title:  # what flies by is asked for when it stands
        page.wait_for_timeout(50)
        title = page.locator("picture-grid a").evaluate_all(inside)
    return page.locator(f"a[title='{title}']")


def test_all_are_laid_out_and_few_are_drawn(page):
    page.goto("/?q=before:2025")
    expect(page.get_by_role("region", name="June 2024")).to_be_visible()
    expect(page.get_by_role("slider", name="Go to a time")).to_be_visible()
    assert cards(page) < 200
    assert page.evaluate("document.documentElement.scrollHeight") > 20_000
    last = page.locator("a[title='many 02999.png']")
    expect(last).to_have_count(0)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(last).to_be_visible()
    assert cards(page) < 200
    expect(last.locator("img")).to_have_js_property("complete", True)
    assert last.locator("img").evaluate("img => img.naturalWidth") > 0


def test_the_scrubber_goes_to_any_year_and_says_which(page):
    page.goto("/?q=before:2025")
    scrubber = page.get_by_role("slider", name="Go to a time")
    expect(scrubber).to_have_attribute("aria-valuetext", "June 2024")
    scrubber.focus()
    page.keyboard.press("PageDown")
    expect(scrubber).to_have_attribute("aria-valuetext", "June 2023")
    expect(page.get_by_role("region", name="June 2023").get_by_role("link").first).to_be_visible()
    place = scrubber.bounding_box()
    page.mouse.move(place["x"] + 20, place["y"] + place["height"] - 2)
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("a[title='many 02999.png']")).to_be_visible()


def test_matches_by_time_have_their_calendar_too(page):
    page.goto("/?q=many&order=newest")
    expect(page.get_by_role("status")).to_contain_text("3,000 matches")
    expect(page.get_by_role("region", name="June 2024").get_by_role("heading")).to_contain_text("79")
    scrubber = page.get_by_role("slider", name="Go to a time")
    scrubber.focus()
    page.keyboard.press("PageDown")
    june = page.get_by_role("region", name="June 2023")
    expect(june.get_by_role("link").first).to_have_attribute("title", "many 00975.png")
    assert cards(page) < 200
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator("a[title='many 02999.png']")).to_be_visible()
    page.get_by_role("searchbox").fill("many sort:oldest")
    expect(page.get_by_role("region", name="June 2021").get_by_role("link").first).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("3,000 matches")


def test_a_hidden_picture_leaves_its_month(page):
    page.goto("/?q=before:2025")
    june = page.get_by_role("region", name="June 2024")
    expect(june.get_by_role("heading")).to_contain_text("79")
    page.locator("a[title='many 00003.png']").click()
    dialog = page.get_by_role("dialog", name="many 00003.png")
    expect(dialog.get_by_role("button", name="Hide")).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator("a[title='many 00003.png']")).to_have_count(0)
    expect(june.get_by_role("heading", include_hidden=True)).to_contain_text("78")
    dialog.get_by_role("button", name="Undo").click()
    expect(june.get_by_role("heading", include_hidden=True)).to_contain_text("79")
    expect(page.locator("a[title='many 00003.png']")).to_have_count(1)
    page.complaints.clear()  # these rows have neither file nor vector


def test_a_hidden_picture_far_down_comes_back_under_the_eyes(page):
    page.goto("/?q=before:2025")
    expect(page.get_by_role("slider", name="Go to a time")).to_be_visible()
    page.evaluate("scrollTo(0, 20000)")
    link = in_view(page)
    before = link.bounding_box()["y"]
    link.focus()
    page.keyboard.press("x")
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(link).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(link).to_be_visible()
    assert abs(link.bounding_box()["y"] - before) < 100
    page.complaints.clear()  # these rows have neither file nor vector


def test_what_is_above_may_grow_and_the_picture_stays_where_it_is(page):
    page.goto("/?q=before:2025")
    scrubber = page.get_by_role("slider", name="Go to a time")
    scrubber.focus()
    page.keyboard.press("PageDown")
    expect(page.get_by_role("region", name="June 2023").get_by_role("link").first).to_be_visible()
    link = in_view(page)
    page.get_by_role("button", name="Filters").click()  # the grid becomes narrower, and all of it higher
    expect(page.get_by_role("region", name="Filters")).to_be_visible()
    expect(link).to_be_in_viewport()


def test_arrows_go_on_through_what_is_not_drawn_yet(page):
    page.goto("/?q=before:2025")
    first = page.locator("picture-grid a").first
    first.focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    focused = page.locator("picture-grid a:focus")
    expect(focused).to_be_in_viewport()
    assert focused.get_attribute("title") > "many 00050.png"
    page.keyboard.press("Home")
    expect(first).to_be_focused()
    expect(first).to_have_attribute("title", "many 00000.png")


def test_back_from_another_search_comes_to_the_same_place(page):
    page.goto("/?q=before:2025")
    expect(page.get_by_role("slider", name="Go to a time")).to_be_visible()
    page.evaluate("scrollTo(0, 5000)")
    seen = in_view(page)
    before = seen.bounding_box()["y"]
    page.get_by_role("searchbox").fill("red")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("a[title='red.png']")).to_be_visible()
    assert page.evaluate("scrollY") < 5000
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("before:2025")
    expect(seen).to_be_visible()
    assert abs(seen.bounding_box()["y"] - before) < 100


@pytest.mark.parametrize("query", ["q=before:2025", "q=many&order=newest", "q=before:2025&order=diverse&group=none"])
def test_a_reload_comes_back_to_the_same_place(page, query):
    page.goto(f"/?{query}")
    expect(page.locator("picture-grid a").first).to_be_visible()
    if "group=none" not in query:
        expect(page.get_by_role("slider", name="Go to a time")).to_be_visible()
    high = page.evaluate("document.documentElement.scrollHeight - innerHeight")
    page.evaluate("to => scrollTo(0, to)", min(20_000, high))
    seen = in_view(page)
    before = seen.bounding_box()["y"]
    page.reload()
    expect(seen).to_be_visible()
    assert abs(seen.bounding_box()["y"] - before) < 100


def test_groups_by_day_and_folder_have_headings(page):
    page.goto("/?q=before:2025&group=day")
    expect(page.get_by_role("heading", name="Sun, June 30, 2024")).to_be_visible()
    page.wait_for_load_state("networkidle")  # the calendar of all days is there
    page.get_by_role("button", name="View").click()
    page.get_by_label("Group").select_option("by folder")
    expect(page).to_have_url(re.compile("group=folder"))
    expect(page.get_by_role("heading", name="pictures", level=2)).to_be_visible()
    page.get_by_label("Group").select_option("by month")
    expect(page.get_by_role("heading", name="June 2024")).to_be_visible()


def test_more_are_fetched_at_the_end_of_ranked_results(page):
    page.goto("/?q=before:2025&order=diverse&group=none")
    expect(page.locator("picture-grid a").first).to_be_visible()
    high = page.evaluate("document.documentElement.scrollHeight")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    for _ in range(100):
        if page.evaluate("document.documentElement.scrollHeight") > 2 * high:
            break
        page.wait_for_timeout(50)
    assert page.evaluate("document.documentElement.scrollHeight") > 2 * high
    titles = page.locator("picture-grid a").evaluate_all("links => links.map((link) => link.title)")
    assert len(titles) == len(set(titles))
