"""What can go wrong, drawn as a tree: catch the branch that is wide enough.

    ImsearchError                     anything imsearch says on purpose
      UsageError                      what was asked makes no sense as asked
        QueryError                    a query that cannot be answered (search)
          ParseError                  a query that does not parse, with the word it stumbled over
      ModelError                      a model cannot be had or cannot do this
        UnknownModel                  no model of that name
        ModelUnavailable              a known model that is not on this machine or cannot be reached
        PartlyAnswered                of several questions, some were answered and some were not
        PictureRefused                a model failed on one picture; it can go on with the next
      PictureError                    one picture cannot be used (indexer); never ends a run
      LibraryError                    the library on disk cannot be used (indexer)
        LibraryMissing                there is none at that place
        LibraryTooNew                 it was written by a newer imsearch
        LibraryBusy                   another process is writing to it
        LibraryDamaged                it does not verify

Each message is one sentence a person can act on: the thing, the reason, the remedy.
The branches below `LibraryError`, `PictureError` and `QueryError` are defined in the package that raises them.
"""

from __future__ import annotations

from collections.abc import Sequence


class ImsearchError(Exception):
    """Anything imsearch says on purpose; `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(ImsearchError):
    """What was asked makes no sense as asked."""

    exit_code = 2


class ModelError(ImsearchError):
    """A model cannot be had, or cannot do what was asked of it."""

    exit_code = 4


class UnknownModel(ModelError):
    """No model of that name; the message names the near ones."""


class ModelUnavailable(ModelError):
    """A known model that is not on this machine, or whose hub cannot be reached."""


class PartlyAnswered(ModelError):
    """Of several questions, some were answered: `answers` holds, in their order, what was said or why nothing was."""

    def __init__(self, answers: Sequence[str | ModelError]) -> None:
        failed = [answer for answer in answers if isinstance(answer, ModelError)]
        super().__init__(f"{len(failed)} of {len(answers)} got no answer, the first because: {failed[0]}")
        self.answers = tuple(answers)


class PictureRefused(ModelError):
    """A model failed on this picture; it can go on with the next."""
