"""What a person keeps of searches: searches by name, judgements of their results, and concepts taught by them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from indexer.indexer import utc_now
from indexer.judgements import tidy
from indexer.lock import writing
from indexer.saved import SavedSearch
from search import Library
from search.concepts import Concepts
from search.keeping import keep, look, named
from search.teaching import concept_json
from vlm import UsageError
from web.api.asked import MOST_CHARACTERS, query_of
from web.api.bodies import Body, Ids, pictures_of
from web.api.errors import NotThere
from web.jobs import Jobs
from web.scopes import needs

Name = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(max_length=MOST_CHARACTERS)]


class SaveIn(Body):
    """A query to be kept under a name, in place of one of the same name."""

    name: Name = Field(examples=["holidays"])
    query: Words = Field(examples=["beach after:2023"])


class SeenIn(Body):
    """The results of a saved search have been looked at, those of pictures up to the id `newest`."""

    name: Name
    newest: Annotated[int, Field(ge=0, le=2**63 - 1)]


class SavedOut(BaseModel):
    """A saved search. `new` is how many matches came since it was last looked at (`seen_at`); null where nobody counted."""

    name: str
    query: str
    created_at: str
    seen_at: str
    new: int | None


class LookedOut(SavedOut):
    """With the ids of the new matches, best first, and what to send back when they were seen."""

    new_ids: list[int]
    newest: int


class JudgeIn(Body):
    """Which pictures answer a query and which do not; `forget` takes back what was said."""

    query: Words = Field(examples=["a red car"])
    good: Ids = ()
    bad: Ids = ()
    forget: Ids = ()


class JudgementOut(BaseModel):
    """One picture judged for one query."""

    query: str
    picture_id: int
    path: str
    good: bool
    created_at: str
    offline: bool


class TeachIn(Body):
    """Examples of a concept: pictures that show it, and that do not. They add up; the latest word on a picture holds."""

    name: Name = Field(examples=["our boat"])
    yes: Ids = ()
    no: Ids = ()


class ConceptOut(BaseModel):
    """A concept: from how many examples, how many pictures hold its tag, and (null where that cannot be told) how precise
    it was on examples left out, with the 95 % interval, and how many of them it found."""

    name: str
    yes: int
    no: int
    tagged: int
    taught_at: str
    fitted: bool
    precision: float | None
    precision_interval: tuple[float, float] | None
    recall: float | None


class TaughtOut(ConceptOut):
    """`least_sure` are pictures to be judged next: it learns most from these."""

    moved: int
    least_sure: list[int]


def saved_router(library: Library) -> APIRouter:
    """`/saved` over one library."""
    made = APIRouter(prefix="/saved", tags=["saved searches"])

    @made.get("", openapi_extra=needs("read"))
    def saved(count: bool = True) -> list[SavedOut]:
        """The saved searches by name; without `count` quicker, as none is run."""
        kept = library.store.catalog.saved.all()
        return [_saved(one, len(look(library, one).new) if count else None) for one in kept]

    @made.post("", status_code=201, openapi_extra=needs("write"))
    def save(asked: SaveIn) -> SavedOut:
        """Keep a query; what it finds now counts as seen."""
        return _saved(keep(library, asked.name, str(query_of(asked.query))), 0)

    @made.post("/seen", openapi_extra=needs("write"))
    def seen(asked: SeenIn) -> SavedOut:
        """Say that its results were looked at."""
        one = known(asked.name)
        library.store.catalog.saved.seen(one.name, asked.newest, utc_now())
        one = known(asked.name)
        return _saved(one, len(look(library, one).new))

    @made.get("/{name:path}", openapi_extra=needs("read"))
    def one_saved(name: str) -> LookedOut:
        """One saved search with what is new in it; search by its query for the rest."""
        found = look(library, known(name))
        told = _saved(found.search, len(found.new)).model_dump()
        return LookedOut(**told, new_ids=[hit.picture.id for hit in found.new], newest=found.newest)

    @made.delete("/{name:path}", status_code=204, openapi_extra=needs("write"))
    def forget(name: str) -> None:
        """Forget a saved search."""
        library.store.catalog.saved.forget(known(name).name)

    def known(name: str) -> SavedSearch:
        try:
            return named(library, name)
        except UsageError as error:
            raise NotThere(str(error)) from None

    return made


def judgements_router(library: Library) -> APIRouter:
    """`/judgements` over one library."""
    made = APIRouter(prefix="/judgements", tags=["judgements"])
    kept = library.store.catalog.judgements

    @made.get("", openapi_extra=needs("read"))
    def judgements(q: str = "") -> list[JudgementOut]:
        """What was judged for the query `q`, or for all."""
        wanted = tidy(q)
        return [JudgementOut(**asdict(one)) for one in kept.all() if wanted in ("", one.query)]

    @made.post("", openapi_extra=needs("write"))
    def judge(asked: JudgeIn) -> list[JudgementOut]:
        """Say which results are good; `imsearch evaluate` measures on that. Answers what is judged for the query now."""
        if not tidy(asked.query):
            raise UsageError("Name the query that the pictures are judged for.")
        good, bad, gone = set(asked.good), set(asked.bad), set(asked.forget)
        if both := (good & bad) | (good & gone) | (bad & gone):
            raise UsageError(f"Picture {min(both)} is judged in two ways; say which holds.")
        pictures_of(library, [*good, *bad])
        if gone:
            kept.forget(asked.query, sorted(gone))
        kept.put(asked.query, dict.fromkeys(good, True) | dict.fromkeys(bad, False), utc_now())
        return judgements(asked.query)

    return made


def concepts_router(library: Library, jobs: Jobs) -> APIRouter:
    """`/concepts` over one library."""
    made = APIRouter(prefix="/concepts", tags=["concepts"])

    @made.get("", openapi_extra=needs("read"))
    def concepts() -> list[ConceptOut]:
        """The concepts that were taught, and how far each can be trusted."""
        return [ConceptOut(**concept_json(one)) for one in Concepts(library.store).all()]

    @made.post("", openapi_extra=needs("write"))
    def teach(asked: TeachIn) -> TaughtOut:
        """Teach or correct a concept; it is then a tag on every picture that seems to show it."""
        if not asked.yes and not asked.no:
            raise UsageError(f"Nothing is said of {asked.name}; name pictures in yes and no.")
        yes, no = pictures_of(library, asked.yes), pictures_of(library, asked.no)
        with jobs.aside(), writing(library.folder):
            taught = Concepts(library.store).teach(asked.name, yes, no)
        told: dict[str, Any] = concept_json(taught.concept)
        return TaughtOut(**told, moved=taught.moved, least_sure=list(taught.least_sure))

    @made.delete("/{name:path}", openapi_extra=needs("write"))
    def forget(name: str) -> ConceptOut:
        """Forget a concept, its examples and the tags that came of it."""
        try:
            Concepts(library.store).named(name)
        except UsageError as error:
            raise NotThere(str(error)) from None
        with jobs.aside(), writing(library.folder):
            return ConceptOut(**concept_json(Concepts(library.store).forget(name)))

    return made


def _saved(one: SavedSearch, new: int | None) -> SavedOut:
    return SavedOut(name=one.name, query=one.query, created_at=one.created_at, seen_at=one.seen_at, new=new)
