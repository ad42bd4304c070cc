"""`create_app(library)`: the API and the page. No globals: a process may serve several libraries."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from search import Library, QueryError
from search.blurring import DEFAULT, Blur
from web.api import ask, duplicates, edits, failures, health, jobs, kept, look, models, pictures, search
from web.api.errors import add_errors
from web.api.schemas import Problem, results_out
from web.finding import Finding
from web.jobs import Jobs
from web.offered import Offered
from web.security import MOST_UPLOADED, Guard
from web.uploading import Uploading
from web.works import works

HERE = Path(__file__).parent
# How many pictures a browser without JavaScript is shown.
WITHOUT_SCRIPTS = 60


def create_app(library: Library, blur: Blur = DEFAULT, specs: Sequence[str] = ()) -> FastAPI:
    """The whole application over one open library; it warms up in a thread of its own. `blur` says what is blurred,
    `specs` are the models that callers may name beside those that come with imsearch."""
    warming = health.Warming(library)
    uploading = Uploading()
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
    app.add_middleware(Guard)
    add_errors(app)
    api = APIRouter(prefix="/api/v1")
    api.include_router(search.router(library, blur, uploading))
    api.include_router(pictures.router(library, blur))
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
    _add_page(app, library, blur, warming)
    return app


def _add_page(app: FastAPI, library: Library, blur: Blur, warming: health.Warming) -> None:
    """The page: a frame that its own modules fill from the API; words find pictures on it without them too."""
    # some systems' tables say text/plain, which browsers refuse to run
    mimetypes.add_type("text/javascript", ".js")
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    templates = Jinja2Templates(HERE / "templates")

    @app.get("/", include_in_schema=False)
    def page(request: Request, q: str = "") -> Response:
        """Never waits for the model: a browser that runs modules shows that it is being loaded."""
        hits, wrong = [], ""
        try:
            asked = search.query_of(q)
            hits = results_out(library.search(asked, limit=WITHOUT_SCRIPTS), blur).hits if warming.done else []
        except QueryError as error:
            wrong = str(error)
        return templates.TemplateResponse(
            request, "index.html", {"q": q, "hits": hits, "wrong": wrong, "most_bytes": MOST_UPLOADED}
        )
