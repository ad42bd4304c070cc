"""The page: a frame that its own modules fill from the API; words find pictures on it without them too."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response

from search import Library, QueryError
from search.blurring import Blur
from web.api.asked import query_of
from web.api.health import Warming
from web.api.schemas import HitOut, hit_out
from web.drawing import Drawing
from web.security import MOST_UPLOADED

# How many pictures a browser without JavaScript is shown.
WITHOUT_SCRIPTS = 60


def add_page(app: FastAPI, library: Library, blur: Blur, warming: Warming, drawing: Drawing) -> None:
    """The page at `/`, and those about the library."""

    @app.get("/", include_in_schema=False)
    def page(request: Request, q: str = "") -> Response:
        """Never waits for the model: a browser that runs modules shows that it is being loaded."""
        hits: list[HitOut] = []
        wrong = ""
        try:
            asked = query_of(q)
            found = library.search(asked, limit=WITHOUT_SCRIPTS).hits if warming.done else ()
            hits = [hit_out(hit, blur) for hit in found]
        except QueryError as error:
            wrong = str(error)
        told = {
            "q": q,
            "hits": hits,
            "wrong": wrong,
            "most_bytes": MOST_UPLOADED,
        }
        return drawing.page(request, "index.html", told)

    @app.get("/library", include_in_schema=False)
    @app.get("/library/duplicates", include_in_schema=False)
    @app.get("/library/map", include_in_schema=False)
    def about_the_library(request: Request) -> Response:
        """Folders, jobs, models; its own modules fill it."""
        return drawing.page(request, "library.html", {})
