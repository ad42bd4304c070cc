"""The roots of a library: the folders that it indexes, and which of their files are asked for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from indexer.connections import Tables
from indexer.records import Choice


@dataclass(frozen=True, slots=True)
class Root:
    """Its absolute path as text, how many pictures of it are known, whether it was there when it was last looked at, and
    which of its files are asked for."""

    path: str
    pictures: int
    online: bool
    choice: Choice


class Roots(Tables):
    """The table `roots`."""

    def add(self, path: str) -> int:
        """The root's id; a known one is not added again."""
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO roots (path) VALUES (?)", (path,))
            return int(db.execute("SELECT id FROM roots WHERE path = ?", (path,)).fetchone()[0])

    def paths(self) -> dict[int, str]:
        """Each root's path as text, by its id."""
        return dict(self._db.execute("SELECT id, path FROM roots ORDER BY id"))

    def all(self) -> list[Root]:
        """In the order in which they were first indexed."""
        sql = (
            "SELECT roots.path, (SELECT count(*) FROM pictures WHERE root_id = roots.id), online, choice "
            "FROM roots ORDER BY roots.id"
        )
        return [Root(path, n, bool(online), _choice(kept)) for path, n, online, kept in self._db.execute(sql)]

    def choice(self, root_id: int) -> Choice:
        """Which files of a root were last asked for."""
        return _choice(self._db.execute("SELECT choice FROM roots WHERE id = ?", (root_id,)).fetchone()[0])

    def choose(self, root_id: int, choice: Choice) -> None:
        """Keep which files of a root are asked for."""
        with self._writing() as db:
            db.execute("UPDATE roots SET choice = ? WHERE id = ?", (json.dumps(asdict(choice)), root_id))

    def set_online(self, root_id: int, online: bool) -> None:
        """Offline pictures stay in the catalog and are left out of searches."""
        with self._writing() as db:
            db.execute("UPDATE roots SET online = ? WHERE id = ?", (int(online), root_id))


def _choice(kept: str) -> Choice:
    said = json.loads(kept)
    return Choice(tuple(said.get("include", ())), tuple(said.get("exclude", ())), bool(said.get("hidden")))
