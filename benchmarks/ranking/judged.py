"""Judged queries on the tree of `benchmarks.ranking.tree`, a set for each thing that people remember of a picture."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ranking.cases import chooses
from benchmarks.ranking.tree import FOLDERS, PLACES, Kept, rows

_LETTERS = re.compile(r"[a-z]+|\d+")


@dataclass(frozen=True)
class Asked:
    """One query with the paths (in the tree) that are right; `among` are those that are judged (None: all)."""

    set: str
    text: str
    right: frozenset[str]
    among: frozenset[str] | None = None

    @property
    def chooses(self) -> bool:
        """Whether it is of the half that the method is chosen on."""
        return chooses(self.text)


def judged(data: Path, kept: list[Kept]) -> list[Asked]:
    """Every set, the same each time."""
    at = {one.file: one.path for one in kept}
    photos, receipts = rows(data / "photos"), rows(data / "receipts")
    # what a photo shows is judged by its annotations; a receipt shows none of these things
    known = frozenset(at[row["file"]] for row in photos if row["objects_known"]) | {at[row["file"]] for row in receipts}
    shows: dict[str, tuple[frozenset[str], frozenset[str] | None]] = {}
    labels: dict[str, set[str]] = defaultdict(set)
    for row in photos:
        for thing in row["objects"]:
            labels[thing["label"]].add(at[row["file"]])
    objects = [Asked("objects", label, frozenset(right), known) for label, right in labels.items()]
    everyday = []
    for line in (Path(__file__).parent.parent / "everyday.jsonl").read_text("utf-8").splitlines():
        one = json.loads(line)
        everyday.append(Asked("everyday", one["query"], frozenset(at[file] for file in one["relevant"])))
    for one in (*objects, *everyday):
        shows[one.text] = (one.right, one.among)
    captions = [
        Asked("captions", caption, frozenset([at[row["file"]]])) for row in photos for caption in row["captions"][:3]
    ]
    words_on = {at[row["file"]]: _words(" ".join(row["words"])) for row in receipts}
    made = [*captions, *objects, *everyday, *_printed(words_on), *_names(kept), *_mixed(kept, words_on, shows)]
    return list({(one.set, one.text.lower()): one for one in made}.values())


def _words(text: str) -> set[str]:
    return {word for word in _LETTERS.findall(text.lower()) if len(word) >= 3 and word.isalpha()}


def _printed(words_on: dict[str, set[str]]) -> Iterable[Asked]:
    """Five queries a receipt: three words of it that no other receipt holds together."""
    chance = random.Random(0)
    for path, words in words_on.items():
        for _ in range(5):
            three = chance.sample(sorted(words), 3)
            right = frozenset(p for p, others in words_on.items() if set(three) <= others)
            if len(right) == 1:
                yield Asked("printed", " ".join(three), frozenset([path]))


def _names(kept: list[Kept]) -> Iterable[Asked]:
    """Folders, one telling word of a folder, event and person in a file's name, numbers of cameras."""
    named = {one.path: set(_LETTERS.findall(one.path.lower())) for one in kept}

    def asked(text: str) -> Asked:
        return Asked("names", text, frozenset(p for p, has in named.items() if set(_LETTERS.findall(text)) <= has))

    for folder in FOLDERS:
        words = folder.lower().split()
        yield asked(" ".join(words))
        yield asked(" ".join(reversed(words)))
        yield from (asked(word) for word in words if word[0].isupper() or word in _TELLING)
    files = [one.path.rpartition("/")[2].removesuffix(".jpg").lower() for one in kept]
    people = [name.rpartition(" ")[0] for name in files if " " in name]
    yield from (asked(name) for name in people)
    yield from (asked(" ".join(reversed(name.split()))) for name in people)
    yield from (asked(name.replace("_", " ")) for name in files if name.startswith(("img_", "scan_")))


# Words of folders that name, and nothing that a picture shows.
_TELLING = frozenset(
    "rome norway lisbon carla edith lucas piotr helsinki whatsapp marta vienna misc tuscany renovation festival".split()
)


def _mixed(
    kept: list[Kept], words_on: dict[str, set[str]], shows: dict[str, tuple[frozenset[str], frozenset[str] | None]]
) -> Iterable[Asked]:
    """What a picture shows, with a word of its folder, its name or printed on it: either alone finds too many."""
    chance = random.Random(3)
    places: dict[str, set[str]] = {place: {one.path for one in kept if one.printed == place} for place in PLACES}
    for word in (*_TELLING, "anna", "tomas", "wei", "yusuf", "ingrid", "birthday", "graduation"):
        places[word] = {one.path for one in kept if word in _LETTERS.findall(one.path.lower())}
    for place, there in sorted(places.items()):
        for concept, (right, among) in sorted(shows.items()):
            both = right & there
            others = there - right if among is None else (there & among) - right
            if both and len(others) >= 2 and len(right) > len(both) and chance.random() < 0.3:
                text = chance.choice((f"{concept} {place}", f"{place} {concept}", f"{concept} in {place}"))
                yield Asked("mixed", text, frozenset(both), among)
    for word in sorted({word for words in words_on.values() for word in words}):
        right = frozenset(path for path, words in words_on.items() if word in words)
        if 1 <= len(right) <= 4 and len(word) > 4 and chance.random() < 0.03:
            yield Asked("mixed", chance.choice((f"receipt {word}", f"{word} receipt")), right)
