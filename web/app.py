"""`create_app(library)`: the API and the page. No globals: a process may serve several libraries."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from brotli_asgi import BrotliMiddleware
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from search import Library, QueryError
from search.blurring import DEFAULT, Blur
from vlm import Model, UsageError
from web import login, shares
from web.access import Access, Served, enough
from web.api import facets, fetched, health, pictures, search, uploads
from web.api.asked import query_of
from web.api.errors import add_errors
from web.api.schemas import HitOut, Problem, hit_out
from web.fetching import Fetcher
from web.limits import Limits
from web.metrics import Metrics
from web.metrics import router as counted
from web.security import MOST_UPLOADED, Guard
from web.thumbnails import Thumbnails
from web.uploading import Uploading
from web.uploads import Uploads

HERE = Path(__file__).parent
# How many pictures a browser without JavaScript is shown.
WITHOUT_SCRIPTS = 60
# Pictures are small already, and what comes piece by piece must not wait for the next one.
AS_IT_IS = [r"/(thumbnail|file|events)$", r"^/api/v1/ask"]


def create_app(
    library: Library, blur: Blur = DEFAULT, served: Served = Served(), fetcher: Fetcher | None = None
) -> FastAPI:
    """The whole application over one open library; it warms up in a thread of its own. `blur` says what is blurred,
    `served` to whom: beyond this machine every visitor needs a token. Without `fetcher` no address is ever fetched."""
    warming = health.Warming(library)
    uploading = Uploading()
    access, limits, metrics = Access(library.folder, served), Limits(), Metrics()
    metrics.gauge("ready", "1 once it can search.", lambda: warming.done)
    metrics.gauge("answering", "Requests being answered now.", lambda: limits.now)
    kept, thumbnails = Uploads(uploading), Thumbnails(library)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        warming.start()
        yield
        uploading.close()

    app = FastAPI(
        title="imsearch", version="1", lifespan=life, docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(enough)], responses={"4XX": {"model": Problem}, "5XX": {"model": Problem}},
    )  # fmt: skip
    app.add_middleware(BrotliMiddleware, minimum_size=1000, excluded_handlers=AS_IT_IS)
    app.add_middleware(Guard, access=access, limits=limits, metrics=metrics)
    add_errors(app)
    api = APIRouter(prefix="/api/v1")
    api.include_router(search.router(library, blur, uploading, kept, _no_model))
    api.include_router(uploads.router(kept))
    api.include_router(facets.router(library, kept))
    api.include_router(pictures.router(library, blur, thumbnails))
    api.include_router(health.router(library, warming))
    api.include_router(fetched.router(fetcher, uploading))
    api.include_router(shares.router(access.keys))
    app.include_router(api)
    app.include_router(counted(metrics))
    templates = Jinja2Templates(HERE / "templates")
    app.include_router(login.router(access, limits, templates))
    app.include_router(shares.pages(library, blur, access.keys, templates, thumbnails))
    _add_page(app, library, blur, warming, templates)
    return app


def _no_model(spec: str) -> Model:
    raise UsageError(f"{spec!r} is not offered here.")


def _add_page(app: FastAPI, library: Library, blur: Blur, warming: health.Warming, templates: Jinja2Templates) -> None:
    """The page: a frame that its own modules fill from the API; words find pictures on it without them too."""
    # some systems' tables say text/plain, which browsers refuse to run
    mimetypes.add_type("text/javascript", ".js")
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")

    @app.get("/", include_in_schema=False)
    def page(request: Request, q: str = "") -> Response:
        """Never waits for the model: a browser that runs modules shows that it is being loaded."""
        hits: list[HitOut] = []
        wrong = ""
        try:
            asked = query_of(q)
            if warming.done:
                hits = [hit_out(hit, blur) for hit in library.search(asked, limit=WITHOUT_SCRIPTS).hits]
        except QueryError as error:
            wrong = str(error)
        return templates.TemplateResponse(
            request, "index.html", {"q": q, "hits": hits, "wrong": wrong, "most_bytes": MOST_UPLOADED}
        )
