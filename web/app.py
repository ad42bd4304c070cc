"""`create_app(library)`: the API and the page. No globals: a process may serve several libraries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from brotli_asgi import BrotliMiddleware
from fastapi import APIRouter, Depends, FastAPI
from fastapi.concurrency import run_in_threadpool

from indexer.paths import to_text
from search import Library
from search.blurring import DEFAULT, Blur
from web import login, shares
from web.access import Access, Served, enough
from web.api import (
    ask,
    duplicates,
    edits,
    facets,
    failures,
    fetched,
    folders,
    health,
    jobs,
    kept,
    look,
    models,
    pictures,
    places,
    search,
    uploads,
)
from web.api.errors import add_errors
from web.api.schemas import Problem
from web.drawing import HERE, Drawing
from web.fetching import Fetcher
from web.finding import Finding
from web.jobs import Jobs
from web.limits import Limits
from web.metrics import Metrics
from web.metrics import router as counted
from web.offered import Offered
from web.page import add_page
from web.security import Guard
from web.static_files import Static
from web.thumbnails import Thumbnails
from web.uploading import Uploading
from web.uploads import Uploads
from web.works import works

# Pictures are small already, and what comes piece by piece must not wait for the next one.
AS_IT_IS = [r"/(thumbnail|file|zip|events)$", r"^/api/v1/ask"]


def create_app(
    library: Library,
    blur: Blur = DEFAULT,
    specs: Sequence[str] = (),
    served: Served = Served(),
    fetcher: Fetcher | None = None,
    index: Sequence[Path] = (),
) -> FastAPI:
    """The whole application over one open library; it warms up in a thread of its own. `blur` says what is blurred,
    `specs` are the models that callers may name beside those that come with imsearch, `served` says to whom: beyond this
    machine every visitor needs a token. Without `fetcher` no address is ever fetched. Folders to `index` are a job
    that begins with the server."""
    warming = health.Warming(library)
    uploading = Uploading()
    sent, thumbnails = Uploads(uploading), Thumbnails(library)
    offered, finding = Offered(library, specs), Finding(library)
    running = Jobs(works(library, offered, finding), library.folder)
    access, limits, metrics = Access(library.folder, served), Limits(), Metrics()
    metrics.gauge("ready", "1 once it can search.", lambda: warming.done)
    metrics.gauge("answering", "Requests being answered now.", lambda: limits.now)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        warming.start()
        with running.going_on([("index", jobs.to_index(tuple(map(to_text, index))))] if index else ()):
            yield
        await run_in_threadpool(offered.close)
        uploading.close()

    app = FastAPI(
        title="imsearch", version="1", lifespan=life, docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(enough)], responses={"4XX": {"model": Problem}, "5XX": {"model": Problem}},
    )  # fmt: skip
    app.add_middleware(BrotliMiddleware, minimum_size=1000, excluded_handlers=AS_IT_IS)
    app.add_middleware(Guard, access=access, limits=limits, metrics=metrics)
    add_errors(app)
    static = Static(HERE / "static")
    app.mount("/static", static)  # first: a page asks for fifty of them, and each would be held against every route
    api = APIRouter(prefix="/api/v1")
    api.include_router(search.router(library, blur, uploading, sent, offered.model))
    api.include_router(uploads.router(sent))
    api.include_router(facets.router(library, blur, sent))
    api.include_router(pictures.router(library, blur, thumbnails))
    api.include_router(places.router(library, blur))
    api.include_router(edits.router(library))
    api.include_router(jobs.router(library, running, offered))
    api.include_router(folders.router(library, running))
    api.include_router(failures.router(library, running, offered))
    api.include_router(ask.router(library, blur, offered))
    api.include_router(look.router(offered, uploading))
    api.include_router(duplicates.router(library, blur, finding))
    api.include_router(models.router(library, running, offered))
    api.include_router(kept.saved_router(library))
    api.include_router(kept.judgements_router(library))
    api.include_router(kept.concepts_router(library, running))
    api.include_router(health.router(library, warming))
    api.include_router(fetched.router(fetcher, uploading))
    api.include_router(shares.router(access.keys))
    app.include_router(api)
    app.include_router(counted(metrics))
    drawing = Drawing(static)
    app.include_router(login.router(access, limits, drawing))
    app.include_router(shares.pages(library, blur, access.keys, drawing, thumbnails))
    add_page(app, library, blur, warming, drawing)
    return app
