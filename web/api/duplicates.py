"""Pictures that are there more than once, which to keep, and what was decided. Nothing is moved or deleted here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import anyio
from fastapi import APIRouter
from fastapi import Query as Asked
from pydantic import BaseModel

from indexer.duplicates import BestBy, Group, Tier
from indexer.duplicates.deciding import choose_best, forget_decisions, keep_all
from indexer.duplicates.finder import TIERS
from indexer.paths import printable
from indexer.records import Edit, Picture
from search import Library
from search.blurring import Blur
from search.duplicates import SURE
from vlm import UsageError
from web.api.bodies import Body, Ids, pictures_of
from web.api.schemas import Veiled, thumbnail_address
from web.finding import Finding
from web.scopes import needs


class CopyOut(Veiled):
    """One picture of a group; `how` is a word on how it differs from the best, `spare` whether it could go."""

    id: int
    path: str
    name: str
    size: int
    width: int
    height: int
    format: str
    taken_at: str | None
    thumbnail: str
    how: str
    spare: bool


class GroupOut(BaseModel):
    """Pictures that belong together, the one to keep first (and why). `tier`: identical (the same bytes), same (one
    picture, saved or edited anew), similar (others that look alike). `kind`: copies; or raw+jpeg and burst, never spare.
    """

    tier: Tier
    kind: str
    reason: str
    pictures: list[CopyOut]


class SpareOut(BaseModel):
    """How many pictures could go, and their size."""

    pictures: int
    bytes: int


class DuplicatesOut(BaseModel):
    """Groups `offset` to `offset` + `limit` of `total`; `spare` and `bytes` are how much of the sure tiers (identical,
    same) could go, `identical` how much of it is there byte for byte in the one that is kept; `next` is the offset to read
    on from, null at the end."""

    groups: list[GroupOut]
    total: int
    counts: dict[str, int]
    spare: int
    bytes: int
    identical: SpareOut
    next: int | None


class HideIn(Body):
    """Of which groups the spare copies are hidden: only of those with the same bytes, where no picture is lost."""

    tier: Literal["identical"] = "identical"


class HiddenOut(BaseModel):
    """How many pictures were hidden, and the number that POST /pictures/undo takes all of it back by (null: none was)."""

    hidden: int
    change: int | None


class DecisionsIn(Body):
    """`keep`: these are all kept, and not offered against each other again. `best`: each is the best of its group.
    `ask_again`: forget what was decided on these."""

    keep: Ids = ()
    best: Ids = ()
    ask_again: Ids = ()


class DecidedOut(BaseModel):
    """How many pictures are kept, chosen, and how many decisions are forgotten."""

    kept: int
    best: int
    forgotten: int


def router(library: Library, blur: Blur, finding: Finding) -> APIRouter:
    """`/duplicates` over one library."""
    made = APIRouter(prefix="/duplicates", tags=["duplicates"])
    # those who wait while it looks take no threads from searches
    alone = anyio.CapacityLimiter(1)

    @made.get("", openapi_extra=needs("read"))
    async def duplicates(
        tier: Annotated[list[Tier], Asked(max_length=len(TIERS))] = [],  # noqa: B006 - FastAPI copies it
        best_by: BestBy = "size",
        together: bool = False,
        limit: Annotated[int, Asked(ge=1, le=1000)] = 50,
        offset: Annotated[int, Asked(ge=0, le=10**9)] = 0,
    ) -> DuplicatesOut:
        """Groups of pictures that are there more than once; without those that are hidden. The first look at a big library takes minutes: a job
        (kind duplicates) does it with progress; later ones do what is new."""

        def look() -> DuplicatesOut:
            found = finding.found(best_by).without_hidden()
            groups = [*found.of(tier or TIERS).groups, *(found.together if together else ())]
            sure, identical = (found.of(tiers).spare() for tiers in (SURE, ("identical",)))
            end = offset + limit
            return DuplicatesOut(
                groups=[_group_out(group, blur) for group in groups[offset:end]],
                total=len(groups),
                counts={name: sum(group.tier == name for group in found.groups) for name in TIERS}
                | {"together": len(found.together)},
                spare=len(sure),
                bytes=_bytes(sure),
                identical=SpareOut(pictures=len(identical), bytes=_bytes(identical)),
                next=end if end < len(groups) else None,
            )

        return await anyio.to_thread.run_sync(look, limiter=alone)

    @made.post("/decisions", openapi_extra=needs("write"))
    def decide(asked: DecisionsIn) -> DecidedOut:
        """Decide on pictures; it lasts, also for copies and when files move."""
        if not asked.keep and not asked.best and not asked.ask_again:
            raise UsageError("Nothing is decided; name pictures in keep, best or ask_again.")
        kept, best, again = (pictures_of(library, ids) for ids in (asked.keep, asked.best, asked.ask_again))
        forgotten = forget_decisions(library.store, again)
        if kept:
            keep_all(library.store, kept)
        if best:
            choose_best(library.store, best)
        return DecidedOut(kept=len(kept), best=len(best), forgotten=forgotten)

    @made.post("/hide", openapi_extra=needs("write"))
    async def hide(asked: HideIn) -> HiddenOut:
        """Hide the spare copies of every group of a tier, as one change. No file is moved or deleted."""

        def act() -> HiddenOut:
            spare = [picture.id for picture, _ in finding.found().without_hidden().of((asked.tier,)).spare()]
            return HiddenOut(hidden=len(spare), change=library.edit(spare, Edit(state="hidden")) if spare else None)

        return await anyio.to_thread.run_sync(act, limiter=alone)

    return made


def _bytes(spare: Sequence[tuple[Picture, Picture]]) -> int:
    return sum(picture.size for picture, _ in spare)


def _group_out(group: Group, blur: Blur) -> GroupOut:
    how = ("", *group.how)
    spare = {picture.id for picture in group.spare}
    copies = [_copy_out(picture, word, picture.id in spare, blur) for picture, word in _told(group.pictures, how)]
    return GroupOut(tier=group.tier, kind=group.kind, reason=group.reason, pictures=copies)


def _told(pictures: Sequence[Picture], how: Sequence[str]) -> list[tuple[Picture, str]]:
    return [(picture, how[n] if n < len(how) else "") for n, picture in enumerate(pictures)]


def _copy_out(picture: Picture, how: str, spare: bool, blur: Blur) -> CopyOut:
    return CopyOut(
        **{key: getattr(picture, key) for key in ("id", "path", "size", "width", "height", "format")},
        name=printable(picture.path.rpartition("/")[2]),
        taken_at=picture.exif.taken_at,
        thumbnail=thumbnail_address(picture),
        how=how,
        spare=spare,
        **blur.as_json(picture),
    )
