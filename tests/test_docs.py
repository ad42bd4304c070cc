"""Docs that fail when they are wrong."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import imsearch

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", sorted(imsearch.COMMANDS))
def test_every_command_is_documented(name):
    assert f"`imsearch {name}" in (ROOT / "docs/start.md").read_text()


def test_the_readme_marks_one_line_for_each_of_its_two_commands():
    readme = (ROOT / "README.md").read_text()
    for name in ("run", "test"):
        assert re.search(rf"<!--\s*command:\s*{name}\s*-->\s*\n```[a-z]*\n[^\n]+\n```", readme)


@pytest.mark.parametrize("package", ["imsearch", "vlm", "indexer", "search", "web"])
def test_public_names_exist_and_are_sorted(package):
    module = importlib.import_module(package)
    assert all(hasattr(module, name) for name in module.__all__)
    assert sorted(module.__all__) == sorted(set(module.__all__))


def test_nothing_imports_the_table_of_contents():
    for package in ("vlm", "indexer", "search", "web"):
        for path in (ROOT / package).rglob("*.py"):
            assert not re.search(r"^\s*(from|import) imsearch\b", path.read_text(), re.MULTILINE), path


def test_the_named_models_are_documented():
    from vlm.choices import CHOICES

    text = (ROOT / "docs/models.md").read_text()
    assert all(choice.name in text for choice in CHOICES)
