"""The folders of a library as its owner sees them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from indexer.connections import Tables
from indexer.records import Choice


@dataclass(frozen=True, slots=True)
class Folder:
    """A root: its absolute path as text, how many pictures of it are known, whether it was there when it was last looked
    at, and which of its files are asked for."""

    path: str
    pictures: int
    online: bool
    choice: Choice


class Folders(Tables):
    """Each root with its count."""

    def all(self) -> list[Folder]:
        """In the order in which they were first indexed."""
        sql = (
            "SELECT roots.path, (SELECT count(*) FROM pictures WHERE root_id = roots.id), online, choice "
            "FROM roots ORDER BY roots.id"
        )
        return [Folder(path, n, bool(online), _choice(kept)) for path, n, online, kept in self._db.execute(sql)]


def _choice(kept: str) -> Choice:
    said = json.loads(kept)
    return Choice(tuple(said.get("include", ())), tuple(said.get("exclude", ())), bool(said.get("hidden")))
