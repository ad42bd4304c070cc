"""What the server sends by its name is said on the page in words, and all of them are in one table."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import get_args

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from indexer import concepts, texts
from indexer.duplicates.records import Tier
from indexer.filters import HELD
from vlm.protocols import Task
from web import login
from web.access import Access, Served
from web.drawing import Drawing
from web.job import State
from web.limits import Limits
from web.static_files import Static

WEB = Path(__file__).parents[2] / "web"
MESSAGES = json.loads((WEB / "static/messages/en.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("begins", "names"),
    [
        ("task.", {*get_args(Task), texts.TAGGING, concepts.TASK}),
        ("stage.", {*get_args(Task), "index", "damaged", "told", "place", "embed"}),
        ("job.state.", {*get_args(State)} - {"running"}),  # that is said by how far it is
        ("has.", {*HELD}),
        ("duplicates.", {*get_args(Tier)}),
    ],
)
def test_every_name_that_the_server_sends_has_words(begins, names):
    assert [name for name in sorted(names) if f"{begins}{name}" not in MESSAGES] == []


@pytest.mark.parametrize("template", sorted((WEB / "templates").iterdir()), ids=lambda path: path.name)
def test_no_page_says_anything_that_is_not_in_the_table(template):
    text = re.sub(
        r"{#.*?#}|{% block data %}.*?{% endblock %}|{%.*?%}|{{.*?}}", "", template.read_text(), flags=re.DOTALL
    )
    said = re.sub(r"<code>.*?</code>|<[^>]*>", " ", text, flags=re.DOTALL)
    assert set(re.findall(r"\w+", said)) <= {"imsearch"}
    assert re.findall(r'(?:alt|title|label|placeholder)="[^"]+"', text) == []


def test_another_language_is_another_file(tmp_path):
    shutil.copytree(WEB / "static", tmp_path / "static")
    german = {"login.token": "Ihr Schlüssel", "login.help": "Man bekommt ihn mit {command} <hier>"}
    (tmp_path / "static/messages/de.json").write_text(json.dumps(german))
    app = FastAPI()
    drawing = Drawing(Static(tmp_path / "static"))
    app.include_router(login.router(Access(tmp_path, Served("0.0.0.0")), Limits(), drawing))
    client = TestClient(app)
    page = client.get("/login", headers={"Accept-Language": "de-CH,de;q=0.9,en;q=0.8"})
    assert '<html lang="de">' in page.text and page.headers["vary"] == "Accept-Language"
    assert "Ihr Schlüssel" in page.text and "Your token" not in page.text
    assert "Man bekommt ihn mit <code>imsearch token add NAME</code> &lt;hier&gt;" in page.text
    assert MESSAGES["login.in"] in page.text  # what a table lacks is said in English
    assert "Your token" in client.get("/login").text
