"""Long work: indexing, annotating, looking for duplicates. Started, watched, paused, resumed, cancelled."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse, ServerSentEvent

from indexer.paths import printable
from indexer.records import Choice, Failure
from search import Library
from search.annotators import Tasks
from vlm import UsageError
from vlm.tasks.caption import Style
from web.api.asked import MOST_CHARACTERS, query_of
from web.api.bodies import Body
from web.api.errors import NotAllowed, NotThere
from web.events import sent
from web.job import ENDED, Job, State
from web.jobs import Jobs
from web.offered import Offered
from web.scopes import needs

# Jobs are looked at so often for who watches them; people see no finer steps.
EVERY_SECONDS = 0.25
# Of the pictures that failed in a job, so many are told with their reasons; /failures has all.
MOST_PROBLEMS = 5

Spec = Annotated[str, Field(min_length=1, max_length=500)]
Path = Annotated[str, Field(min_length=1, max_length=4096)]
Globs = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=300)], ...], Field(max_length=100)]
Words = Annotated[str, Field(max_length=MOST_CHARACTERS)]


class IndexIn(Body):
    """Look at folders that the library holds already (none named: all of them) for what is new or changed."""

    kind: Literal["index"]
    folders: Annotated[tuple[Path, ...], Field(max_length=100)] = ()
    ocr: bool = True
    retry: bool = False


class AnnotateIn(Body):
    """Have models write about pictures: a spec for each task that is wanted, of those that GET /models offers.

    With a `query` only about what matches it, best first; `anew` asks again of what was seen, `retry` of what failed;
    `tags` has the library's own model name what it sees.
    """

    kind: Literal["annotate"]
    ocr: Spec | None = None
    detect: Spec | None = None
    labels: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], Field(max_length=200)] = ()
    least: Annotated[float, Field(ge=0, le=1)] | None = None
    describe: Spec | None = None
    caption: Spec | None = None
    style: Style = "short"
    language: Annotated[str, Field(min_length=1, max_length=35)] = "en"
    moderate: Spec | None = None
    tags: bool = False
    query: Words | None = None
    anew: bool = False
    retry: bool = False


class DuplicatesIn(Body):
    """Look for pictures that are there more than once; GET /duplicates then answers at once."""

    kind: Literal["duplicates"]


class FailureOut(BaseModel):
    """A file that could not be used: when indexed (`stage` index), or by a `model` in a task of the second pass."""

    path: str
    name: str
    stage: str
    reason: str
    remedy: str
    seen_at: str
    model: str


class JobOut(BaseModel):
    """A job as it stands; see docs/api.md."""

    id: int
    kind: str
    asked: dict[str, Any]
    state: State
    stopping: bool
    stage: str
    done: int
    total: int | None
    failed: int
    path: str
    seconds_left: float | None
    note: str
    problem: str
    problems: list[FailureOut]
    elsewhere: str
    result: Any
    created_at: str
    started_at: str | None
    ended_at: str | None


JobIn = Annotated[IndexIn | AnnotateIn | DuplicatesIn, Field(discriminator="kind")]


def router(library: Library, jobs: Jobs, offered: Offered) -> APIRouter:
    """`/jobs` over one library."""
    made = APIRouter(tags=["jobs"])

    def told(job: Job) -> JobOut:
        return job_out(library, job)

    def may_steer(job_id: int, request: Request) -> None:
        """What only an admin may begin, only an admin may go on with or stop. Raises NotThere, NotAllowed."""
        asked = known(job_id).asked
        folders = set(asked.get("folders", ())) - set(library.store.catalog.roots.paths().values())
        if (folders or asked.get("choice") or "spec" in asked) and not request.scope["visitor"].may("admin"):
            raise NotAllowed(f"Job {job_id} was begun by an admin; this needs a token that may admin.")

    def known(job_id: int) -> Job:
        job = jobs.get(job_id)
        if job is None:
            raise NotThere(f"There is no job {job_id}.")
        return job

    @made.get("/jobs", openapi_extra=needs("read"))
    def all_jobs() -> list[JobOut]:
        """The jobs that are remembered, the newest first."""
        return [told(job) for job in jobs.all()]

    @made.post("/jobs", status_code=202, openapi_extra=needs("write"))
    def start(asked: JobIn) -> JobOut:
        """Put work into the queue; one job runs at a time. What is asked for already, and has not ended, is that job."""
        if isinstance(asked, IndexIn):
            _must_be_known(library, asked.folders)
            return told(jobs.start("index", to_index(asked.folders, asked.ocr, asked.retry)))
        if isinstance(asked, AnnotateIn):
            return told(start_annotate(jobs, offered, asked))
        return told(jobs.start("duplicates", {}))

    @made.get("/jobs/events", response_class=EventSourceResponse, openapi_extra=needs("read"))
    async def all_events() -> EventSourceResponse:
        """Server-sent events: a `job` with each job, and again whenever one changes. Never ends."""
        return sent(partial(_events, jobs.all, told, lambda: False))

    @made.get("/jobs/{job_id}", openapi_extra=needs("read"))
    def one_job(job_id: int) -> JobOut:
        """One job as it stands."""
        return told(known(job_id))

    @made.get("/jobs/{job_id}/events", response_class=EventSourceResponse, openapi_extra=needs("read"))
    async def events(job_id: int) -> EventSourceResponse:
        """Server-sent events: a `job` at each step, until it is done, failed or cancelled; then `end`."""
        known(job_id)
        return sent(partial(_events, lambda: [known(job_id)], told, lambda: known(job_id).state in ENDED))

    @made.post("/jobs/{job_id}/pause", openapi_extra=needs("write"))
    def pause(job_id: int, request: Request) -> JobOut:
        """Stop at the next step; nothing is lost."""
        may_steer(job_id, request)
        return told(jobs.pause(job_id))

    @made.post("/jobs/{job_id}/resume", openapi_extra=needs("write"))
    def resume(job_id: int, request: Request) -> JobOut:
        """Go on where it was: after a pause, a stop of the server, a failure."""
        may_steer(job_id, request)
        return told(jobs.resume(job_id))

    @made.post("/jobs/{job_id}/cancel", openapi_extra=needs("write"))
    def cancel(job_id: int, request: Request) -> JobOut:
        """Stop at the next step and leave it at that; what is done stays done."""
        may_steer(job_id, request)
        return told(jobs.cancel(job_id))

    return made


def to_index(
    folders: tuple[str, ...], ocr: bool = True, retry: bool = False, choice: Choice | None = None
) -> dict[str, Any]:
    """What a job of the kind `index` is asked: these folders; without any, all that the library holds."""
    kept = None if choice is None else json.loads(json.dumps(asdict(choice)))
    return {"folders": list(folders), "ocr": ocr, "retry": retry, "choice": kept}


def start_annotate(jobs: Jobs, offered: Offered, asked: AnnotateIn) -> Job:
    """A job that annotates. Raises UsageError for a model that is not offered or does not do the task, and QueryError."""
    tasks = Tasks(
        asked.ocr, asked.detect, asked.labels, asked.least, asked.describe, asked.caption, asked.style, asked.language,
        asked.moderate,
    )  # fmt: skip
    if not tasks.specs and not asked.tags:
        raise UsageError('Say what to write and by which model, e.g. {"ocr": "rapidocr"} or {"tags": true}.')
    for task in ("ocr", "detect", "describe", "caption", "moderate"):
        if (spec := getattr(tasks, task)) is not None:
            offered.for_task(task, spec)
    query = None if asked.query is None else str(query_of(asked.query))
    kept = json.loads(json.dumps(asdict(tasks)))
    return jobs.start(
        "annotate", {"tasks": kept, "query": query, "tags": asked.tags, "anew": asked.anew, "retry": asked.retry}
    )


def job_out(library: Library, job: Job) -> JobOut:
    """A job as it is sent, with the reasons of what failed last."""
    problems = (
        failures_out(library.store.catalog.failures.all(job.started_at or "", MOST_PROBLEMS)) if job.failed else []
    )
    return JobOut(**asdict(job), problems=problems)


def failures_out(failures: Sequence[Failure]) -> list[FailureOut]:
    """As they are sent."""
    return [FailureOut(**asdict(one), name=printable(one.path.rpartition("/")[2])) for one in failures]


def _must_be_known(library: Library, folders: tuple[str, ...]) -> None:
    known = library.store.catalog.roots.paths().values()
    for folder in folders:
        if folder not in known:
            raise UsageError(f"{folder} is no folder of this library; add it with: POST /api/v1/folders")


async def _events(
    look: Callable[[], list[Job]], told: Callable[[Job], JobOut], ended: Callable[[], bool], stopping: anyio.Event
) -> AsyncIterator[ServerSentEvent]:
    seen: dict[int, Job] = {}
    while not stopping.is_set():
        over = ended()
        for job in reversed(look()):
            if seen.get(job.id) != job:
                seen[job.id] = job
                now = await anyio.to_thread.run_sync(told, job)
                yield ServerSentEvent(now.model_dump_json(), event="job")
        if over:
            yield ServerSentEvent("{}", event="end")
            return
        with anyio.move_on_after(EVERY_SECONDS):
            await stopping.wait()
