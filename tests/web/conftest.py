"""A library that jobs can work on, and a model that waits to be let through."""

from __future__ import annotations

import pytest

from tests.plugin import install
from tests.web.working import Gated, made_library
from vlm.registry import _families


@pytest.fixture
def gated(tmp_path, monkeypatch):
    """The model of the spec `gated`."""
    monkeypatch.syspath_prepend(str(install(tmp_path / "site")))
    _families.cache_clear()
    made = Gated()
    _families()["gated"] = lambda _: made
    yield made
    made.gate.release(100)
    _families.cache_clear()


@pytest.fixture
def library(tmp_path, gated):
    with made_library(tmp_path) as made:
        yield made
