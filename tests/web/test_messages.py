"""What the server sends by its name is said on the page in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from indexer import concepts, texts
from indexer.duplicates.records import Tier
from indexer.filters import HELD
from vlm.protocols import Task
from web.job import State

MESSAGES = json.loads((Path(__file__).parents[2] / "web/static/messages/en.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("begins", "names"),
    [
        ("task.", {*get_args(Task), texts.TAGGING, concepts.TASK}),
        ("stage.", {*get_args(Task), "index", "told", "embed"}),
        ("job.state.", {*get_args(State)} - {"running"}),  # that is said by how far it is
        ("has.", {*HELD}),
        ("duplicates.", {*get_args(Tier)}),
    ],
)
def test_every_name_that_the_server_sends_has_words(begins, names):
    assert [name for name in sorted(names) if f"{begins}{name}" not in MESSAGES] == []
