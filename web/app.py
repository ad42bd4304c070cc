"""`create_app(library)`: the API and the page. No globals: a process may serve several libraries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from brotli_asgi import BrotliMiddleware
from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool

from search import Library
from search.blurring import DEFAULT, Blur
from web.api import (
    ask,
    duplicates,
    edits,
    facets,
    failures,
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
from web.finding import Finding
from web.jobs import Jobs
from web.offered import Offered
from web.page import add_page
from web.security import Guard
from web.uploading import Uploading
from web.uploads import Uploads
from web.works import works

# Pictures are small already, and what comes piece by piece must not wait for the next one.
AS_IT_IS = [r"/(thumbnail|file|zip|events)$", r"^/api/v1/ask"]


def create_app(library: Library, blur: Blur = DEFAULT, specs: Sequence[str] = ()) -> FastAPI:
    """The whole application over one open library; it warms up in a thread of its own. `blur` says what is blurred,
    `specs` are the models that callers may name beside those that come with imsearch."""
    warming = health.Warming(library)
    uploading = Uploading()
    sent = Uploads(uploading)
    offered, finding = Offered(library, specs), Finding(library)
    running = Jobs(works(library, offered, finding), library.folder)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        warming.start()
        yield
        await run_in_threadpool(running.close)
        await run_in_threadpool(offered.close)

    app = FastAPI(
        title="imsearch", version="1", lifespan=life, docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json",
        responses={"4XX": {"model": Problem}, "5XX": {"model": Problem}},
    )  # fmt: skip
    app.add_middleware(BrotliMiddleware, minimum_size=1000, excluded_handlers=AS_IT_IS)
    app.add_middleware(Guard)
    add_errors(app)
    api = APIRouter(prefix="/api/v1")
    api.include_router(search.router(library, blur, uploading, sent, offered.model))
    api.include_router(uploads.router(sent))
    api.include_router(facets.router(library, sent))
    api.include_router(pictures.router(library, blur))
    api.include_router(places.router(library, blur))
    api.include_router(edits.router(library))
    api.include_router(jobs.router(library, running, offered))
    api.include_router(failures.router(library, running, offered))
    api.include_router(ask.router(library, blur, offered))
    api.include_router(look.router(offered, uploading))
    api.include_router(duplicates.router(library, blur, finding))
    api.include_router(models.router(library, running, offered))
    api.include_router(kept.saved_router(library))
    api.include_router(kept.judgements_router(library))
    api.include_router(kept.concepts_router(library, running))
    api.include_router(health.router(library, warming))
    app.include_router(api)
    add_page(app, library, blur, warming)
    return app
