"""Ten queries explained, to look at: python -m benchmarks.explained LIBRARY FOLDER [QUERY ...]

Without queries: ten of different kinds for the library that `imsearch demo --folder DIR` leaves in DIR/library. Prints how
each is understood and why its hits are there, and draws them as a contact sheet; hits below the cut-off are faded.
"""

from __future__ import annotations

import sys
from pathlib import Path

from imsearch import Hit, Library
from search.demo.sheet import Row, write_sheet

# By meaning; by a word in print; by both; what is not there; without something; exact words; a filter with words;
# an example, and one less of another; a part of a picture; filters alone.
QUERIES = (
    "a sunset over the sea", "jazz", "birthday cake", "a giraffe in the snow", "beach without umbrella",
    '"boarding pass"', "mountains orientation:landscape", "like:14 -like:12", "like:19@0,320,960,320", 'text:"paris" or text:"oslo" sort:oldest',
)  # fmt: skip
MOST = 5


def main() -> None:
    place, folder, *queries = sys.argv[1:]
    rows = []
    with Library.open(place) as library:
        for query in queries or QUERIES:
            found = library.search(query, limit=MOST)
            strong = sum(not hit.weak for hit in found.hits)
            understood = "" if str(found.query) == query else f"  ->  {found.query}"
            title = f"{query}{understood}   ({strong} of {len(found.hits)} shown are matches)"
            print(title)
            for hit in found.hits:
                print(
                    f"  {hit.rank}. {Path(hit.picture.path).name:<14} {'weak  ' if hit.weak else 'match '} {why(hit)}"
                )
            rows.append(Row(title, tuple((library.store.thumbnail(h.picture), why(h), h.weak) for h in found.hits)))
    Path(folder).mkdir(parents=True, exist_ok=True)
    print(*write_sheet(rows, Path(folder)))


def why(hit: Hit) -> str:
    """'dense 0.41 #1 86 %, text 1.00 #2 14 %': each signal's score, rank and share."""
    return ", ".join(f"{s.name} {s.score:.2f} #{s.rank} {s.share:.0%}" for s in hit.signals) or "filters"


if __name__ == "__main__":
    main()
