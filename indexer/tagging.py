"""Words for what pictures show, for a model that can tell them from its vectors; no picture is opened again."""

from __future__ import annotations

from indexer.indexer import utc_now
from indexer.local import LocalStore
from vlm import Embedder, Tagger

BATCH = 1000


def tag_pictures(store: LocalStore, embedder: Embedder) -> None:
    """Tag every picture that this revision of the library's model has not tagged. Each batch is one transaction."""
    if not isinstance(embedder, Tagger):
        return
    while len(ids := store.catalog.texts.untagged(store.model_id, BATCH)):
        made = embedder.tags(store.vectors(ids.tolist()))
        words = {int(i): [tag.word for tag in tags] for i, tags in zip(ids, made, strict=True)}
        store.catalog.texts.tag(embedder.spec, embedder.revision, words, utc_now())
