"""What a person decides about pictures that are there more than once; it goes by content and lasts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement

from indexer.indexer import utc_now
from indexer.local import LocalStore
from indexer.records import Picture
from vlm.errors import UsageError


def keep_all(store: LocalStore, pictures: Sequence[Picture]) -> None:
    """Never offer these against each other again. Raises UsageError for one alone."""
    if len({picture.id for picture in pictures}) < 2:
        raise UsageError("One picture alone says nothing; name each of those that are to be kept.")
    # A content with itself only when two files of it are named: their being identical was decided on, too.
    hashes = sorted(picture.hash for picture in pictures)
    once = sorted(set(hashes))
    pairs = {(a, b) for a, b in combinations_with_replacement(once, 2) if a != b or hashes.count(a) > 1}
    store.catalog.marks.decide("keep", pairs, utc_now())


def choose_best(store: LocalStore, pictures: Sequence[Picture]) -> None:
    """Each of these is the best of its group."""
    store.catalog.marks.decide("best", [(picture.hash, picture.path) for picture in pictures], utc_now())


def forget_decisions(store: LocalStore, pictures: Sequence[Picture]) -> int:
    """Offer these again; returns how many decisions went."""
    return store.catalog.marks.ask_again([picture.hash for picture in pictures])
