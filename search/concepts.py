"""Concepts: taught by some ten examples, then a tag on every picture, old and new. `Concepts.teach` tells the story."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from indexer.concepts import Classifier, Concept
from indexer.indexer import utc_now
from indexer.local import LocalStore
from indexer.records import Picture
from indexer.vectors.protocol import Ids, Scores
from indexer.words import clean, folded, query_words
from search.fitting import FEWEST_YES, fit
from vlm.errors import UsageError
from vlm.protocols import Vectors
from vlm.wording import many

# So many unlabelled pictures say how vectors vary as well as a million do.
MOST_UNLABELLED = 5_000
# How many of the pictures nearest to the threshold are named, so that they can be judged next.
LEAST_SURE = 5
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Taught:
    """What came of teaching: the concept, how many examples changed sides, and the ids it is least sure of."""

    concept: Concept
    moved: int
    least_sure: tuple[int, ...]


class Concepts:
    """The concepts of one library. Hold the writer lock (`indexer.lock.writing`) around all but `all` and `named`."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        self._catalog = store.catalog
        self._model = store.model_id

    def all(self) -> list[Concept]:
        """Every concept, by name."""
        return self._catalog.concepts.all(self._model)

    def named(self, name: str) -> Concept:
        """One concept; case does not matter. Raises UsageError with the nearest name."""
        known = {folded(concept.name): concept for concept in self.all()}
        key = folded(_tidy(name))
        if key not in known:
            near = get_close_matches(key, known, 1)
            meant = f"did you mean {known[near[0]].name}?" if near else "see their names with: imsearch concepts"
            raise UsageError(f"There is no concept {name}; {meant}")
        return known[key]

    def teach(self, name: str, yes: Collection[Picture] = (), no: Collection[Picture] = ()) -> Taught:
        """Add examples to a concept (or make it), fit it anew, and tag every picture. Raises UsageError.

        The latest word on a picture holds. Pictures of the same content are one example.
        """
        name = _tidy(name)
        old = next((one for one in self.all() if folded(one.name) == folded(name)), None)
        kept = old.examples if old else {}
        said = _said(yes, no)
        name = old.name if old else _checked(name)
        examples = {**kept, **said}
        made = self._fit(examples)
        if made is None:
            here = self._contents(examples)
            shown = len({content for content in here.values() if examples[content]})
            raise UsageError(
                f"{name} cannot be learned from {many(shown, 'picture')} of it; name at least {FEWEST_YES} that "
                "show it (yes) and, best, five that do not (no)."
            )
        ids, scores = self._scored(made)
        self._catalog.edits.allow([picture.id for picture in yes], name, utc_now())
        self._catalog.concepts.teach(name, examples, self._model, made, self._decide(ids, scores, examples), utc_now())
        moved = sum(kept.get(content, shows) != shows for content, shows in said.items())
        return Taught(self.named(name), moved, self._least_sure(ids, scores, examples))

    def forget(self, name: str) -> Concept:
        """Drop a concept with its examples and its tags; tags of other origin stay. Raises UsageError."""
        concept = self.named(name)
        self._catalog.concepts.forget(concept.name)
        return concept

    def keep_up(self) -> None:
        """After indexing: fit what has no classifier for the library's model, and tag the pictures that are new.

        May be interrupted anywhere: each step is a transaction, and what is not marked as seen is looked at next time.
        """
        generation = self._catalog.generation(self._model)
        for concept in self.all():
            if concept.classifier is None:
                made = self._fit(concept.examples)
                if made is None:
                    continue
                tagged = self._decide(*self._scored(made), concept.examples)
                self._catalog.concepts.teach(concept.name, None, self._model, made, tagged, utc_now())
        concepts = self.all()
        while concepts and len(ids := self._catalog.concepts.unseen(self._model)):
            vectors = self._store.vectors(ids.tolist())
            tags = {
                concept.name: self._decide(ids, _scores(concept.classifier, vectors), concept.examples)
                for concept in concepts
            }
            self._catalog.concepts.tag(self._model, ids.tolist(), tags, utc_now())
        if concepts:
            self._catalog.concepts.saw_all(self._model, generation)

    # -- from examples to a classifier -----------------------------------------------------------------------------

    def _fit(self, examples: Mapping[str, bool]) -> Classifier | None:
        """None when too few of the examples are in the library with a vector of its model."""
        embedded = self._catalog.ids(self._model)
        here = self._contents(examples)
        usable = set(np.intersect1d(embedded, list(here)).tolist())
        # one picture for each content: copies would count one example twice
        one_each = {here[picture]: picture for picture in sorted(usable)}
        yes = [one_each[content] for content, shows in examples.items() if shows and content in one_each]
        no = [one_each[content] for content, shows in examples.items() if not shows and content in one_each]
        unlabelled = np.setdiff1d(embedded, list(here))
        if len(unlabelled) > MOST_UNLABELLED:
            unlabelled = np.random.default_rng(0).choice(unlabelled, MOST_UNLABELLED, replace=False)
        if len(yes) < FEWEST_YES or not len(no) + len(unlabelled):
            return None
        width = self._store.manifest.dim
        return fit(*(self._store.vectors(list(ids)).reshape(-1, width) for ids in (yes, no, unlabelled.tolist())))

    # -- from a classifier to tags ---------------------------------------------------------------------------------

    def _scored(self, made: Classifier) -> tuple[Ids, Scores]:
        """Every picture of the library, and how far above (or below) the threshold it lies."""
        chunks = [(ids, _scores(made, vectors)) for ids, vectors in self._catalog.embeddings(self._model)]
        return np.concatenate([ids for ids, _ in chunks]), np.concatenate([scores for _, scores in chunks])

    def _decide(self, ids: Ids, scores: Scores, examples: Mapping[str, bool]) -> list[int]:
        """The ids to tag: what its owner said of a picture holds, whatever the classifier makes of it."""
        said = self._contents(examples)
        yes = [picture for picture, content in said.items() if examples[content]]
        tagged: list[int] = ids[np.isin(ids, yes) | (scores >= 0) & ~np.isin(ids, list(said))].tolist()
        return tagged

    def _contents(self, examples: Mapping[str, bool]) -> dict[int, str]:
        return self._catalog.concepts.with_content(list(examples))

    def _least_sure(self, ids: Ids, scores: Scores, examples: Mapping[str, bool]) -> tuple[int, ...]:
        unsaid = ~np.isin(ids, list(self._contents(examples)))
        nearest = np.argsort(np.abs(scores[unsaid]), kind="stable")[:LEAST_SURE]
        return tuple(ids[unsaid][nearest].tolist())


def _scores(made: Classifier | None, vectors: Vectors) -> Scores:
    """Without a classifier nothing is tagged but what its owner said."""
    if made is None:
        return np.full(len(vectors), -1, np.float32)
    return np.asarray(vectors @ made.weights - np.float32(made.threshold), np.float32)


def _said(yes: Collection[Picture], no: Collection[Picture]) -> dict[str, bool]:
    """Content -> whether it shows it."""
    both = {picture.hash for picture in yes} & {picture.hash for picture in no}
    if both:
        one = next(picture for picture in yes if picture.hash in both)
        raise UsageError(
            f"Picture {one.id} is named (itself or a copy of it) as showing it (yes) and as not (no); say which holds."
        )
    return {picture.hash: True for picture in yes} | {picture.hash: False for picture in no}


def _tidy(name: str) -> str:
    return " ".join(clean(name).split())


def _checked(name: str) -> str:
    """A name that a search can find and `tag:` can hold. Raises UsageError."""
    if not query_words(name) or len(name) > LONGEST_NAME or '"' in name or not name.isprintable():
        raise UsageError(
            f"{name!r} cannot name a concept: use letters or digits, no quotes, {LONGEST_NAME} characters at most."
        )
    return name
