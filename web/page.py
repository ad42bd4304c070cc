"""The page: a frame that its own modules fill from the API; words find pictures on it without them too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates

from search import Library, QueryError
from search.blurring import Blur
from web.api.asked import query_of
from web.api.health import Warming
from web.api.schemas import HitOut, hit_out
from web.security import MOST_UPLOADED
from web.static_files import Static

HERE = Path(__file__).parent
# How many pictures a browser without JavaScript is shown.
WITHOUT_SCRIPTS = 60


def add_page(
    app: FastAPI, library: Library, blur: Blur, warming: Warming, templates: Jinja2Templates, static: Static
) -> None:
    """The page at `/`, made of the `static` files."""
    templates.env.globals.update(static=static.address, modules=static.modules)
    tables = {path.stem: json.loads(path.read_text("utf-8")) for path in (HERE / "static/messages").glob("*.json")}

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
        return drawn(request, "index.html", told)

    @app.get("/library", include_in_schema=False)
    @app.get("/library/duplicates", include_in_schema=False)
    @app.get("/library/map", include_in_schema=False)
    def about_the_library(request: Request) -> Response:
        """Folders, jobs, models; its own modules fill it."""
        return drawn(request, "library.html", {})

    def drawn(request: Request, template: str, told: dict[str, Any]) -> Response:
        language = _language(request.headers.get("accept-language", ""), tables)
        said: dict[str, Any] = {"language": language, "messages": {**tables["en"], **tables[language]}}
        static.look()
        return templates.TemplateResponse(request, template, told | said, headers={"Vary": "Accept-Language"})


def _language(accepted: str, known: dict[str, Any]) -> str:
    """The first of a browser's languages (`de-CH,de;q=0.9,en`) that there is a table for."""
    for part in accepted[:200].split(","):
        language = part.split(";")[0].strip().lower()
        for name in (language, language.partition("-")[0]):
            if name in known:
                return name
    return "en"
