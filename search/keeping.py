"""Searches that are kept by name, and what came into their results since somebody last looked: for the command and the API."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from indexer.indexer import utc_now
from indexer.saved import SavedSearch
from search.library import Library
from search.parser import parse
from search.query import Hit, Results
from vlm.errors import UsageError

# As deep as a saved search is looked through for what is new.
DEPTH = 1000
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Looked:
    """A saved search and what it finds now. `new` are the hits above the cut-off that came since it was last looked at;
    `newest` is the last picture there was before the search: what is indexed meanwhile stays new."""

    search: SavedSearch
    results: Results
    new: tuple[Hit, ...]
    newest: int


def keep(library: Library, name: str, query: str) -> SavedSearch:
    """Keep a query, in place of one of the same name; what is found now counts as seen. Raises ParseError, UsageError."""
    asked, name = str(parse(query)), " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError(f"{name!r} cannot be a name; give it 1 to {LONGEST_NAME} characters.")
    library.store.catalog.saved.put(name, asked, utc_now())
    return named(library, name)


def named(library: Library, name: str) -> SavedSearch:
    """The saved search of this name. Raises UsageError with the nearest."""
    kept = {one.name: one for one in library.store.catalog.saved.all()}
    if found := kept.get(name.strip()) or kept.get(" ".join(name.split())):
        return found
    near = get_close_matches(name, kept, 1)
    hint = f"did you mean {near[0]}?" if near else "see what is with: imsearch saved"
    raise UsageError(f"No search is saved as {name!r}; {hint}")


def look(library: Library, one: SavedSearch, limit: int = DEPTH) -> Looked:
    """What a saved search finds now."""
    newest = library.store.catalog.saved.newest()
    results = library.search(parse(one.query), limit=max(DEPTH, limit))
    new = tuple(hit for hit in results.hits if not hit.weak and hit.picture.id > one.seen_id)
    return Looked(one, results, new, newest)
