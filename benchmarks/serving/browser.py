"""What a person in front of the page waits for, in Chromium: the page, the pictures of a search, each frame of a scroll."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

QUERIES = (
    "a dog on the beach", "red bus", "people eating", "cat on a sofa", "snow mountain", "a train", "pizza",
    "child with a ball", "boat on water", "bicycle", "horse in a field", "kitchen", "woman with an umbrella",
    "night city", "flowers", "surfer on a wave", "skateboard", "birthday cake", "bed and window", "airplane",
)  # fmt: skip

# Pictures of the present result that are drawn whole, inside the window. A frame later a person sees them.
WATCH = """
window.watched = {
  marks: [], frames: [],
  top() { return (document.querySelector("picture-grid")?.hits ?? []).slice(0, 5).map((hit) => hit.id).join(); },
  painted() {
    const grid = document.querySelector("picture-grid");
    return [...document.querySelectorAll("picture-grid .card")].filter((card) => {
      const { top, bottom, height } = card.getBoundingClientRect();
      return height && bottom > 0 && top < innerHeight && grid.ids?.has(Number(card.dataset.id));
    });
  },
  // resolves with the time at which the first, and at which every picture in the window was there
  shown(isIt) {
    return new Promise((done) => {
      let first = 0;
      const look = () => {
        const cards = isIt() ? this.painted() : [];
        const there = cards.filter((card) => card.classList.contains("there"));
        const now = performance.now();
        if (there.length && !first) first = now;
        if (there.length && there.length === cards.length) return done({ first, all: now });
        requestAnimationFrame(look);
      };
      look();
    });
  },
  typing() {
    const before = this.top();
    let key = 0;
    addEventListener("input", () => { key = performance.now(); }, { capture: true });
    this.waiting = this.shown(() => key && this.top() && this.top() !== before).then(({ first, all }) => ({ first: first - key, all: all - key }));
  },
  timing() {
    let last = performance.now();
    const tick = (now) => { this.frames.push(now - last); last = now; requestAnimationFrame(tick); };
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(tick); });
  },
};
// usable: a picture is there, and the box (a custom element) has its behaviour
window.usable = window.watched.shown(() => document.querySelector("search-box")?.box);
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        # its own sandbox cannot be had as root
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@contextmanager
def new_page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of a visitor who was never here: nothing is kept from before."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(WATCH)
    yield page
    context.close()


def opening(browser: Browser, address: str) -> dict[str, float]:
    """Milliseconds from the navigation until a picture is painted and the box works, and until all in the window are there."""
    with new_page(browser, address) as page:
        page.goto("/", wait_until="commit")
        shown: dict[str, float] = page.evaluate("usable")
        return shown


def searching(page: Page, query: str) -> dict[str, float]:
    """Milliseconds from the last key until a picture of the new result is painted, and until all in the window are."""
    box = page.locator("search-box input[type=search]")
    box.focus()
    box.select_text()
    page.evaluate("watched.typing()")
    page.keyboard.type(query, delay=60)
    shown: dict[str, float] = page.evaluate("watched.waiting")
    page.wait_for_timeout(700)  # a person looks; what the page asks besides is done
    return shown


def scrolling(page: Page, seconds: float = 10) -> dict[str, Any]:
    """The wheel turned hard through all pictures, and far jumps in between: frames, and how many took longer than 50 ms."""
    page.goto("/")
    page.evaluate("usable")
    page.wait_for_timeout(1000)
    page.mouse.move(640, 500)
    page.evaluate("watched.timing()")
    for turn in range(round(seconds * 20)):
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(50)
        if turn % 40 == 39:
            page.evaluate(f"scrollTo(0, document.documentElement.scrollHeight * {(turn + 1) / (seconds * 20)})")
    frames = page.evaluate("watched.frames")
    return {"frames": len(frames), "long": sum(frame > 50 for frame in frames), "longest": max(frames)}
