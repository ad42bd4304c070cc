"""The page's own files, held in memory as they are sent, at addresses that change whenever one of them does.

A page of fifty modules comes at once and is kept by browsers for good, and still nobody ever runs an old module: there is
no build step, a file that is edited is another version at the next page.
"""

from __future__ import annotations

import hashlib
import mimetypes
import posixpath
import re
import threading
from dataclasses import dataclass
from pathlib import Path

import brotli
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOREVER = "public, max-age=31536000, immutable"
# All of styles/, as one; what follows stands on these two.
SHEET = "styles.css"
FIRST_SHEETS = ("styles/tokens.css", "styles/base.css")
_IMPORT = re.compile(r'^(?:import|export)\b[^"\n]*"(\.{1,2}/[^"]+\.js)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file as it was at a time, and the same compressed; `tag` names its content."""

    stamp: tuple[int, int]
    plain: bytes
    small: bytes
    tag: str


class Static(StaticFiles):
    """`/static/PATH` of files in a folder; those at `/static/v-…/PATH`, which pages name, browsers keep for ever."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)
        # some systems' tables say text/plain, which browsers refuse to run
        mimetypes.add_type("text/javascript", ".js")
        self.folder = folder
        self._kept: dict[str, _Kept] = {}
        self._version = ""
        self._lock = threading.Lock()
        self.look()

    def look(self) -> None:
        """Take in what has changed in the folder."""
        with self._lock:
            now = {path.relative_to(self.folder).as_posix(): path for path in self.folder.rglob("*") if path.is_file()}
            changed = self._kept.keys() - {*now, SHEET}
            for name in changed:
                del self._kept[name]
            for name, path in now.items():
                found = path.stat()
                stamp = (found.st_mtime_ns, found.st_size)
                if name not in self._kept or self._kept[name].stamp != stamp:
                    self._kept[name] = _keep(path.read_bytes(), stamp)
                    changed.add(name)
            if changed:
                sheets = sorted(name for name in now if name.startswith("styles/") and name not in FIRST_SHEETS)
                self._kept[SHEET] = _keep(b"\n".join(self._kept[name].plain for name in (*FIRST_SHEETS, *sheets)))
                every = "".join(f"{name} {one.tag}\n" for name, one in sorted(self._kept.items()))
                self._version = f"v-{hashlib.blake2b(every.encode(), digest_size=6).hexdigest()}"

    def address(self, name: str) -> str:
        """Where the present version of a file is."""
        return f"/static/{self._version}/{name}"

    def modules(self, name: str) -> list[str]:
        """The addresses of all modules that one imports, and of those that they do: asked for at once, none waits for another."""
        found = {name: None}
        waiting = [name]
        while waiting:
            one = waiting.pop()
            for inner in _IMPORT.findall(self._kept[one].plain.decode()):
                path = posixpath.normpath(posixpath.join(posixpath.dirname(one), inner))
                if path in self._kept and path not in found:
                    found[path] = None
                    waiting.append(path)
        return [self.address(path) for path in found if path != name]

    async def get_response(self, path: str, scope: Scope) -> Response:
        """From memory alone: no path that is asked for reaches the disk."""
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        version, _, rest = path.replace("\\", "/").partition("/")
        name = rest if version.startswith("v-") else path.replace("\\", "/")
        kept = self._kept.get(name)
        if kept is None:
            raise HTTPException(404)
        asked = Headers(scope=scope)
        headers = {"ETag": f'"{kept.tag}"', "Vary": "Accept-Encoding"}
        if version == self._version:
            headers["Cache-Control"] = FOREVER
        if kept.tag in asked.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        small = "br" in asked.get("accept-encoding", "") and len(kept.small) < len(kept.plain)
        if small:
            headers["Content-Encoding"] = "br"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(kept.small if small else kept.plain, headers=headers, media_type=kind)


def _keep(plain: bytes, stamp: tuple[int, int] = (0, 0)) -> _Kept:
    return _Kept(stamp, plain, brotli.compress(plain, quality=5), hashlib.blake2b(plain, digest_size=8).hexdigest())
