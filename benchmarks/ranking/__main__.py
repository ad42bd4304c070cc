"""Fusion and cut-off, measured: python -m benchmarks.ranking ../shared/data --work DIR [--model mini]

DIR keeps the tree, its library and embedded pictures, so that a second run (or one with other weights of the model)
takes a minute. The first reads the words of 230 pictures.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.ranking import cutting, fusing
from benchmarks.ranking.cases import clip_cases, model_cases
from benchmarks.ranking.judged import judged
from benchmarks.ranking.tree import plant
from search.library import Library


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("data", type=Path)
    given.add_argument("--work", type=Path, required=True)
    given.add_argument("--model", default="mini")
    options = given.parse_args()
    tree = options.work.absolute() / "tree"
    kept = plant(options.data, tree)
    with Library.open(options.work / "library", create=True, model=options.model) as library:
        library.index([tree])
        print(f"\n{options.model}, revision {library.manifest.revision}\n")
        asked = judged(options.data, kept)
        _fusion(library, tree, asked)
        cases = [*model_cases(options.data, library.embedder(), options.work / "cache"), *clip_cases(options.data)]
    _cutoff(cutting.scored(cases))


def _fusion(library: Library, tree: Path, asked: list) -> None:  # type: ignore[type-arg]
    every = fusing.measured(library, tree, asked)
    for half in (True, False):
        made = fusing.table(every, half)
        counts = {
            each: sum(one.asked.set == each and one.asked.chooses == half for one in every) for each in fusing.SETS
        }
        print(f"nDCG@10, {'choosing' if half else 'reporting'} half\n")
        print(
            "| method |",
            " | ".join(f"{each} ({counts[each]})" for each in fusing.SETS),
            "| worst against the better signal |",
        )
        print("| --- |" + " --- |" * (len(fusing.SETS) + 1))
        best = {each: max(made["dense alone"][each], made["lexical alone"][each]) for each in fusing.SETS}
        for name, of_set in made.items():
            worst = min(of_set[each] - best[each] for each in fusing.SETS)
            print(f"| {name} |", " | ".join(f"{of_set[each]:.3f}" for each in fusing.SETS), f"| {worst:+.3f} |")
        print()


def _cutoff(every: list[cutting.Scored]) -> None:
    models = {
        "mini": [e for e in every if not e.case.startswith("CLIP")],
        "CLIP": [e for e in every if e.case.startswith("CLIP")],
    }
    for model, rows in models.items():
        sweep = [
            float(at) for at in np.quantile(np.concatenate([e.cosines for e in rows]), np.linspace(0.02, 0.999, 80))
        ]
        print(
            f"Cut-off, {model} (reporting half): balance, for F0.5 and F1\n\n| cut-off | F0.5 | F1 |\n| --- | --- | --- |"
        )
        chosen = {}
        for beta in (0.5, 1.0):
            tuned = max(sweep, key=lambda at: cutting.balance(cutting.outcomes(rows, cutting.fixed(at), True, beta)))
            oracle = max(sweep, key=lambda at: cutting.balance(cutting.outcomes(rows, cutting.fixed(at), False, beta)))
            chosen[beta] = (tuned, oracle)
        named = {
            "fixed, best on the choosing half": [cutting.fixed(chosen[b][0]) for b in (0.5, 1.0)],
            "fixed, best of all on this half": [cutting.fixed(chosen[b][1]) for b in (0.5, 1.0)],
            "everyday scatters above its mean": [cutting.deviations] * 2,
            "own scores (before)": [cutting.by_itself] * 2,
            "calibrated (shipped)": [cutting.shipped] * 2,
        }
        for name, cuts in named.items():
            values = [
                cutting.balance(cutting.outcomes(rows, c, False, b)) for c, b in zip(cuts, (0.5, 1.0), strict=True)
            ]
            print(f"| {name} | {values[0]:.3f} | {values[1]:.3f} |")
        print(
            "\n| library | queries with | cut-off | precision of matches | true hits kept | nothing shown | matches |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for name, cut in (
            ("fixed " + f"{chosen[1.0][0]:.3f}", cutting.fixed(chosen[1.0][0])),
            ("calibrated", cutting.shipped),
        ):
            for (case, kind), o in sorted(cutting.outcomes(rows, cut, False, 1.0).items()):
                right = "-" if kind == "none" else f"{o.precision:.2f} | {o.kept:.2f}"
                print(
                    f"| {case} | {kind} right | {name} | {right if kind != 'none' else '- | -'} | {o.silent:.2f} | {o.matches:.1f} |"
                )
        print()


if __name__ == "__main__":
    main()
