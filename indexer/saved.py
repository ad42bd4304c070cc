"""Saved searches in the catalog's table."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.connections import Tables


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query by name. Pictures with a higher id than `seen_id` came after its results were last looked at, at `seen_at` (UTC, ISO 8601)."""

    name: str
    query: str
    created_at: str
    seen_at: str
    seen_id: int


class SavedSearches(Tables):
    """Queries by name, and when each was last looked at."""

    def put(self, name: str, query: str, now: str) -> None:
        """Save a query, in place of one of the same name; everything that is there now counts as seen."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO saved_searches (name, query, created_at, seen_at, seen_id) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET query = excluded.query, seen_at = excluded.seen_at, "
                "seen_id = excluded.seen_id",
                (name, query, now, now, self.newest()),
            )

    def all(self) -> list[SavedSearch]:
        """Every saved search, by name."""
        sql = "SELECT name, query, created_at, coalesce(seen_at, created_at), seen_id FROM saved_searches ORDER BY name"
        return [SavedSearch(*row) for row in self._db.execute(sql)]

    def newest(self) -> int:
        """The id of the picture that came last. Ids grow: a time in seconds cannot tell what came in the same second."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM pictures").fetchone()[0])

    def seen(self, name: str, newest: int, now: str) -> None:
        """Its results have been looked at, those of pictures up to this id."""
        with self._writing() as db:
            db.execute("UPDATE saved_searches SET seen_at = ?, seen_id = ? WHERE name = ?", (now, newest, name))

    def forget(self, name: str) -> None:
        """Drop a saved search."""
        with self._writing() as db:
            db.execute("DELETE FROM saved_searches WHERE name = ?", (name,))
