"""How much may be asked at once and in a time: of all, and of each visitor."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from web.api.errors import Busy, TooMany

# Answered side by side, of all and of one visitor: a browser asks for six things at once, or by HTTP/2 for a hundred. More of
# all wait for their turn, as long as a person would.
MOST_AT_ONCE = 400
MOST_OF_ONE = 200
PATIENCE_SECONDS = 20.0
# So many of one visitor's are worked on until their answers begin, of the forty that the server's threads can; the others
# wait. Streams, once they have begun, take no thread.
TURNS = 10
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


@dataclass(slots=True)
class _Present:
    """What is being answered of one visitor."""

    now: int = 0
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TURNS))


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
        self._of_one: dict[str, _Present] = {}

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

    @contextmanager
    def one_more_of(self, who: str) -> Iterator[asyncio.Semaphore]:
        """While a request of this visitor is answered; who has got the semaphore may be worked on. Raises TooMany."""
        mine = self._of_one.setdefault(who, _Present())
        if mine.now >= MOST_OF_ONE:
            raise TooMany("You ask too much at once; try again in a moment.", 2)
        mine.now += 1
        try:
            yield mine.turns
        finally:
            mine.now -= 1
            if not mine.now:
                self._of_one.pop(who, None)


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
