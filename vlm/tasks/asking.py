"""A model that is put to a task: what all annotators here have in common."""

from __future__ import annotations

from datetime import UTC, datetime

from vlm.protocols import Embedder, Model


class Asking:
    """All of `vlm.protocols.Annotator` but its task and what is asked."""

    def __init__(self, model: Model | Embedder, prompt_version: str = "") -> None:
        self._model = model
        self.spec = model.spec
        self.picture_side = model.picture_side
        self.prompt_version = prompt_version

    @property
    def revision(self) -> str:
        """The model's."""
        return self._model.revision

    def close(self) -> None:
        """Close the model, where it holds memory."""
        if hasattr(self._model, "close"):
            self._model.close()

    def _by(self) -> tuple[str, str, datetime, str]:
        """How an Annotation begins that is made now."""
        return self.spec, self.revision, datetime.now(UTC), self.prompt_version
