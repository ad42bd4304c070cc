"""Pictures that are there more than once: found, explained, decided on and, when asked for, moved aside. Never deleted."""

from __future__ import annotations

from indexer.duplicates.finder import find_duplicates
from indexer.duplicates.records import BestBy, Found, Group, Kind, Tier

__all__ = ["BestBy", "Found", "Group", "Kind", "Tier", "find_duplicates"]
