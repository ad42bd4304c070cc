"""Whether it lives, whether it can search yet, and what the library holds."""

from __future__ import annotations

import logging
import threading
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from search import Library
from vlm import ImsearchError

LOADING = "The model and the index are being loaded; it can search in a moment."

log = logging.getLogger("imsearch.web")


class Warming:
    """Loads what the first search would wait for, in a thread of its own."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._done = threading.Event()
        self.failure = ""

    def start(self) -> None:
        """Begin; returns at once."""
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


def router(library: Library, warming: Warming) -> APIRouter:
    """`/health`, `/ready` and `/status` over one library."""
    made = APIRouter(tags=["health"])

    @made.get("/health")
    def health() -> dict[str, bool]:
        """200 as long as the process answers."""
        return {"alive": True}

    @made.get("/ready")
    def ready() -> JSONResponse:
        """200 once it can search, 503 before."""
        if warming.done:
            return JSONResponse({"ready": True})
        said: dict[str, Any] = {"ready": False, "detail": warming.failure or LOADING}
        return JSONResponse(said, 503, {"Retry-After": "1"})

    @made.get("/status")
    def status() -> dict[str, object]:
        """What the library holds: counts, roots and model."""
        return library.status()

    return made
