"""What could not be used, why, and trying it once more."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi import Query as Asked
from pydantic import BaseModel, Field

from search import Library
from search.library import READER
from vlm import UsageError
from web.api.bodies import Body
from web.api.jobs import AnnotateIn, FailureOut, JobOut, Spec, failures_out, job_out, start_annotate, to_index
from web.jobs import Jobs
from web.offered import Offered
from web.scopes import needs

# Tasks go by the name of their option where that differs.
_ASKED_AS: dict[str, str] = {"object": "detect"}


class FailuresOut(BaseModel):
    """How many failed in each stage by each model, and the newest of them."""

    total: int
    groups: list[dict[str, Any]]
    failures: list[FailureOut]


class RetryIn(Body):
    """What to try once more: what failed in this stage by this model; without them, the files that
    indexing could not use, whose words are then read too (`ocr`)."""

    stage: Literal["index", "ocr", "object", "describe", "caption", "moderate"] = "index"
    model: Spec | None = Field(default=None, examples=["rapidocr"])
    ocr: bool = True


def router(library: Library, jobs: Jobs, offered: Offered) -> APIRouter:
    """`/failures` over one library."""
    made = APIRouter(prefix="/failures", tags=["jobs"])

    @made.get("", openapi_extra=needs("read"))
    def failures(limit: Annotated[int, Asked(ge=1, le=10_000)] = 200) -> FailuresOut:
        """What could not be used, newest first."""
        kept = library.store.catalog.failures
        counts = kept.counts()
        groups = [{"stage": stage, "model": model, "count": n} for (stage, model), n in sorted(counts.items())]
        return FailuresOut(total=sum(counts.values()), groups=groups, failures=failures_out(kept.all(limit=limit)))

    @made.post("/retry", status_code=202, openapi_extra=needs("write"))
    def retry(asked: RetryIn) -> JobOut:
        """Try once more, as a job."""
        if asked.stage == "index" or (asked.stage, asked.model) == ("ocr", READER):
            return job_out(library, jobs.start("index", to_index((), asked.ocr, retry=True)))
        if not asked.model:
            raise UsageError(f"Say which model failed in {asked.stage}; the groups of /api/v1/failures name it.")
        task = {_ASKED_AS.get(asked.stage, asked.stage): asked.model}
        wanted = AnnotateIn.model_validate({"kind": "annotate", "retry": True, **task})
        return job_out(library, start_annotate(jobs, offered, wanted))

    return made
