"""The second pass: words read in pictures that are searchable by meaning already, newest first."""

from __future__ import annotations

from indexer.errors import PictureError
from indexer.indexer import OnProgress, utc_now
from indexer.local import LocalStore
from indexer.looking import look
from indexer.paths import to_path
from indexer.records import Picture, Progress, Text
from vlm import Annotator, ModelError

BATCH = 50


class Enricher:
    """Reads what is new or was read by another version. May be interrupted anywhere: each picture is a transaction."""

    def __init__(self, store: LocalStore, annotator: Annotator) -> None:
        self._catalog = store.catalog
        self._annotator = annotator

    def run(self, on_progress: OnProgress = lambda _: None) -> None:
        """Every picture that this annotator has not seen, newest first."""
        spec, revision = self._annotator.spec, self._annotator.revision
        total = len(self._catalog.unannotated("ocr", spec, revision, -1))
        done = failed = 0
        try:
            while batch := self._catalog.unannotated("ocr", spec, revision, BATCH):
                for picture in batch:
                    failed += not self._read(picture)
                    done += 1
                    on_progress(Progress("ocr", done, total, failed, picture.path))
        finally:
            self._annotator.close()

    def _read(self, picture: Picture) -> bool:
        try:
            made = look(to_path(picture.path), self._annotator)
        except PictureError as error:
            self._catalog.fail_picture(picture.id, "ocr", error.reason, error.remedy, utc_now())
            return False
        except ModelError as error:
            self._catalog.fail_picture(picture.id, "ocr", str(error), "Search by meaning still finds it.", utc_now())
            return False
        now = made.time.isoformat(timespec="seconds")
        lines = tuple((line.text, round(line.score, 3), line.box_xyxy) for line in made.lines)
        texts = (
            [Text(picture.id, "ocr", made.text, made.model, made.revision, made.prompt_version, now, lines)]
            if lines
            else []
        )
        self._catalog.annotate(picture.id, "ocr", texts, made.objects, made.model, made.revision, now)
        return True
