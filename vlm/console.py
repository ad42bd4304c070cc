"""The terminal that tables are printed on."""

from __future__ import annotations

import sys
from typing import NoReturn

from rich.console import Console

# Of a row in a pipe, which some program reads: no path is longer.
WIDE = 10_000


class Terminal(Console):
    """Rich's console, but in a pipe no row is folded, and a reader that has gone (head) is no failure."""

    def __init__(self) -> None:
        super().__init__(width=None if sys.stdout.isatty() else WIDE)

    def on_broken_pipe(self) -> NoReturn:
        """Leave it to the command line, as for all other output."""
        raise BrokenPipeError
