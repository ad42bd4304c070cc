"""Whether it lives, whether it can search yet, and what the library holds."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from search import Library
from vlm import ImsearchError

log = logging.getLogger("imsearch.web")


class Warming:
    """Loads what the first search would wait for, in a thread of its own."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._done = threading.Event()
        self.failure = ""
        self._since: float | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._since = time.monotonic()
        threading.Thread(target=self._warm, name="warming", daemon=True).start()

    def _warm(self) -> None:
        try:
            self._library.warm()
            self._done.set()
            self._library.store.counts(None, ())  # the first who narrows a result would wait for this
        except ImsearchError as error:
            self.failure = str(error)
        except Exception:  # whatever it is, it must reach the one who asks whether we are ready
            log.exception("The library cannot be loaded.")
            self.failure = "The library cannot be loaded; the terminal that runs imsearch says why."

    @property
    def done(self) -> bool:
        """Whether searches are answered without waiting."""
        return self._done.is_set()

    @property
    def seconds(self) -> int:
        """For how long it has been loading."""
        return round(time.monotonic() - self._since) if self._since else 0


def router(library: Library, warming: Warming) -> APIRouter:
    """`/health`, `/ready`, `/generation` and `/status` over one library."""
    made = APIRouter(tags=["health"])

    @made.get("/health")
    def health() -> dict[str, bool]:
        """200 as long as the process answers."""
        return {"alive": True}

    @made.get("/ready")
    def ready() -> JSONResponse:
        """200 once it can search, 503 before: with `seconds` since it began to load."""
        if warming.done:
            return JSONResponse({"ready": True})
        loading = f"Model loading, {warming.seconds} s; it can search in a moment."
        said: dict[str, Any] = {"ready": False, "seconds": warming.seconds, "detail": warming.failure or loading}
        return JSONResponse(said, 503, {"Retry-After": "1"})

    @made.get("/generation")
    def generation() -> dict[str, int]:
        """Another number once pictures have come or gone: for who shows results and wants to know whether they are old."""
        store = library.store
        return {"generation": store.catalog.generation(store.model_id)}

    @made.get("/status")
    def status() -> dict[str, object]:
        """What the library holds: counts, roots and model."""
        return library.status()

    return made
