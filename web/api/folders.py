"""The folders of a library; new ones are indexed as a job."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from indexer.paths import to_path
from indexer.records import Choice
from indexer.typed import folder_typed
from search import Library
from vlm import UsageError
from web.api.bodies import Body
from web.api.jobs import JobOut, Path, job_out, to_index
from web.jobs import Jobs
from web.scopes import needs

Globs = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=300)], ...], Field(max_length=100)]


class FoldersIn(Body):
    """Folders of this machine to be indexed, new ones too; in quotes, as `file://` or with `~` too. `include`, `exclude` and `hidden` are kept with them."""

    folders: Annotated[tuple[Path, ...], Field(min_length=1, max_length=100)]
    include: Globs = ()
    exclude: Globs = ()
    hidden: bool = False
    ocr: bool = True


class FolderOut(BaseModel):
    """A folder of the library; `online` is whether it was there when it was last looked at."""

    path: str
    pictures: int
    online: bool
    include: list[str]
    exclude: list[str]
    hidden: bool


def router(library: Library, jobs: Jobs) -> APIRouter:
    """`/folders` over one library."""
    made = APIRouter(tags=["jobs"])

    @made.get("/folders", openapi_extra=needs("read"))
    def folders() -> list[FolderOut]:
        """The folders of the library."""
        found = library.store.catalog.roots.all()
        return [FolderOut(path=f.path, pictures=f.pictures, online=f.online, **asdict(f.choice)) for f in found]

    @made.post("/folders", status_code=202, openapi_extra=needs("admin"))
    def add_folders(asked: FoldersIn) -> JobOut:
        """Index folders of this machine, new ones too, as a job."""
        folders = tuple(map(folder_typed, asked.folders))
        _must_be_there(library, folders)
        said = asked.include or asked.exclude or asked.hidden
        choice = Choice(asked.include, asked.exclude, asked.hidden) if said else None
        return job_out(library, jobs.start("index", to_index(folders, asked.ocr, choice=choice)))

    return made


def _must_be_there(library: Library, folders: tuple[str, ...]) -> None:
    """At once, not when the job comes to it: whoever typed the name is still looking."""
    known = library.store.catalog.roots.paths().values()
    for folder in folders:
        place = to_path(folder)
        # os.path: Path.is_dir fails at a name that is too long
        if folder not in known and not (place.is_absolute() and os.path.isdir(place)):  # noqa: PTH112
            raise UsageError(f"{folder} is not a folder that is there; write its whole path, or plug its disk in.")
