"""How fast the server and its page are with 100,000 pictures: for one person, for fifty, and while it indexes.

    python -m benchmarks.serving ../shared/data --work /tmp/serving                      # all of it: 10 minutes
    python -m benchmarks.serving ../shared/data --work /tmp/serving --only page  # or crowd, indexing

Real: the model, its vectors of 1,202 photos (COCO val2017, Flickr8k), their files, thumbnails, colours, captions and
looks; the server in a process of its own; Chromium; the clients in another process; the new files that are indexed.
Made up: each of the 100,000 is a mix of two of those vectors with noise (`benchmarks/spread.py`) and shows the picture
that it lies nearest to; dates over fifteen years, 540 folders, cameras, lenses, places, stars. Tags are what `mini`
says of those vectors. Thumbnails and files are links to 1,202 each, so the disk is never cold.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks.serving import browser
from benchmarks.serving.clients import words
from benchmarks.serving.library import make, new_pictures
from benchmarks.serving.server import fresh_copy, served

NEW_PICTURES = {"first": 40, "plain": 1500, "ocr": 120}
TURN = 4.0
"""Seconds of searches beside the job, and as many while it is paused."""


def page(library: Path, _: argparse.Namespace) -> None:
    """The page in Chromium."""
    with browser.chromium() as chromium:
        with served(library, until_ready=False) as running:
            cold = browser.opening(chromium, running.address)
            print(
                f"server listens after {running.listens:.1f} s; the very first page: usable after {cold['first']:.0f} ms"
            )
        with served(library) as running:
            print(f"server ready after {running.ready:.1f} s")
            browser.opening(chromium, running.address)
            opened = [browser.opening(chromium, running.address) for _ in range(10)]
            tell("page usable", [one["first"] for one in opened])
            tell("… all pictures in the window", [one["all"] for one in opened])
            with browser.new_page(chromium, running.address) as visited:
                visited.goto("/")
                visited.evaluate("usable")
                found = [browser.searching(visited, query) for query in browser.QUERIES]
                tell("search, last key to a painted picture", [one["first"] for one in found])
                tell("… to all pictures in the window", [one["all"] for one in found])
            with browser.new_page(chromium, running.address) as visited:
                print("scrolling through all:", browser.scrolling(visited))


def crowd(library: Path, given: argparse.Namespace) -> None:
    """Fifty people for a minute: with pauses as people make them, then without."""
    for pause in (1.0, 0.0):
        with served(library) as running:
            memory, cpu = [running.megabytes()], running.cpu()
            command = [sys.executable, "-m", "benchmarks.serving.clients", running.address, "--pause", str(pause)]
            command += ["--clients", str(given.clients), "--seconds", str(given.seconds)]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as clients:
                time.sleep(given.seconds / 2)
                memory.append(running.megabytes())
                said = json.loads(clients.communicate()[0])
            memory.append(running.megabytes())
            count = sum(map(len, said["took"].values()))
            used = running.cpu() - cpu
            print(f"{given.clients} clients, {pause:g} s between steps: {count} requests in {given.seconds:g} s, "
                  f"{1000 * used / count:.1f} ms of processor each; failed: {said['failed'] or 0}; "
                  f"memory at start, middle, end: {' / '.join(f'{one:.0f}' for one in memory)} MB")  # fmt: skip
            for kind, times in said["took"].items():
                tell(kind, times)


def indexing(library: Path, given: argparse.Namespace) -> None:
    """One client's searches, alone and beside an index job."""
    folders = {name: str(new_pictures(given.data, given.work, name, count)) for name, count in NEW_PICTURES.items()}
    copy = fresh_copy(library, given.work)
    with served(copy) as running, httpx.Client(base_url=running.address, timeout=60) as client:
        chance = random.Random(3)
        # past 100,000 vectors the index becomes another, once, and searches become quicker: before anything is compared
        wait_for(client, begin(client, folders["first"], ocr=False), lambda job: job["state"] == "done")
        for name, stage in (("plain", "index"), ("ocr", "ocr")):
            address = begin(client, folders[name], ocr=name == "ocr")
            alone, beside, done, ran, before = [], [], 0, 0.0, 0
            # by turns: whatever else the machine does meanwhile slows both alike
            for _ in range(round(given.seconds / 2 / TURN)):
                first = wait_for(
                    client,
                    address,
                    lambda job, was=(stage, before): job["stage"] == was[0] and job["done"] not in (0, was[1]),
                )
                started = time.monotonic()
                beside += searches(client, chance, TURN)
                done += client.get(address).json()["done"] - first["done"]
                ran += time.monotonic() - started
                client.post(f"{address}/pause").raise_for_status()
                before = wait_for(client, address, lambda job: job["state"] == "paused")["done"]
                alone += searches(client, chance, TURN)
                client.post(f"{address}/resume").raise_for_status()
            tell(f"search, the job paused ({name})", alone)
            tell(f"search while it indexes ({name})", beside)
            print(f"  {ratio(beside, alone)} times as long (p50 / p95); meanwhile {done / ran:.1f} pictures a second")
            client.post(f"{address}/cancel")
            wait_for(client, address, lambda job: job["state"] in ("cancelled", "done"))


def begin(client: httpx.Client, folder: str, ocr: bool) -> str:
    """Have a folder indexed; returns the address of the job."""
    job = client.post("/api/v1/folders", json={"folders": [folder], "ocr": ocr}).raise_for_status().json()
    return f"/api/v1/jobs/{job['id']}"


def wait_for(client: httpx.Client, address: str, so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The job once it is so."""
    while True:
        job = client.get(address).json()
        if so(job):
            return job
        if job["state"] in ("done", "failed"):
            raise SystemExit(f"The job ended before it was measured: {job}")
        time.sleep(0.05)


def searches(client: httpx.Client, chance: random.Random, seconds: float) -> list[float]:
    """Milliseconds of each search of one client that asks without a pause."""
    took: list[float] = []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        started = time.perf_counter()
        client.get("/api/v1/search", params={"q": words(chance), "limit": 120, "explain": True}).raise_for_status()
        took.append(1000 * (time.perf_counter() - started))
    return took


def tell(what: str, times: Sequence[float]) -> None:
    """One line of the table, in milliseconds."""
    if times:
        middle, most, worst = np.percentile(times, (50, 95, 100))
        print(f"| {what} | {len(times)} | {middle:.0f} | {most:.0f} | {worst:.0f} |", flush=True)


def ratio(beside: Sequence[float], alone: Sequence[float]) -> str:
    return " / ".join(f"{np.percentile(beside, at) / np.percentile(alone, at):.2f}" for at in (50, 95))


PARTS = {"page": page, "crowd": crowd, "indexing": indexing}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("data", type=Path, help="the folder that holds photos/ and flickr8k_dev.parquet")
    ask.add_argument("--only", choices=PARTS, help="one part")
    ask.add_argument("--work", type=Path, required=True, help="a folder for the library, which is made once")
    ask.add_argument("--pictures", type=int, default=100_000)
    ask.add_argument("--clients", type=int, default=50)
    ask.add_argument("--seconds", type=float, default=60)
    given = ask.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    library = make(given.data.resolve(), given.work.resolve(), given.pictures)
    print(
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n| what | times | p50 ms | p95 ms | worst ms |\n| --- | --- | --- | --- | --- |"
    )
    for name, part in PARTS.items():
        if given.only in (None, name):
            part(library, given)


if __name__ == "__main__":
    main()
