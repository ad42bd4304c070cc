"""How well do concepts taught from ten examples find the other pictures that show them?

    imsearch index PHOTOS --library L --no-ocr
    python -m benchmarks.concepts PHOTOS L --draws 20

PHOTOS holds annotations.jsonl, a JSON object a line with `file`, `objects` (each with its `label`) and `objects_known`.
A concept is a group of labels. For each draw, five photos that show it and five that do not are taken at random from
the photos of known objects, the concept is taught as `imsearch teach` does, and its tags are compared with the truth on
the rest of those photos. Then it is corrected twice as the command asks: those of the five it was least sure of whose
objects are known are given their answer. "by words" is the precision of as many photos found by the concept's name.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from indexer.lock import writing
from search.concepts import Concepts, Taught
from search.library import Library
from search.teaching import concept_json

CONCEPTS = {
    "vehicle": "bicycle car motorcycle airplane bus train truck boat",
    "kitchen": "sink refrigerator oven microwave toaster",
    "sport": "frisbee skis snowboard kite skateboard surfboard|sports ball|baseball bat|baseball glove|tennis racket",
}
EACH = 5
CORRECTIONS = 2


def labels(concept: str) -> set[str]:
    """Words by blanks; labels of two words stand between bars."""
    first, *others = CONCEPTS[concept].split("|")
    return {*first.split(), *others}


def truth(photos: Path, library: Library, concept: str) -> dict[int, bool]:
    """Picture id -> whether it shows the concept, where its objects are known."""
    rows = [json.loads(line) for line in (photos / "annotations.jsonl").read_text("utf-8").splitlines()]
    known = {row["file"]: {o["label"] for o in row["objects"]} for row in rows if row["objects_known"]}
    ids = {file: library.find(photos / file) for file in known}
    return {found.id: bool(known[file] & labels(concept)) for file, found in ids.items() if found}


def measured(tagged: set[int], shown: Mapping[int, bool], examples: set[int]) -> tuple[float, float, int]:
    """Precision, recall and how many were tagged, on the pictures that are no examples."""
    rest = {i: shows for i, shows in shown.items() if i not in examples}
    right = sum(rest.get(i, False) for i in tagged)
    called = len(tagged & set(rest))
    return right / max(1, called), right / max(1, sum(rest.values())), called


def tags(library: Library, concept: str) -> set[int]:
    """Ids that hold the tag."""
    found = library.store.lexical(concept, 10_000)
    return {match.id for match in found if "tag" in match.fields}


def draw(library: Library, concept: str, shown: Mapping[int, bool], chance: np.random.Generator) -> dict[str, float]:
    """One draw of examples: the figures after teaching, by words, and after the corrections."""
    concepts = Concepts(library.store)
    pictures = {picture.id: picture for picture in library.store.get(list(shown))}

    def teach(ids: Sequence[int]) -> Taught:
        sides = [[pictures[i] for i in ids if shown[i] is side] for side in (True, False)]
        return concepts.teach(concept, *sides)

    yes, no = (
        chance.choice([i for i, shows in shown.items() if shows is side], EACH, replace=False).tolist()
        for side in (True, False)
    )
    examples = {*yes, *no}
    taught = teach([*yes, *no])
    made: dict[str, float] = {}
    made["precision"], made["recall"], called = measured(tags(library, concept), shown, examples)
    claimed = concept_json(taught.concept)["precision"]
    made["claimed"] = np.nan if claimed is None else claimed
    found = [hit.picture.id for hit in library.search(concept, mode="dense", limit=10_000).hits]
    rest = [i for i in found if i in shown and i not in examples][:called]
    made["by words"] = sum(shown[i] for i in rest) / max(1, len(rest))
    for _ in range(CORRECTIONS):
        asked = [i for i in taught.least_sure if i in shown]
        examples |= set(asked)
        taught = teach(asked) if asked else taught
    made["examples after"] = len(examples)
    made["precision after"], made["recall after"], _ = measured(tags(library, concept), shown, examples)
    concepts.forget(concept)
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("photos", type=Path)
    parser.add_argument("library", type=Path)
    parser.add_argument("--draws", type=int, default=20)
    args = parser.parse_args()
    with Library.open(args.library) as library, writing(library.folder):
        for concept in CONCEPTS:
            shown = truth(args.photos, library, concept)
            figures = defaultdict(list)
            for seed in range(args.draws):
                for name, value in draw(library, concept, shown, np.random.default_rng(seed)).items():
                    figures[name].append(value)
            share = sum(shown.values())
            told = "  ".join(f"{k} {np.nanmean(v):.2f} ± {np.nanstd(v):.2f}" for k, v in figures.items())
            print(f"{concept}: {share} of {len(shown)} show it  {told}")


if __name__ == "__main__":
    main()
