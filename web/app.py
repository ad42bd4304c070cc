"""`create_app(library)`: the API and the page. No globals: a process may serve several libraries."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, File, Form, Request, UploadFile
from fastapi import Query as Asked
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from indexer import Filters, LibraryError, Picture, PictureError
from indexer.decode import Limits, decode
from indexer.paths import printable, to_path
from search import Library
from search.commands import parse_day, results_json
from search.query import Mode, Order
from vlm import ImsearchError, ModelError, UsageError
from web.security import guard

HERE = Path(__file__).parent
MOST_UPLOADED = 20_000_000
# Formats that every browser shows; any other is shown as its thumbnail. SVG and HTML are never pictures here.
SHOWN = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif", "avif": "image/avif"}
STATUS = ((UsageError, 400), (PictureError, 422), (LibraryError, 503), (ModelError, 503), (ImsearchError, 500))
LOADING = "The model and the index are being loaded."
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def create_app(library: Library) -> FastAPI:
    """The whole application over one open library; it warms up in a thread of its own."""
    ready = threading.Event()
    failed: list[str] = []

    def warm() -> None:
        try:
            library.warm()
            ready.set()
        except ImsearchError as error:
            failed.append(str(error))

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=warm, daemon=True).start()
        yield

    app = FastAPI(title="imsearch", version="1", lifespan=life, docs_url=None, redoc_url=None)
    app.middleware("http")(guard)
    app.exception_handler(ImsearchError)(_problem)
    app.exception_handler(RequestValidationError)(_misunderstood)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    templates = Jinja2Templates(HERE / "templates")
    _add_search(app, library)
    _add_pictures(app, library)

    @app.get("/api/v1/ready")
    def is_ready() -> JSONResponse:
        """200 once it can search."""
        if ready.is_set():
            return JSONResponse({"ready": True})
        return JSONResponse({"ready": False, "detail": failed[0] if failed else LOADING}, 503)

    @app.get("/api/v1/status")
    def status() -> dict[str, object]:
        """Counts, roots and model."""
        return library.status()

    @app.get("/", include_in_schema=False)
    def page(request: Request, q: str = "", like: int | None = None) -> Response:
        """The page; its first results are in it, so that it works without JavaScript."""
        found = _with_names(results_json(library.search(q, like=like, limit=60)))
        return templates.TemplateResponse(
            request, "index.html", {"q": q, "like": like, "found": found, "count": library.store.count()}
        )

    return app


def _add_search(app: FastAPI, library: Library) -> None:
    @app.get("/api/v1/search")
    def search(
        q: str = "", limit: int = 60, mode: Mode = "hybrid", order: Order = "relevance", like: int | None = None,
        folder: Annotated[list[str] | None, Asked(alias="in")] = None,
        type: Annotated[list[str] | None, Asked()] = None,  # noqa: A002 - the query's own word
        after: str | None = None, before: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Search by words, or by an indexed picture (`like`)."""
        filters = Filters(tuple(folder or ()), tuple(type or ()), parse_day(after), parse_day(before))
        return _with_names(
            results_json(library.search(q, like=like, filters=filters, mode=mode, order=order, limit=limit))
        )

    @app.post("/api/v1/search")
    def search_by_picture(
        picture: Annotated[UploadFile, File()], q: Annotated[str, Form()] = "", limit: int = 60
    ) -> dict[str, Any]:
        """Search by an uploaded picture, with or without words."""
        with tempfile.NamedTemporaryFile(suffix=".upload") as kept:
            data = picture.file.read(MOST_UPLOADED + 1)
            if len(data) > MOST_UPLOADED:
                raise PictureError(
                    f"The picture is bigger than {MOST_UPLOADED // 1_000_000} MB.", "Send a smaller copy."
                )
            kept.write(data)
            kept.flush()
            example = decode(
                Path(kept.name), library.embedder().picture_side, Limits(MOST_UPLOADED, 100_000_000)
            ).picture
        return _with_names(results_json(library.search(q, picture=example, limit=limit)))


def _add_pictures(app: FastAPI, library: Library) -> None:
    def known(picture_id: int) -> Picture:
        found = library.store.get([picture_id])
        if not found:
            raise NotThere(f"There is no picture {picture_id} in this library.")
        return found[0]

    @app.get("/api/v1/pictures/{picture_id}")
    def detail(picture_id: int) -> dict[str, Any]:
        """Everything known of one picture."""
        picture = known(picture_id)
        return asdict(picture) | {
            "name": _name(picture.path),
            "texts": [asdict(text) for text in library.store.texts(picture_id)],
        }

    @app.get("/api/v1/pictures/{picture_id}/thumbnail")
    def thumbnail(picture_id: int) -> Response:
        """A WebP of at most 512 pixels."""
        path = library.store.thumbnail(known(picture_id))
        if not path.is_file():
            raise NotThere("The thumbnail is missing; mend it with: imsearch doctor --mend")
        return FileResponse(path, media_type="image/webp", headers=FOREVER)

    @app.get("/api/v1/pictures/{picture_id}/file")
    def file(picture_id: int) -> Response:
        """The picture itself where browsers can show it, else its thumbnail."""
        picture = known(picture_id)
        path = to_path(picture.path)
        if picture.format not in SHOWN:
            return thumbnail(picture_id)
        if not path.is_file():
            raise NotThere("The file is not there now; is its disk connected?")
        return FileResponse(path, media_type=SHOWN[picture.format])


class NotThere(ImsearchError):
    """What was asked for does not exist."""


async def _problem(_: Request, error: Exception) -> JSONResponse:
    """Any error of ours as problem+json, with its own sentence."""
    status = 404 if isinstance(error, NotThere) else next(code for kind, code in STATUS if isinstance(error, kind))
    body = {"title": type(error).__name__, "status": status, "detail": str(error)}
    return JSONResponse(body, status, media_type="application/problem+json")


async def _misunderstood(_: Request, error: Exception) -> JSONResponse:
    """A parameter of the wrong kind: which one, and what was wrong with it."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    detail = f"{first['loc'][-1]}: {first['msg']}."
    return JSONResponse(
        {"title": "UsageError", "status": 400, "detail": detail}, 400, media_type="application/problem+json"
    )


def _name(path: str) -> str:
    return printable(path.rpartition("/")[2])


def _with_names(found: dict[str, Any]) -> dict[str, Any]:
    for hit in found["hits"]:
        hit["name"] = _name(hit["path"])
        hit["thumbnail"] = f"/api/v1/pictures/{hit['id']}/thumbnail"
    return found
