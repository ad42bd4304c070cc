"""What was moved where, one line before each move: whatever happens then, every file is found and can be brought back."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Move:
    """A file that is about to be moved, or was. Paths are absolute as text (see indexer.paths); `hash` is its content's."""

    number: int
    origin: str
    target: str
    hash: str
    at: str


class Journal:
    """LIBRARY/moves.jsonl: a line is a move, or `{"undone": number}`. Lines are only ever added."""

    def __init__(self, library: Path) -> None:
        self.path = library / "moves.jsonl"
        self._next = 1 + max((move.number for move in self._lines()[0]), default=0)

    def open_moves(self) -> list[Move]:
        """Moves that were not undone, the last first."""
        moves, undone = self._lines()
        return [move for move in reversed(moves) if move.number not in undone]

    def begin(self, origin: str, target: str, content: str, now: str) -> Move:
        """Say that this move comes; on disk when this returns."""
        move = Move(self._next, origin, target, content, now)
        self._next += 1
        self._add(asdict(move))
        return move

    def undone(self, move: Move) -> None:
        """Say that the file lies at its origin again, or never left it."""
        self._add({"undone": move.number})

    def _lines(self) -> tuple[list[Move], set[int]]:
        moves, undone = [], set()
        try:
            lines = self.path.read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return [], set()
        for line in lines:
            try:
                row = json.loads(line)
                if "undone" in row:
                    undone.add(int(row["undone"]))
                else:
                    moves.append(Move(**row))
            except (ValueError, TypeError):
                continue  # a line cut short by a crash: its move had not begun
        return moves, undone

    def _add(self, row: dict[str, object]) -> None:
        with self.path.open("a+b") as file:
            # A line of its own also after one that was cut short.
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
            torn = bool(end) and file.read(1) != b"\n"
            file.write((b"\n" if torn else b"") + json.dumps(row).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
