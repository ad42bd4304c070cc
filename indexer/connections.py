"""Connections to a library's catalog.sqlite: the one place that opens SQLite."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

from indexer.plain import plain
from indexer.where import km_between

# seconds that a writer waits for another one
_PATIENCE = 30


class _Handle:
    """One thread's connection, closed with its thread: a server's threads come and go, and files are few."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Connections:
    """Any thread may read and write; each gets a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._opened: weakref.WeakSet[_Handle] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._watching: _Handle | None = None

    def mine(self) -> sqlite3.Connection:
        """The calling thread's connection."""
        handle: _Handle | None = getattr(self._local, "handle", None)
        if handle is None:
            with self._lock:
                handle = self._local.handle = self._open()
        return handle.connection

    def changes(self) -> int:
        """A number that is another one after every write, by whichever thread or process. Costs next to nothing."""
        with self._lock:
            # of a connection that never writes: SQLite leaves a connection's own writes out
            self._watching = self._watching or self._open()
            return int(self._watching.connection.execute("PRAGMA data_version").fetchone()[0])

    def _open(self) -> _Handle:
        # autocommit: transactions are begun by writing() alone; check_same_thread off only so that close() may
        # close every thread's connection
        connection = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.create_function("plain", 1, plain, deterministic=True)
        connection.create_function("km_between", 4, km_between, deterministic=True)
        handle = _Handle(connection)
        self._opened.add(handle)
        return handle

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it, or nothing when anything is raised."""
        connection = self.mine()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    @contextlib.contextmanager
    def impatient(self) -> Iterator[sqlite3.Connection]:
        """The connection; while it is held so, what another writer's lock is in the way of fails at once."""
        connection = self.mine()
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            yield connection
        finally:
            connection.execute(f"PRAGMA busy_timeout = {1000 * _PATIENCE}")

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for handle in list(self._opened):
                handle.connection.close()
            self._opened.clear()
            self._watching = None
        self._local = threading.local()


class Tables:
    """Some of the catalog's tables, by one job. Each method that writes is whole transactions."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections

    @property
    def _db(self) -> sqlite3.Connection:
        return self.connections.mine()

    def _writing(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        return self.connections.writing()
