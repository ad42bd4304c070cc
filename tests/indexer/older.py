"""Catalogs as earlier versions of imsearch left them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from indexer.migrations import migrations


@contextmanager
def older(path: Path, version: int) -> Iterator[sqlite3.Connection]:
    """A catalog after so many migrations, with the root /pictures; closed at the end."""
    connection = sqlite3.connect(path, isolation_level=None)
    database = Database(connection)
    migrations.apply(database, stop_before=[migrations.pending(database)[version].name])
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("INSERT INTO roots (path) VALUES ('/pictures')")
    yield connection
    connection.close()
