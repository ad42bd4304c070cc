"""Keeping what libraries in C print off the terminal."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def quiet_decoders() -> Iterator[None]:
    """What LibRaw and libtiff print of damaged pictures goes nowhere: `imsearch failures` tells it, and by name.

    They write to file 2 itself, so that is turned away, for the whole process, and `sys.stderr` gets one of its own.
    """
    said = sys.stderr
    own = False
    with suppress(AttributeError, io.UnsupportedOperation, ValueError):
        own = said.fileno() == 2
    if not own:
        yield
        return
    said.flush()
    with os.fdopen(os.dup(2), "w", 1, said.encoding, said.errors) as ours, open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 2)
        sys.stderr = ours
        try:
            yield
        finally:
            ours.flush()
            os.dup2(ours.fileno(), 2)
            sys.stderr = said
