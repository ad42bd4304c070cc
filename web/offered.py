"""The models that callers of the API may name. A spec can lead to any folder or server, so nobody names one from outside:
there are those that come with imsearch or lie in the hub's cache under a known name, and those that `serve` was given."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from search import Library
from search.library import READER
from vlm import Model, ModelError, UsageError
from vlm.cache import model_snapshot
from vlm.choices import CHOICES, on_this_machine, spec_of
from vlm.detectors import FIXED, OPEN
from vlm.registry import load_any
from vlm.tasks.asked import can_answer


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A spec, and what it may be asked for: ocr, detect, caption, describe, ask, classify, moderate. `problem` is why it
    cannot be used now."""

    spec: str
    tasks: tuple[str, ...]
    problem: str = ""


class Offered:
    """The models of one server, each made once and shared: each is used by one caller at a time and unloads when idle."""

    def __init__(self, library: Library, configured: Sequence[str] = ()) -> None:
        self._library = library
        self._configured = tuple(configured)
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()

    def specs(self) -> list[str]:
        """Every spec that may be named; those that were configured come first, the first one is taken where none is named."""
        here = [READER, *(["tesseract"] if shutil.which("tesseract") else [])]
        here += [spec for spec in (*FIXED, *OPEN) if model_snapshot(spec.partition(":")[2])]
        return list(dict.fromkeys([*self._configured, *here, self._library.manifest.model, "mini"]))

    def all(self) -> list[OfferedModel]:
        """Each with what it does."""
        return [self._told(spec) for spec in self.specs()]

    def model(self, spec: str) -> Any:
        """The model (or embedder) of a spec. Raises UsageError for one that is not offered, ModelUnavailable."""
        specs = self.specs()
        if spec not in specs:
            near = get_close_matches(spec, specs, 1)
            meant = f"did you mean {near[0]}?" if near else f"offered are {', '.join(specs)}."
            raise UsageError(f"{spec!r} is not offered here (imsearch serve --model SPEC adds one); {meant}")
        if spec == self._library.manifest.model:
            return self._library.embedder()
        with self._lock:
            if spec not in self._made:
                self._made[spec] = load_any(spec)
            return self._made[spec]

    def for_task(self, task: str, spec: str | None) -> Any:
        """The model for a task: the named one, else the first that does it. Raises UsageError."""
        if spec is None:
            spec = self.first(task)
            if spec is None:
                raise UsageError(f"No model for {task} is set up; start the server with: imsearch serve --model SPEC")
        elif task not in self._told(spec).tasks:
            self.model(spec)
            raise UsageError(f"{spec} does not {task}; models and their tasks are at /api/v1/models.")
        return self.model(spec)

    def first(self, task: str) -> str | None:
        """The first model that does a task; None where there is none."""
        return next((one.spec for one in self.all() if task in one.tasks), None)

    def usable(self, spec: str) -> str:
        """The spec of an embedder that lies here. Raises UsageError: nothing is downloaded, and no path is named, from outside."""
        wanted = spec_of(spec)
        here = [one.spec for one in CHOICES if on_this_machine(one)]
        here += [one.spec for one in self._library.models.held()]
        if wanted not in (*here, *self.specs()):
            known = next((one for one in CHOICES if one.spec == wanted), None)
            how = (
                f"get it with: imsearch models get {known.name}"
                if known
                else "GET /api/v1/models lists those that are."
            )
            raise UsageError(f"{spec!r} is not on this machine; {how}")
        return wanted

    def close(self) -> None:
        """Give the memory back."""
        with self._lock:
            for made in self._made.values():
                if hasattr(made, "close"):
                    made.close()

    def _told(self, spec: str) -> OfferedModel:
        try:
            return OfferedModel(spec, _tasks(self.model(spec)))
        except (ModelError, UsageError) as error:
            return OfferedModel(spec, (), str(error))


def _tasks(model: Model) -> tuple[str, ...]:
    kind = type(model)
    answers, embeds = can_answer(model), hasattr(kind, "embed_texts")
    does = {
        "ocr": hasattr(kind, "read"),
        "detect": hasattr(kind, "detect"),
        "caption": hasattr(kind, "captions") or answers,
        "describe": hasattr(kind, "replies"),
        "ask": hasattr(kind, "reply") or hasattr(kind, "answers"),
        "classify": answers or embeds or hasattr(kind, "classified"),
        "moderate": answers or embeds or hasattr(kind, "judged"),
    }
    return tuple(task for task, it_does in does.items() if it_does)
