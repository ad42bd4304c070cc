"""Many people at once: each searches, looks at pictures, narrows, goes through time, and does so again.

    python -m benchmarks.serving.clients http://127.0.0.1:8765 --clients 50 --seconds 60 --pause 1

Runs in a process of its own; prints JSON: for each kind of request its times in milliseconds, and what failed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections import Counter, defaultdict
from urllib.parse import urlencode

import httpx

WORDS = """dog beach red bus street people eating cat sofa snow train food plate child playing ball grass mountain water
boat bicycle horse kitchen table woman man hat umbrella rain night city car flower tree bird surfer wave skateboard jump
baby toy cake pizza fruit computer desk bed window room bathroom sign clock tower airplane sky kite field sheep cow
elephant zebra giraffe bear tennis baseball player game crowd smiling running swimming climbing rock river bridge""".split()
PICTURES = 12
"""Thumbnails of each result that a client takes, side by side: a row or two of the grid."""


def words(chance: random.Random) -> str:
    """One to three words; some hundred thousand queries, so that hardly two are the same."""
    return " ".join(chance.sample(WORDS, chance.choice((1, 2, 2, 3))))


class Client:
    """One person."""

    def __init__(self, http: httpx.AsyncClient, seed: int, pause: float) -> None:
        self.http = http
        self.chance = random.Random(seed)
        self.pause = pause
        self.took: dict[str, list[float]] = defaultdict(list)
        self.failed: Counter[str] = Counter()

    async def act(self, ends: float) -> None:
        await asyncio.sleep(self.chance.uniform(0, self.pause))
        while time.monotonic() < ends:
            said = words(self.chance)
            answer = await self.ask("search", "search", q=said, limit=80, explain="true")
            hits = answer.json()["hits"] if answer else []
            await asyncio.gather(*(self.ask("thumbnail", hit["thumbnail"]) for hit in hits[:PICTURES]))
            await asyncio.sleep(self.pause * self.chance.uniform(0.5, 1.5))
            for kind, share, address, asked in (
                ("picture", 0.6, f"pictures/{self.chance.choice(hits)['id']}" if hits else "status", {}),
                ("facets", 0.2, "facets", {"q": said}),
                ("timeline", 0.2, "timeline", {"q": said if self.chance.random() < 0.5 else ""}),
            ):
                if self.chance.random() < share:
                    await self.ask(kind, address, **asked)
                    await asyncio.sleep(self.pause * self.chance.uniform(0.5, 1.5))

    async def ask(self, kind: str, address: str, **asked: object) -> httpx.Response | None:
        started = time.perf_counter()
        try:
            place = address if address.startswith("/") else f"/api/v1/{address}"
            answer = await self.http.get(f"{place}?{urlencode(asked)}" if asked else place)
        except httpx.TransportError as error:
            self.failed[f"{kind}: {type(error).__name__}"] += 1
            return None
        self.took[kind].append(1000 * (time.perf_counter() - started))
        if answer.status_code != 200:
            self.failed[f"{kind}: {answer.status_code}"] += 1
            return None
        return answer


async def crowd(address: str, clients: int, seconds: float, pause: float) -> dict[str, object]:
    """Let them all act; their times and failures together."""
    limits = httpx.Limits(max_connections=6, max_keepalive_connections=6)  # as a browser
    people = [Client(httpx.AsyncClient(base_url=address, limits=limits, timeout=60), n, pause) for n in range(clients)]
    ends = time.monotonic() + seconds
    await asyncio.gather(*(one.act(ends) for one in people))
    took, failed = defaultdict(list), Counter()
    for one in people:
        await one.http.aclose()
        failed.update(one.failed)
        for kind, times in one.took.items():
            took[kind] += times
    return {"took": took, "failed": failed}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("address")
    ask.add_argument("--clients", type=int, default=50)
    ask.add_argument("--seconds", type=float, default=60)
    ask.add_argument("--pause", type=float, default=1.0, help="seconds that each looks at what came, about")
    given = ask.parse_args()
    print(json.dumps(asyncio.run(crowd(given.address, given.clients, given.seconds, given.pause))))


if __name__ == "__main__":
    main()
