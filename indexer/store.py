"""What search may ask of a library, wherever it lies: on this disk (`indexer.local`) or on a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.filters import Filter
from indexer.places import Place
from indexer.records import Counts, LexicalMatch, Picture, Text
from indexer.sketch import Sketches
from indexer.vectors.protocol import Ids, Scores
from vlm.protocols import DetectedObject, Vectors


class Store(Protocol):
    """Pictures, their vectors and their words, by id."""

    def count(self) -> int:
        """How many pictures can be found (those marked offline and those hidden are not counted)."""
        ...

    def dense(self, vector: NDArray[np.float32], k: int, among: Ids | None = None) -> tuple[Ids, Scores]:
        """The k pictures nearest to a (dim,) unit vector, best first, with their cosines; only of `among`, or else of what is not hidden."""
        ...

    def lexical(self, words: str, k: int, among: Ids | None = None, places: bool = True) -> list[LexicalMatch]:
        """The k pictures whose names, texts and (with `places`) places match best, best first. `words` is anything a person typed."""
        ...

    def holding(self, words: str, among: Ids | None = None, places: bool = True) -> Ids:
        """Sorted ids of every picture whose names and texts hold all of these words whole; those that score 1 and more."""
        ...

    def filter(self, kept: Filter) -> Ids | None:
        """Sorted ids of the pictures that the filter keeps, hidden ones only where it asks for a state.

        None means every picture that is not hidden: the methods below leave those out where `among` is None.
        """
        ...

    def is_folder(self, name: str) -> bool:
        """Whether pictures lie below a folder of this name, in any case."""
        ...

    def cameras(self) -> list[str]:
        """The names of all cameras."""
        ...

    def counts(self, among: Ids | None, of: Iterable[str]) -> dict[str, Counts]:
        """How many of these pictures have each value of some things, in no order; without `among`, of all that are not hidden.

        The things: folder (its whole path), type, day, camera, lens, rating, orientation, state, tag, object, people ("1" to
        "5", which is five or more), place (a town, and what it lies in), colour, has (what `has:` takes).
        """
        ...

    def places(self, among: Ids | None) -> list[Place]:
        """Where these pictures (without `among`, all that are not hidden) were taken: every town, state and country, in no order."""
        ...

    def called(self, name: str, begun: bool = False) -> list[str]:
        """The places of pictures that have this name in some language; with `begun`, a name that begins so."""
        ...

    def ordered(self, among: Ids | None, newest_first: bool, limit: int) -> Ids:
        """Ids by the time taken (or the file's time), newest or oldest first."""
        ...

    def get(self, ids: Sequence[int]) -> list[Picture]:
        """The pictures of these ids in this order; unknown ids are left out."""
        ...

    def vectors(self, ids: Sequence[int], zeros: bool = False) -> Vectors:
        """Stored vectors of these ids, in this order, (n, dim). For an id that has none a row of `zeros`, or KeyError is raised."""
        ...

    def sketches(self, ids: Sequence[int]) -> Sketches:
        """What these pictures look like in outline, in this order, (n, 63) unit rows; zero where it is not known."""
        ...

    def texts(self, picture_id: int) -> list[Text]:
        """Every text of one picture."""
        ...

    def objects(self, picture_id: int) -> list[DetectedObject]:
        """Everything detected in one picture, surest first."""
        ...

    def thumbnail(self, picture: Picture) -> Path:
        """Where the picture's thumbnail lies (it may be missing when the library was copied without it)."""
        ...
