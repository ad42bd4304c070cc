"""A real Chromium on a real server on loopback. Skipped, with the reason, where either is missing."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time

import pytest
import uvicorn

from web.app import create_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser():
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("neither chromium nor google-chrome is on the PATH of this machine")
    # Chromium's own sandbox cannot be had as root
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    driver.expect.set_options(timeout=20_000)  # as long as a busy machine may take
    with driver.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield made
        made.close()


@pytest.fixture(scope="module")
def address(shown):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(create_app(shown.library, specs=shown.specs), log_level="warning", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


def complaint(said) -> str:
    """One line of the console with where it comes from: of a failed request that is its address."""
    return f"{said.text} {said.location['url']}"


@pytest.fixture
def page(browser, address):
    """A fresh page; at the end nothing may have been complained of in its console."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    made = context.new_page()
    complaints: list[str] = []
    made.on("console", lambda said: said.type in ("error", "warning") and complaints.append(complaint(said)))
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.complaints = complaints
    yield made
    context.close()
    assert not complaints


@pytest.fixture(params=["390 light", "390 dark", "1280 light", "1280 dark"])
def any_screen(page, request):
    """The page on a phone and on a desk, in light and in dark colours."""
    width, scheme = request.param.split()
    page.set_viewport_size({"width": int(width), "height": 800})
    page.emulate_media(color_scheme=scheme)
    return page
