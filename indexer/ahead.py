"""Work done ahead of its consumer, in a bounded window, so that the model never waits and memory stays flat."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def ahead(make: Callable[[Item], Made], items: Iterable[Item], threads: int, window: int) -> Iterator[Made]:
    """`make(item)` for each item, in order, at most `window` of them begun and not yet taken.

    Closing the generator drops what has not begun. What `make` raises is raised to the taker.
    """
    with ThreadPoolExecutor(threads, thread_name_prefix="ahead") as pool:
        begun: deque[Future[Made]] = deque()
        try:
            for item in items:
                begun.append(pool.submit(make, item))
                if len(begun) >= window:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for future in begun:
                future.cancel()
