"""Pages made of templates, each in the first language of its visitor that there is a table of sentences for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates
from markupsafe import Markup

from web.static_files import Static

HERE = Path(__file__).parent


class Drawing:
    """Draws the templates over the `static` files. They find `messages`, the table that scripts read too, and `t(name,
    value=...)`: one of its sentences with values put in, all of it escaped. No plural forms: Python knows no language's rules."""

    def __init__(self, static: Static) -> None:
        self._static = static
        self._templates = Jinja2Templates(HERE / "templates")
        self._templates.env.globals.update(static=static.address, modules=static.modules)
        self._tables = {
            path.stem: json.loads(path.read_text("utf-8")) for path in (static.folder / "messages").glob("*.json")
        }

    def page(
        self, request: Request, template: str, told: Mapping[str, Any], status: int = 200,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Response:  # fmt: skip
        """A template with what it is told."""
        language = _language(request.headers.get("accept-language", ""), self._tables)
        messages = {**self._tables["en"], **self._tables[language]}
        said = {"language": language, "messages": messages, "t": partial(_said, messages)}
        self._static.look()
        return self._templates.TemplateResponse(
            request, template, {**told, **said}, status, {"Vary": "Accept-Language", **headers}
        )


def _said(messages: Mapping[str, str], name: str, /, **values: object) -> Markup:
    return Markup.escape(messages[name]).format(**values)


def _language(accepted: str, known: Mapping[str, Any]) -> str:
    """The first of a browser's languages (`de-CH,de;q=0.9,en`) that there is a table for."""
    for part in accepted[:200].split(","):
        language = part.split(";")[0].strip().lower()
        for name in (language, language.partition("-")[0]):
            if name in known:
                return name
    return "en"
