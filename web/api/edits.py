"""What a person says of pictures: one or many, with its history, and taken back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from indexer.records import Edit, State
from search import Library
from web.api.bodies import Body, Ids, PictureId
from web.api.errors import NotThere
from web.scopes import needs

Words = Annotated[str, Field(max_length=20_000)]
Tags = Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=100)]


class EditIn(Body):
    """What is said; what is left out stays as it is, an empty text takes away. `text` is the words in the picture."""

    state: State | None = None
    note: Words | None = None
    caption: Words | None = None
    text: Words | None = None
    tags: Tags = ()
    untags: Tags = ()
    rating: Annotated[int, Field(ge=0, le=5)] | None = None

    def said(self) -> Edit:
        """As the library takes it."""
        return Edit(
            self.state, self.note, self.caption, self.text, self.tags, self.untags, self.rating
        )  # fmt: skip


class EditManyIn(EditIn):
    """The same said of many pictures: of all, or of none."""

    ids: Ids = Field(min_length=1, examples=[[12, 40]])


class UndoIn(Body):
    """Which change is taken back, of these pictures or of all that it was made to; without one, the last of each picture."""

    change: PictureId | None = None
    ids: Ids = ()


class ChangedOut(BaseModel):
    """The number that the change is taken back by (null where all was so before), and the pictures."""

    change: int | None
    ids: list[int]


class EditedOut(BaseModel):
    """One change of the past: `field` is state, note, caption, ocr, tag (then `name` is it) or rating; null is nothing.
    `undone_at` is when it was taken back.
    """

    change: int
    field: str
    name: str
    before: str | None
    after: str | None
    who: str
    made_at: str
    undone_at: str | None


def router(library: Library) -> APIRouter:
    """Editing, over one library."""
    made = APIRouter(prefix="/pictures", tags=["editing"])

    def known(picture_id: int) -> None:
        if not library.store.get([picture_id]):
            raise NotThere(f"There is no picture {picture_id} in this library.")

    @made.patch("/{picture_id}", openapi_extra=needs("write"))
    def edit(picture_id: int, said: EditIn) -> ChangedOut:
        """Say something of one picture. No model overwrites it."""
        known(picture_id)
        return ChangedOut(change=library.edit([picture_id], said.said()), ids=[picture_id])

    @made.post("/edit", openapi_extra=needs("write"))
    def edit_many(said: EditManyIn) -> ChangedOut:
        """Say something of many pictures: all of them are changed, or none."""
        ids = list(dict.fromkeys(said.ids))
        return ChangedOut(change=library.edit(ids, said.said()), ids=ids)

    @made.post("/undo", openapi_extra=needs("write"))
    def undo(what: UndoIn) -> ChangedOut:
        """Take a change back: what stood there before stands there again, by whoever said it."""
        return ChangedOut(change=what.change, ids=library.undo(what.ids, what.change))

    @made.get("/{picture_id}/history", openapi_extra=needs("read"))
    def history(picture_id: int) -> list[EditedOut]:
        """What people changed of a picture, oldest first; also what was taken back."""
        known(picture_id)
        return [EditedOut(**asdict(one)) for one in library.history(picture_id)]

    return made
