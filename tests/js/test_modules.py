"""The page's own modules: their pure parts by node's test runner, and every sentence in the table of messages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WEB = HERE.parents[1] / "web"


def test_the_pure_parts():
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not on the PATH of this machine")
    ran = subprocess.run([node, "--test"], cwd=HERE, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout[-4000:]


def test_every_message_is_in_the_table_and_every_one_of_the_table_is_said():
    table = json.loads((WEB / "static/messages/en.json").read_text("utf-8"))
    modules = "".join(path.read_text("utf-8") for path in WEB.glob("static/**/*.js"))
    said = set(re.findall(r'\bt\((?:[^()"]*\?\s*"[\w.]+"\s*:)?\s*"([\w.]+)"', modules))
    said |= set(re.findall(r'\bt\([^()"]*\?\s*"([\w.]+)"\s*:', modules))
    templates = "".join(path.read_text("utf-8") for path in WEB.glob("templates/*.html"))
    said |= set(re.findall(r'(?:messages\[|\bt\()"([\w.]+)"[\],]', templates))
    # the parts of the library, each with its address
    said |= {f"library.{part}" for part in re.findall(r'\("(\w+)", "/library', templates)}
    said |= set(re.findall(r'"(keys\.[\w.]+|terms\.[\w.]+|filters\.[\w.]+)"', modules))
    families = tuple(
        set(re.findall(r"\bt\(\s*(?:[^()]*\?[^()]*)?`([\w.]+\.)\$\{", modules))
        | set(re.findall(r'messages\["(\w+\.)" ~', templates))
        | {"signal.", "ordinal.", "terms.", "view."}
    )
    assert not said - set(table)
    assert not [name for name in table if name not in said and not name.startswith(families)]


def test_other_languages_have_the_same_values_to_put_in():
    english = json.loads((WEB / "static/messages/en.json").read_text("utf-8"))
    for path in (WEB / "static/messages").glob("*.json"):
        for name, text in json.loads(path.read_text("utf-8")).items():
            assert holes(text) == holes(english[name]), f"{path.name}: {name}"


def holes(text: str | dict[str, str]) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text if isinstance(text, str) else " ".join(text.values())))
