"""Words for what pictures show, for a model that can tell them from its vectors; no picture is opened again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.indexer import OnProgress, utc_now
from indexer.local import LocalStore
from indexer.records import Enriched, Progress
from vlm import Embedder, Tagger
from vlm.errors import UsageError

BATCH = 1000


def tag_pictures(
    store: LocalStore,
    embedder: Embedder,
    on_progress: OnProgress = lambda _: None,
    among: Sequence[int] | None = None,
    anew: bool = False,
) -> Enriched:
    """Tag every picture (or those of `among`) that this revision of the library's model has not tagged; `anew` all of them.

    Each batch is one transaction. Raises UsageError for a model that names nothing.
    """
    if not isinstance(embedder, Tagger):
        raise UsageError(f"{embedder.spec} names nothing by its vectors; tags come with the model mini, or --describe.")
    ids = store.catalog.ids(store.model_id) if anew else store.catalog.texts.untagged(store.model_id)
    if among is not None:
        ids = ids[np.isin(ids, among)]
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH].tolist()
        made = embedder.tags(store.vectors(some))
        words = {i: [tag.word for tag in tags] for i, tags in zip(some, made, strict=True)}
        store.catalog.texts.tag(embedder.spec, embedder.revision, words, utc_now())
        on_progress(Progress("tag", start + len(some), len(ids), 0))
    return Enriched("tag", embedder.spec, len(ids), 0)
