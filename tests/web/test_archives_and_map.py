"""Several files at once as an archive or as a list, and all pictures as a map."""

from __future__ import annotations

import csv
import io
import zipfile

import numpy as np
import pytest
from fastapi.testclient import TestClient

from indexer.indexer import Indexer
from indexer.records import Edit
from search.flat import projected
from tests.conftest import paint
from web.app import create_app


@pytest.fixture
def client(shown):
    with TestClient(create_app(shown.library), base_url="http://127.0.0.1") as made:
        yield made


def archived(client, *ids):
    answer = client.get("/api/v1/pictures/zip", params={"ids": ",".join(map(str, ids))})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="pictures.zip"'
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_files_come_as_they_are_each_once(client, shown):
    red, green = shown.id("red.png"), shown.id("green.png")
    archive = archived(client, green, red, green)
    assert archive.namelist() == ["green.png", "red.png"]
    assert archive.testzip() is None
    assert archive.read("red.png") == (shown.pictures / "red.png").read_bytes()


def test_files_of_one_name_keep_apart_and_one_that_is_gone_is_named(client, shown):
    for folder, seed in (("a", 91), ("b", 92), ("c", 93)):
        paint(shown.pictures / folder / "same.png", "blue", seed)
    Indexer(shown.library.store, shown.library.embedder).run([shown.pictures])
    ids = [shown.id(f"{folder}/same.png") for folder in "abc"]
    (shown.pictures / "c" / "same.png").unlink()
    archive = archived(client, *ids)
    assert archive.namelist() == ["same.png", "same (2).png", "missing.txt"]
    assert "c/same.png" in archive.read("missing.txt").decode()


def test_what_cannot_be_archived_is_refused_in_a_sentence(client):
    unknown = client.get("/api/v1/pictures/zip", params={"ids": "1,999999"})
    assert (unknown.status_code, "999999" in unknown.json()["detail"]) == (404, True)
    many = client.get("/api/v1/pictures/zip", params={"ids": ",".join(map(str, range(1, 2003)))})
    assert (many.status_code, "2,000" in many.json()["detail"]) == (400, True)


def listed(client, form, *ids, status=200):
    answer = client.post("/api/v1/pictures/list", json={"ids": list(ids), "form": form})
    assert answer.status_code == status, answer.text
    return answer


def test_a_selection_is_a_list_for_spreadsheets_scripts_and_programs(client, shown):
    red, green = shown.id("red.png"), shown.id("green.png")
    said = Edit(caption='Ada, "at" the helm — Zürich', tags=("our boat", "sea"), note="=HYPERLINK(1)", rating=4)
    shown.library.edit([green], said)
    table = listed(client, "csv", green, red)
    assert table.headers["content-disposition"] == 'attachment; filename="pictures.csv"'
    assert table.content.startswith(b"\xef\xbb\xbf"), "spreadsheets take it for UTF-8"
    first, second = csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")))
    assert (first["id"], first["path"], first["rating"]) == (str(green), str(shown.pictures / "green.png"), "4")
    assert (first["caption"], first["tags"]) == ('Ada, "at" the helm — Zürich', "our boat, sea")
    assert first["note"] == "'=HYPERLINK(1)", "no formula of somebody else's is computed"
    assert (second["id"], second["caption"], second["rating"]) == (str(red), "", "")
    told = listed(client, "json", green, red).json()
    assert [one["id"] for one in told] == [green, red]
    assert (told[0]["tags"], told[0]["note"], told[0]["width"]) == (["our boat", "sea"], "=HYPERLINK(1)", 96)
    assert listed(client, "paths", red, green).text.splitlines() == [
        str(shown.pictures / "red.png"),
        str(shown.pictures / "green.png"),
    ]
    assert "999999" in listed(client, "csv", red, 999999, status=404).json()["detail"]
    listed(client, "xlsx", red, status=400)


def test_the_map_holds_every_picture_and_like_ones_lie_together(client, shown):
    found = client.get("/api/v1/map").json()
    assert found["total"] == len(found["ids"]) == shown.library.store.count()
    at = {name: np.array([x, y]) for name, x, y in zip(found["names"], found["x"], found["y"], strict=True)}
    assert all(0 <= place <= 1 for place in found["x"] + found["y"])
    assert np.linalg.norm(at["red.png"] - at["scarlet.png"]) < np.linalg.norm(at["red.png"] - at["sea 05.png"])
    assert client.get("/api/v1/map").json() == found


@pytest.mark.parametrize("many", [0, 1, 2, 3])
def test_a_map_of_next_to_nothing_is_a_map(many):
    vectors = np.eye(4, dtype=np.float32)[:many]
    places = projected(vectors)
    assert places.shape == (many, 2)
    assert np.isfinite(places).all()
