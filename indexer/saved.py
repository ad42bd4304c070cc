"""Saved searches in the catalog's table."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query by name. `seen_at` is when its results were last looked at (UTC, ISO 8601)."""

    name: str
    query: str
    created_at: str
    seen_at: str


def put(db: sqlite3.Connection, name: str, query: str, now: str) -> None:
    """Save a query, in place of one of the same name; everything that is there now counts as seen."""
    db.execute(
        "INSERT INTO saved_searches (name, query, created_at, seen_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET query = excluded.query, seen_at = excluded.seen_at",
        (name, query, now, now),
    )


def read(db: sqlite3.Connection) -> list[SavedSearch]:
    """Every saved search, by name."""
    rows = db.execute("SELECT name, query, created_at, coalesce(seen_at, created_at) FROM saved_searches ORDER BY name")
    return [SavedSearch(*row) for row in rows]


def seen(db: sqlite3.Connection, name: str, now: str) -> None:
    """Its results have been looked at."""
    db.execute("UPDATE saved_searches SET seen_at = ? WHERE name = ?", (now, name))


def forget(db: sqlite3.Connection, name: str) -> None:
    """Drop a saved search."""
    db.execute("DELETE FROM saved_searches WHERE name = ?", (name,))
