"""Long work in the background, one piece at a time: queued, watched, paused, resumed, cancelled, and kept across a restart.

Nothing here knows what the work is (`web.works` does). All of it may be stopped at any step and goes on where it was when
it is started again, so pausing is stopping: a paused job holds neither the library's lock nor a model's memory.
"""

from __future__ import annotations

import logging
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from indexer.errors import LibraryBusy
from indexer.indexer import utc_now
from indexer.lock import going_on, writing
from vlm import ImsearchError, UsageError
from web.api.errors import WorkedElsewhere
from web.job import ENDED, Job, State, orphaned, read, write

# How many jobs are remembered.
KEPT = 50
# How far they are is written down so often: what a server that dies forgets, and another one over the library shows.
KEPT_SECONDS = 5.0
# While another process writes the library, or works its jobs, it is asked again so often whether it is done.
BUSY_SECONDS = 2.0
# A job whose server died in the midst of it so often is not begun again by itself.
MOST_TRIES = 3
GIVEN_UP = (
    f"The server ended {MOST_TRIES} times in the midst of this: a file or a model may crash it, or memory may not suffice. "
    "Its terminal may say more. Close other programs or take a smaller model, then start it again."
)
# How long a server that is being stopped waits for the present step; what is not done is done again next time.
CLOSING_SECONDS = 10.0

# As the reader's own process (vlm.models.rapidocr_worker).
BEHIND = 10
# How long those wait who need the library for a moment while a job runs: one step of a slow model.
ASIDE_SECONDS = 30.0

log = logging.getLogger("imsearch.web")


class Stopped(BaseException):
    """Raised out of the work when its job was paused or cancelled; not an Exception: nothing may take it for a failure."""


Step = Callable[[str, int, int | None, int, str], None]
"""Told of each step: stage, done, total, failed, path. Raises Stopped."""


@dataclass(slots=True)
class Told:
    """How work speaks to its job."""

    step: Step
    note: Callable[[str], None]
    earlier: Any
    """What had come of it in the runs before this one; None the first time."""
    keep: Callable[[Any], None]
    """Told what has come of it so far, those runs included: its result until it ends."""


Work = Callable[[Mapping[str, Any], Told], Any]
"""Does what was asked; returns what came of it, for JSON."""


@dataclass(slots=True)
class _Run:
    """What the present run of a job needs to know of its stage."""

    stage: str = ""
    began: float = 0.0
    first: int = 0
    wish: State | None = None


class Jobs:
    """The jobs of the library in a folder, where they are kept across restarts. `works` are their kinds.

    One server at a time works them, and it alone writes their file; another one shows what stands there meanwhile.
    """

    def __init__(self, works: Mapping[str, Work], library: Path) -> None:
        self._works = works
        self._library = library
        self._file = library / "jobs.json"
        self._changed = threading.Condition()
        self._asides = 0
        self._jobs: dict[int, Job] = {}
        self._queue: list[int] = []
        self._runs: dict[int, _Run] = {}
        self._settled = threading.Event()
        self._elsewhere = ""
        self._kept_at = 0.0
        self._closing = False

    # -- what may be asked -----------------------------------------------------------------------------------------

    def all(self) -> list[Job]:
        """Every job that is remembered, the newest first."""
        with self._changed:
            return sorted(self._jobs.values(), key=lambda job: -job.id)

    def get(self, job_id: int) -> Job | None:
        """One job as it stands."""
        with self._changed:
            return self._jobs.get(job_id)

    def start(self, kind: str, asked: Mapping[str, Any]) -> Job:
        """Put work into the queue. What is asked for already and has not ended is that job. Raises WorkedElsewhere, as all that follow."""
        with self._changed:
            self._must_be_ours()
            for job in self._jobs.values():
                if (job.kind, job.asked) == (kind, asked) and job.state not in ENDED:
                    return job if job.state in ("queued", "running") and not job.stopping else self._enqueue(job)
            number = max(self._jobs, default=0) + 1
            return self._enqueue(Job(number, kind, dict(asked), created_at=utc_now()))

    def pause(self, job_id: int) -> Job:
        """Stop at the next step, to be resumed. Raises UsageError."""
        return self._stop(job_id, "paused", ("queued", "running"))

    def cancel(self, job_id: int) -> Job:
        """Stop at the next step and leave it at that: what is done stays done. Raises UsageError."""
        return self._stop(job_id, "cancelled", ("queued", "running", "paused", "interrupted"))

    def resume(self, job_id: int) -> Job:
        """Go on, behind what waits already; also with what failed. Raises UsageError."""
        with self._changed:
            job = self._known(job_id, ("paused", "interrupted", "failed", "cancelled", "running"))
            if job.state == "running" and not job.stopping:
                raise UsageError(f"Job {job_id} is running.")
            return self._enqueue(job)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """For a moment no job writes the library: the running one stops at its next step and goes on afterwards.

        Raises LibraryBusy when that takes too long, or another program writes.
        """
        with self._changed:
            self._asides += 1
            for job_id, run in self._runs.items():
                if self._jobs[job_id].state == "running" and run.wish is None:
                    run.wish = "queued"
            self._changed.notify_all()
        try:
            with writing(self._library, ASIDE_SECONDS):
                pass  # it has stopped, and none begins before this ends
            yield
        finally:
            with self._changed:
                self._asides -= 1
                self._changed.notify_all()

    @contextmanager
    def going_on(self, wanted: Sequence[tuple[str, Mapping[str, Any]]] = ()) -> Iterator[None]:
        """While the server lives: what is `wanted` (kind, asked) of it is done, then what an earlier server was at or had
        waiting, in that order; once no other server works the library's jobs.

        What has not ended when this ends is `interrupted`, and the next server, or one that waits, goes on with it.
        """
        worker = threading.Thread(target=self._serve, args=(wanted,), name="jobs", daemon=True)
        worker.start()
        self._settled.wait()
        try:
            yield
        finally:
            with self._changed:
                self._closing = True
                for job_id in self._runs:
                    if self._jobs[job_id].state == "running":  # it is stopped, it does not end the server
                        self._set(job_id, tries=0)
                        self._keep()
                self._changed.notify_all()
            worker.join(CLOSING_SECONDS)

    # -- the queue -------------------------------------------------------------------------------------------------

    def _must_be_ours(self) -> None:
        if self._elsewhere:
            raise WorkedElsewhere(self._elsewhere)

    def _known(self, job_id: int, states: tuple[State, ...]) -> Job:
        self._must_be_ours()
        job = self._jobs.get(job_id)
        if job is None:
            raise UsageError(f"There is no job {job_id}.")
        if job.state not in states:
            raise UsageError(f"Job {job_id} is {job.state}.")
        return job

    def _enqueue(self, job: Job, first: bool = False) -> Job:
        run = self._runs.setdefault(job.id, _Run())
        if job.state == "running":  # it was about to stop
            run.wish = "queued"
            return self._set(job.id, stopping=False, note="It goes on.")
        self._queue.insert(0 if first else len(self._queue), job.id)
        self._jobs[job.id] = replace(job, state="queued", stopping=False, note="", problem="", ended_at=None)
        self._keep()
        self._changed.notify_all()
        return self._jobs[job.id]

    def _stop(self, job_id: int, state: State, states: tuple[State, ...]) -> Job:
        with self._changed:
            job = self._known(job_id, states)
            if job.state == "running":
                self._runs[job_id].wish = state
                made = self._set(job_id, stopping=True)
                self._keep()  # a server killed before the next step must not forget it
                return made
            if job_id in self._queue:
                self._queue.remove(job_id)
            if state in ENDED:
                self._runs.pop(job_id, None)
            made = self._set(job_id, state=state, ended_at=utc_now() if state in ENDED else None)
            self._keep()
            return made

    def _set(self, job_id: int, **what: Any) -> Job:
        with self._changed:
            self._jobs[job_id] = replace(self._jobs[job_id], **what)
            self._changed.notify_all()
            return self._jobs[job_id]

    # -- the one thread that works ---------------------------------------------------------------------------------

    def _serve(self, wanted: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        _step_back()
        while not self._closing:
            with ExitStack() as held:
                held.callback(self._settled.set)  # whatever goes wrong here, the server serves
                try:
                    held.enter_context(going_on(self._library))
                except LibraryBusy as busy:
                    self._look_on(str(busy))
                    continue
                except OSError as why:  # on a disk that cannot be written
                    log.info("No job of an earlier server goes on: %s", why)
                    self._take_over(wanted, ())
                else:
                    self._take_over(wanted, ("interrupted",))
                self._work()

    def _look_on(self, why: str) -> None:
        """Show for a while what another server does, and that it is the one."""
        with self._changed:
            if not self._elsewhere:
                log.warning("%s", why)
            self._elsewhere = why
            self._jobs = {job.id: replace(job, elsewhere=why) for job in read(self._file).values()}
            self._settled.set()
            self._changed.wait_for(lambda: self._closing, BUSY_SECONDS)

    def _take_over(self, wanted: Sequence[tuple[str, Mapping[str, Any]]], states: tuple[State, ...]) -> None:
        """Go on with what is in these states, but not with what ends the server again and again, also where it is `wanted`."""
        with self._changed:
            self._elsewhere = ""
            kept = read(self._file)
            self._jobs = {job.id: orphaned(job) for job in kept.values()}
            for job in [job for job in self._jobs.values() if job.state == "interrupted" and job.tries >= MOST_TRIES]:
                self._set(job.id, state="failed", problem=GIVEN_UP, ended_at=utc_now())
            for kind, asked in wanted:
                same = [job for job in self._jobs.values() if (job.kind, job.asked) == (kind, asked)]
                if not same or max(same, key=lambda job: job.id).tries < MOST_TRIES:
                    self.start(kind, asked)
            for job in [job for job in self._jobs.values() if job.state in states]:
                self._enqueue(job)
            if self._jobs != kept:
                self._keep()
            self._settled.set()

    def _work(self) -> None:
        while True:
            with self._changed:
                while (self._asides or not self._queue) and not self._closing:
                    self._changed.wait()
                if self._closing:
                    return
                job = self._jobs[self._queue.pop(0)]
                self._runs[job.id].wish = None
                self._set(job.id, state="running", started_at=job.started_at or utc_now(), tries=job.tries + 1)
                self._keep()
            try:
                ended = self._run(job)
            except Stopped:
                ended = {}
            with self._changed:
                wish = self._runs[job.id].wish
                state: State = ended.get("state") or wish or "interrupted"
                if state in ENDED:
                    ended["ended_at"] = utc_now()
                    self._runs.pop(job.id)
                now = self._set(
                    job.id, **{**ended, "state": state, "stopping": False, "seconds_left": None, "tries": 0}
                )
                if state == "queued":
                    self._enqueue(now, first=True)
                self._keep()

    def _run(self, job: Job) -> dict[str, Any]:
        """How it ended. Raises Stopped."""
        told = Told(
            lambda stage, done, total, failed, path: self._step(job.id, stage, done, total, failed, path),
            lambda note: self._note(job.id, note),
            job.result,
            lambda result: self._came(job.id, result),
        )
        while True:
            try:
                return {"state": "done", "result": self._works[job.kind](job.asked, told), "note": "", "path": ""}
            except LibraryBusy as busy:
                self._note(job.id, str(busy))
                with self._changed:
                    self._changed.wait(BUSY_SECONDS)
                self._note(job.id, "")
            except ImsearchError as error:
                return {"state": "failed", "problem": str(error)}
            except Stopped:
                raise
            except BaseException:  # also what is no Exception, as panics of Rust: who watches must hear of it
                log.exception("Job %d (%s) failed.", job.id, job.kind)
                return {"state": "failed", "problem": "Something went wrong inside imsearch; its terminal says what."}

    def _note(self, job_id: int, note: str) -> None:
        self._heed(job_id)
        self._set(job_id, note=note)

    def _came(self, job_id: int, result: Any) -> None:
        self._set(job_id, result=result)

    def _heed(self, job_id: int) -> None:
        if self._closing or self._runs[job_id].wish:
            raise Stopped

    def _step(self, job_id: int, stage: str, done: int, total: int | None, failed: int, path: str) -> None:
        run, now = self._runs[job_id], time.monotonic()
        if stage != run.stage:
            run.stage, run.began, run.first = stage, now, done
        elif done > run.first and total is not None:
            left = (total - done) * (now - run.began) / (done - run.first)
            self._set(job_id, seconds_left=round(left, 1))
        self._set(job_id, stage=stage, done=done, total=total, failed=failed, path=path, note="")
        if now - self._kept_at > KEPT_SECONDS:
            self._keep()
        self._heed(job_id)

    def _keep(self) -> None:
        """Write down what a restart needs, the queue in its order behind the rest. A library on a read-only disk has jobs all the same."""
        with self._changed:
            for number in sorted(self._jobs)[:-KEPT]:
                if self._jobs[number].state in ENDED:
                    del self._jobs[number]
            jobs = sorted(self._jobs.values(), key=lambda job: job.id in self._queue and self._queue.index(job.id) + 1)
            try:
                write(self._file, jobs)
                self._kept_at = time.monotonic()
            except OSError as error:
                if self._kept_at < math.inf:
                    log.warning("Jobs cannot be kept in %s: %s", self._file, error)
                self._kept_at = math.inf  # said once, and not tried at every step


def _step_back() -> None:
    """This thread, and those that it begins, take what searches leave of the processors; where a thread can say so."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
