"""`create_app(library)`: the API and the page. No globals: a process may serve several libraries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from brotli_asgi import BrotliMiddleware
from fastapi import APIRouter, FastAPI

from search import Library
from search.blurring import DEFAULT, Blur
from vlm import Model, UsageError
from web.api import facets, health, pictures, search, uploads
from web.api.errors import add_errors
from web.api.schemas import Problem
from web.page import add_page
from web.security import Guard
from web.uploading import Uploading
from web.uploads import Uploads

# Pictures are small already, and what comes piece by piece must not wait for the next one.
AS_IT_IS = [r"/(thumbnail|file|events)$", r"^/api/v1/ask"]


def create_app(library: Library, blur: Blur = DEFAULT) -> FastAPI:
    """The whole application over one open library; it warms up in a thread of its own. `blur` says what is blurred."""
    warming = health.Warming(library)
    uploading = Uploading()
    kept = Uploads(uploading)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        warming.start()
        yield

    app = FastAPI(
        title="imsearch", version="1", lifespan=life, docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json",
        responses={"4XX": {"model": Problem}, "5XX": {"model": Problem}},
    )  # fmt: skip
    app.add_middleware(BrotliMiddleware, minimum_size=1000, excluded_handlers=AS_IT_IS)
    app.add_middleware(Guard)
    add_errors(app)
    api = APIRouter(prefix="/api/v1")
    api.include_router(search.router(library, blur, uploading, kept, _no_model))
    api.include_router(uploads.router(kept))
    api.include_router(facets.router(library, kept))
    api.include_router(pictures.router(library, blur))
    api.include_router(health.router(library, warming))
    app.include_router(api)
    add_page(app, library, blur, warming)
    return app


def _no_model(spec: str) -> Model:
    raise UsageError(f"{spec!r} is not offered here.")
