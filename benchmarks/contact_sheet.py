"""A contact sheet of searches, to look at: python -m benchmarks.contact_sheet LIBRARY FOLDER QUERY [QUERY ...]"""

from __future__ import annotations

import sys
from pathlib import Path

from imsearch import Library
from search.demo.sheet import Row, write_sheet
from search.terminal import why


def main() -> None:
    place, folder, *queries = sys.argv[1:]
    with Library.open(place) as library:
        rows = [
            Row(query, tuple((library.store.thumbnail(hit.picture), why(hit), hit.weak) for hit in hits))
            for query in queries
            for hits in [library.search(query, limit=6).hits]
        ]
    Path(folder).mkdir(parents=True, exist_ok=True)
    print(*write_sheet(rows, Path(folder)))


if __name__ == "__main__":
    main()
