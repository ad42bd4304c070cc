"""A piece of long work as it stands, and the file in which a library's are kept across restarts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from indexer.files import write_whole

State = Literal["queued", "running", "paused", "interrupted", "done", "failed", "cancelled"]
"""`interrupted`: the server stopped meanwhile; the next one goes on where it was."""
ENDED: tuple[State, ...] = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work as it stands. `seconds_left` is a guess from this stage's rate so far; `failed` counts pictures.
    After a pause `done` and `total` count what was left then.

    `note` says what it waits for; `problem` why it failed; `result` is what came of it, in all its runs; `elsewhere` who works
    it, where that is another server. `tries` counts runs that were begun since one came to an end. Times are UTC, ISO 8601.
    """

    id: int
    kind: str
    asked: Mapping[str, Any]
    state: State = "queued"
    stopping: bool = False
    stage: str = ""
    done: int = 0
    total: int | None = None
    failed: int = 0
    path: str = ""
    seconds_left: float | None = None
    note: str = ""
    problem: str = ""
    result: Any = None
    created_at: str = ""
    started_at: str | None = None
    ended_at: str | None = None
    tries: int = 0
    elsewhere: str = ""


def read(file: Path) -> dict[int, Job]:
    """The jobs by their number, as they were written. The file is a convenience: one that cannot be read is begun anew."""
    try:
        jobs = [Job(**one) for one in json.loads(file.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return {}
    return {job.id: job for job in jobs}


def write(file: Path, jobs: Iterable[Job]) -> None:
    """Keep them, in this order. Raises OSError."""
    write_whole(file, json.dumps([asdict(job) for job in jobs]).encode())


def orphaned(job: Job) -> Job:
    """What has become of it when its server is gone."""
    if job.state not in ("queued", "running"):
        return job
    return replace(job, state="paused" if job.stopping else "interrupted", stopping=False, note="", seconds_left=None)
