"""Is the library whole? Catalog against vectors against files; and how to make it so again."""

from __future__ import annotations

from indexer.decode import decode
from indexer.errors import PictureError
from indexer.local import LocalStore
from indexer.lock import writing
from indexer.paths import to_path
from indexer.thumbnails import write_thumbnail
from vlm.wording import many


def examine(store: LocalStore) -> list[str]:
    """What is wrong, one sentence each; empty when all is well."""
    problems = store.catalog.check(store.model_id)
    saved = store.verify()
    if saved:
        problems.append(saved)
    lacking = len(_without_thumbnail(store))
    if lacking:
        problems.append(f"{many(lacking, 'picture')} without a thumbnail.")
    return problems


def mend(store: LocalStore) -> None:
    """Rebuild what can be rebuilt from the catalog and the pictures. Raises LibraryBusy while another process writes."""
    with writing(store.folder):
        store.catalog.mend()
        store.rebuild()
        for picture_id in _without_thumbnail(store):
            picture = store.get([picture_id])[0]
            try:
                decoded = decode(to_path(picture.path), 384)
            except PictureError:
                continue  # the file has gone or changed: the next indexing run says so
            write_thumbnail(store.folder / "thumbnails", picture.hash, decoded.picture)


def _without_thumbnail(store: LocalStore) -> list[int]:
    ids = store.catalog.ids(store.model_id).tolist()
    return [picture.id for picture in store.get(ids) if not picture.offline and not store.thumbnail(picture).exists()]
