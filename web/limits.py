"""How much may be asked at once and in a time: of all, and of each visitor."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from web.api.errors import Busy, TooMany

# Answered side by side; a browser asks for six things at once. More wait for their turn, as long as a person would.
MOST_AT_ONCE = 200
PATIENCE_SECONDS = 20.0
# A page scrolled fast asks for some hundred thumbnails a second.
ASKED = (200.0, 2_000)
# What is sent (an upload, an edit) costs far more than what is asked for.
SENT = (10.0, 100)
# Tokens have 256 bits, so this only keeps the noise down. A person mistypes a few times.
WRONG = (0.2, 10)
# So many visitors are remembered; the one that was silent for longest is forgotten.
MOST_VISITORS = 10_000


@dataclass(slots=True)
class _Left:
    amount: float
    at: float


class Rate:
    """`a_second` in the long run for each visitor, `at_once` after a silence."""

    def __init__(self, a_second: float, at_once: int) -> None:
        self._a_second = a_second
        self._at_once = at_once
        self._left: OrderedDict[str, _Left] = OrderedDict()

    def wait(self, who: str) -> float:
        """Seconds until this visitor may ask again; 0: now."""
        left = self._of(who)
        return max(0.0, (1 - left.amount) / self._a_second)

    def count(self, who: str) -> None:
        """One more of this visitor."""
        self._of(who).amount -= 1

    def _of(self, who: str) -> _Left:
        now = time.monotonic()
        left = self._left.pop(who, None) or _Left(self._at_once, now)
        left.amount = min(self._at_once, left.amount + (now - left.at) * self._a_second)
        left.at = now
        self._left[who] = left
        while len(self._left) > MOST_VISITORS:
            self._left.popitem(last=False)
        return left


class Limits:
    """The limits of one server; used from its event loop alone."""

    def __init__(self) -> None:
        self._asked, self._sent, self._wrong = Rate(*ASKED), Rate(*SENT), Rate(*WRONG)
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self.now = 0

    def admit(self, who: str, method: str) -> None:
        """Count a request of a visitor. Raises TooMany."""
        for rate in (self._asked,) if method in ("GET", "HEAD") else (self._asked, self._sent):
            _pass(rate, who, "Too much is asked at once; try again in a moment.")
            rate.count(who)

    def may_guess(self, client: str) -> None:
        """Raises TooMany for an address from which too many wrong tokens came."""
        _pass(self._wrong, client, "Too many wrong tokens came from your address; wait a little.")

    def guessed(self, client: str) -> None:
        """Count a wrong token from this address."""
        self._wrong.count(client)

    @asynccontextmanager
    async def one_more(self) -> AsyncIterator[None]:
        """While a request is answered, once its turn has come. Raises Busy where that takes too long."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise Busy("Too many ask at once; try again in a moment.") from None
        self.now += 1
        try:
            yield
        finally:
            self.now -= 1
            self._places.release()


def client_of(address: str) -> str:
    """The one who asks, by address. Whoever has an IPv6 address has the 2^64 of its network."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _pass(rate: Rate, who: str, sentence: str) -> None:
    wait = rate.wait(who)
    if wait > 0:
        raise TooMany(sentence, max(1, round(wait)))
