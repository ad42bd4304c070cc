"""What a model sees in a picture that is sent: words, things, a caption, which of some labels it is. It is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import anyio
from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel

from indexer.errors import PictureError
from search.looking import line_json, object_json
from vlm import Annotation, Annotator
from vlm.errors import PictureRefused
from vlm.tasks.asked import NoUse
from vlm.tasks.caption import Captions, Style, Wanted
from vlm.tasks.classify import by_model, by_vectors, checked
from vlm.tasks.detect import Detect
from vlm.tasks.ocr import Ocr
from web.offered import Offered
from web.scopes import needs
from web.uploading import Uploading

# Those who wait for a model take no threads from searches.
LOOKED_AT_ONCE = 2

T = TypeVar("T")
Picture = Annotated[UploadFile, File()]
Spec = Annotated[str | None, Form(max_length=500)]
Labels = Annotated[str, Form(max_length=5_000)]


class LineOut(BaseModel):
    """A line of text; `polygon` is its corners, in pixels of the upright picture."""

    text: str
    score: float
    polygon: list[list[float]]


class ObjectOut(BaseModel):
    """A thing; `box_xyxy` in pixels of the upright picture."""

    label: str
    score: float
    box_xyxy: list[float]


class LookOut(BaseModel):
    """Which model looked, and the size of the upright picture."""

    model: str
    width: int
    height: int


class ReadOut(LookOut):
    """Words in reading order, one line a row."""

    text: str
    lines: list[LineOut]


class DetectedOut(LookOut):
    """Things, surest first."""

    objects: list[ObjectOut]


class CaptionOut(LookOut):
    """What it shows."""

    text: str


class LabelOut(BaseModel):
    """A label and its chance, 0 to 1."""

    label: str
    chance: float


class ClassifiedOut(LookOut):
    """Likeliest first."""

    labels: list[LabelOut]


def router(offered: Offered, uploading: Uploading) -> APIRouter:
    """`/look`: a form with `picture` and, if wanted, `model`, one that GET /models offers for the task."""
    made = APIRouter(prefix="/look", tags=["looking"])
    at_once = anyio.CapacityLimiter(LOOKED_AT_ONCE)

    async def alone(look: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(look, limiter=at_once)

    def seen(picture: UploadFile, by: Annotator) -> tuple[Annotation, dict[str, Any]]:
        """What it says, in pixels of the whole picture. Raises PictureError, TooBig, ModelError."""
        found = uploading.read(picture.file, picture.filename, by.picture_side * 3 // 4)
        try:
            said = by.annotate([found.picture])[0]
        except PictureRefused as error:
            raise PictureError(str(error), "") from None
        if said.problem:
            raise PictureError(f"{by.spec} says nothing of use of it: {said.problem}", "")
        whole = said.scaled(found.width / found.picture.width, found.height / found.picture.height)
        return whole, {"model": by.spec, "width": found.width, "height": found.height}

    @made.post("/ocr", openapi_extra=needs("read"))
    async def ocr(picture: Picture, model: Spec = None) -> ReadOut:
        """The words in a picture, line by line."""

        def look() -> ReadOut:
            said, by = seen(picture, Ocr(offered.for_task("ocr", model)))
            return ReadOut(**by, text=said.text, lines=[LineOut(**line_json(line)) for line in said.lines])

        return await alone(look)

    @made.post("/detect", openapi_extra=needs("read"))
    async def detect(
        picture: Picture,
        model: Spec = None,
        labels: Labels = "",
        least: Annotated[float | None, Form(ge=0, le=1)] = None,
    ) -> DetectedOut:
        """The things in a picture, with boxes; of `labels` (commas between them) only, where there are some."""

        def look() -> DetectedOut:
            said, by = seen(picture, Detect(offered.for_task("detect", model), _listed(labels), least))
            return DetectedOut(**by, objects=[ObjectOut(**object_json(one)) for one in said.objects])

        return await alone(look)

    @made.post("/caption", openapi_extra=needs("read"))
    async def caption(
        picture: Picture, model: Spec = None, style: Annotated[Style, Form()] = "short",
        language: Annotated[str, Form(min_length=1, max_length=35)] = "en",
    ) -> CaptionOut:  # fmt: skip
        """What a picture shows, in a sentence or more."""

        def look() -> CaptionOut:
            by = Captions(offered.for_task("caption", model), Wanted(style, language=language))
            said, about = seen(picture, by)
            return CaptionOut(**about, text=said.caption)

        return await alone(look)

    @made.post("/classify", openapi_extra=needs("read"))
    async def classify(picture: Picture, labels: Labels, model: Spec = None) -> ClassifiedOut:
        """Which of some labels (commas between them) a picture is, with the chance of each."""

        def look() -> ClassifiedOut:
            asked = checked(_listed(labels))
            by = offered.for_task("classify", model)
            found = uploading.read(picture.file, picture.filename, by.picture_side)
            embeds = hasattr(type(by), "embed_texts")
            chances = (by_vectors if embeds else by_model)(by, [found.picture], asked)[0]
            if isinstance(chances, NoUse):
                raise PictureError(f"{by.spec} chooses none of the labels: {chances.problem}", "")
            made = [LabelOut(label=one.word, chance=one.chance) for one in chances]
            return ClassifiedOut(model=by.spec, width=found.width, height=found.height, labels=made)

        return await alone(look)

    return made


def _listed(labels: str) -> list[str]:
    return [label.strip() for label in labels.split(",") if label.strip()]
