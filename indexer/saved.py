"""Saved searches in the catalog's table."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.connections import Tables


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query by name. `seen_at` is when its results were last looked at (UTC, ISO 8601)."""

    name: str
    query: str
    created_at: str
    seen_at: str


class SavedSearches(Tables):
    """Queries by name, and when each was last looked at."""

    def put(self, name: str, query: str, now: str) -> None:
        """Save a query, in place of one of the same name; everything that is there now counts as seen."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO saved_searches (name, query, created_at, seen_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET query = excluded.query, seen_at = excluded.seen_at",
                (name, query, now, now),
            )

    def all(self) -> list[SavedSearch]:
        """Every saved search, by name."""
        sql = "SELECT name, query, created_at, coalesce(seen_at, created_at) FROM saved_searches ORDER BY name"
        return [SavedSearch(*row) for row in self._db.execute(sql)]

    def seen(self, name: str, now: str) -> None:
        """Its results have been looked at."""
        with self._writing() as db:
            db.execute("UPDATE saved_searches SET seen_at = ? WHERE name = ?", (now, name))

    def forget(self, name: str) -> None:
        """Drop a saved search."""
        with self._writing() as db:
            db.execute("DELETE FROM saved_searches WHERE name = ?", (name,))
