"""What jobs do: index, annotate, look for duplicates, change models. Each goes on where it was when it is begun again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from indexer.indexer import Counts
from indexer.paths import to_path
from indexer.records import Choice, IndexReport, Progress
from search import Library
from search.annotators import Tasks, annotators
from search.parser import parse
from vlm import load_embedder
from web.finding import Finding
from web.jobs import Told, Work
from web.offered import Offered

Asked = Mapping[str, Any]


def works(library: Library, offered: Offered, finding: Finding) -> dict[str, Work]:
    """Each kind of job by its name."""

    def index(asked: Asked, told: Told) -> Any:
        roots = [to_path(root) for root in asked["folders"] or library.store.catalog.roots.paths().values()]
        kept = asked["choice"]
        choice = kept and Choice(tuple(kept["include"]), tuple(kept["exclude"]), kept["hidden"])
        counts = Counts()
        so_far = _progress(told, lambda _: _indexed(counts.report(0.0), told.earlier))
        report = library.index(roots, asked["ocr"], choice, asked["retry"], so_far, counts)
        return _indexed(report, told.earlier)

    def annotate(asked: Asked, told: Told) -> Any:
        tasks = Tasks(**{**asked["tasks"], "labels": tuple(asked["tasks"].get("labels", ()))})
        made = [*annotators(tasks, offered.model)]
        among = None if asked["query"] is None else parse(asked["query"])
        specs = {"tag": library.in_use().manifest.model} if asked["tags"] else {}
        specs |= {one.task: one.spec for one in made}
        before: dict[str, Any] = {t: {"task": t, "model": spec, "done": 0, "failed": 0} for t, spec in specs.items()}
        if not asked["anew"]:  # that is begun anew, too
            before |= {one["task"]: one for one in told.earlier or ()}
        came = dict(before)

        def come(now: Progress) -> Any:
            was = before[now.stage]
            well = was["done"] + now.done - now.failed
            came[now.stage] = was | {"done": well, "failed": was["failed"] + now.failed}
            return [*came.values()]

        library.annotate(made, among, asked["anew"], asked["retry"], _progress(told, come), asked["tags"])
        return [*came.values()]

    def duplicates(_: Asked, told: Told) -> Any:
        found = finding.found(on_step=lambda what, done, total: told.step(what, done, total, 0, ""))
        return {"groups": len(found.groups), "together": len(found.together)}

    def use_model(asked: Asked, told: Told) -> Any:
        made = library.models.use(load_embedder(offered.usable(asked["spec"])), _progress(told), told.note)
        library.follow_the_model()
        return asdict(made)

    return {"index": index, "annotate": annotate, "duplicates": duplicates, "model": use_model}


def _indexed(report: IndexReport, earlier: Asked | None) -> Asked:
    """A run's report with what runs before it did; what failed and what is unchanged each of them tells in full."""
    told = asdict(report)
    return told | {
        what: told[what] + earlier.get(what, 0)
        for what in ("added", "updated", "moved", "removed", "damaged")
        if earlier
    }


def _progress(told: Told, come: Callable[[Progress], Any] = lambda _: None) -> Callable[[Progress], None]:
    """Tells the job of each step, and what has `come` of it by then, in all its runs."""

    def on_progress(now: Progress) -> None:
        told.keep(come(now))
        told.step(now.stage, now.done, now.total, now.failed, now.path)

    return on_progress
