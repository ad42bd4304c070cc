"""The library's models and the switch between them; and those that write, caption, answer or find things."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import BaseModel, Field

from search import Library
from vlm.choices import CHOICES, on_this_machine
from web.api.bodies import Body
from web.api.jobs import JobOut, Spec, job_out
from web.jobs import Jobs
from web.offered import Offered
from web.scopes import needs


class HeldOut(BaseModel):
    """A model that the library holds vectors of: of how many pictures, and their bytes with its index."""

    spec: str
    revision: str
    dim: int
    pictures: int
    bytes: int
    in_use: bool
    previous: bool


class ChoiceOut(BaseModel):
    """A named embedder: how often (percent) a caption finds its picture first, as published; whether it is `here`, so that
    it can be used without a network (else: imsearch models get NAME)."""

    name: str
    spec: str
    here: bool
    megabytes: int
    coco: float | None
    flickr: float | None
    languages: str
    licence: str


class OfferedOut(BaseModel):
    """A model that callers may name, for these tasks; `problem` is why it cannot be used now."""

    spec: str
    tasks: list[str]
    problem: str


class ModelsOut(BaseModel):
    """`held` and `choices` are what pictures are searched by; `offered` write, answer and find things."""

    pictures: int
    held: list[HeldOut]
    choices: list[ChoiceOut]
    offered: list[OfferedOut]


class ModelIn(Body):
    """A model by its spec or short name."""

    spec: Spec = Field(examples=["ViT-B-32-SigLIP2-256"])


class SwitchedOut(BaseModel):
    """The model in use now, the one before, and how many pictures lack a vector of it (found by words alone)."""

    model: str
    revision: str
    previous: str
    pictures: int
    lacking: int


class DroppedOut(BaseModel):
    """What was dropped, and whether the disk has its room back."""

    dropped: list[HeldOut]
    disk: bool


def router(library: Library, jobs: Jobs, offered: Offered) -> APIRouter:
    """`/models` over one library."""
    made = APIRouter(prefix="/models", tags=["models"])

    @made.get("", openapi_extra=needs("read"))
    def models() -> ModelsOut:
        """Which models there are, what each does, and which one is in use."""
        return ModelsOut(
            pictures=int(str(library.status()["pictures"])),
            held=[HeldOut(**asdict(one)) for one in library.models.held()],
            choices=[
                ChoiceOut(**{name: getattr(one, name) for name in ChoiceOut.model_fields if name != "here"},
                          here=on_this_machine(one))
                for one in CHOICES
            ],
            offered=[OfferedOut(spec=one.spec, tasks=list(one.tasks), problem=one.problem) for one in offered.all()],
        )  # fmt: skip

    @made.post("/switch", status_code=202, openapi_extra=needs("admin"))
    def switch(asked: ModelIn) -> JobOut:
        """Search by this model from then on: a job makes its vectors beside those in use, which are searched meanwhile."""
        return job_out(library, jobs.start("model", {"spec": offered.usable(asked.spec)}))

    @made.post("/back", openapi_extra=needs("admin"))
    def back() -> SwitchedOut:
        """Go back to the model that was in use before, at once; done again, it comes back to this one."""
        with jobs.aside():
            told = library.models.roll_back()
        library.follow_the_model()
        return SwitchedOut(**{name: getattr(told, name) for name in SwitchedOut.model_fields})

    @made.post("/drop", openapi_extra=needs("admin"))
    def drop(asked: ModelIn) -> DroppedOut:
        """Forget the vectors of a model that is not in use."""
        with jobs.aside():
            dropped, shrunk = library.models.drop(asked.spec)
        return DroppedOut(dropped=[HeldOut(**asdict(one)) for one in dropped], disk=shrunk)

    return made
