"""Pictures are edited from the page: one, many, and taken back."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from indexer.records import Edit
from tests.small import said
from tests.web.gallery import gallery
from vlm import DetectedObject
from web.app import create_app


@pytest.fixture
def shown(tmp_path):
    with gallery(tmp_path) as made:
        yield made


@pytest.fixture
def client(shown):
    with TestClient(create_app(shown.library), base_url="http://127.0.0.1") as made:
        yield made


def edited(client, **said):
    made = client.post("/api/v1/pictures/edit", json=said)
    assert made.status_code == 200, made.text
    return made.json()


def undone(client, status=200, **which):
    made = client.post("/api/v1/pictures/undo", json=which)
    assert made.status_code == status, made.text
    return made.json()


def texts(shown, picture):
    return [(one.kind, one.text, one.model) for one in shown.library.store.texts(picture)]


def test_one_picture_is_edited_and_found_by_it(client, shown):
    red = shown.id("red.png")
    made = client.patch(f"/api/v1/pictures/{red}", json={"note": "Oslo harbour", "tags": ["boat"], "rating": 4})
    assert made.status_code == 200
    assert made.json()["ids"] == [red]
    found = client.get("/api/v1/search", params={"q": "oslo tag:boat rating:4"}).json()["hits"]
    assert [hit["id"] for hit in found] == [red]
    again = client.patch(f"/api/v1/pictures/{red}", json={"rating": 4}).json()
    assert again["change"] is None


def test_many_are_edited_at_once_and_the_change_is_taken_back(client, shown):
    ids = [shown.id("red.png"), shown.id("green.png")]
    made = edited(client, ids=ids, state="hidden", tags=["boat"])
    assert client.get("/api/v1/search", params={"q": "state:hidden"}).json()["total"] == 2
    assert undone(client, change=made["change"])["ids"] == sorted(ids)
    assert client.get("/api/v1/search", params={"q": "state:hidden"}).json()["total"] == 0
    assert client.get("/api/v1/search", params={"q": "tag:boat"}).json()["total"] == 0
    kept = client.get(f"/api/v1/pictures/{ids[0]}/history").json()
    assert [(one["field"], one["after"], one["change"]) for one in kept] == [
        ("state", "hidden", made["change"]), ("tag", "boat", made["change"]),
    ]  # fmt: skip
    assert all(one["undone_at"] for one in kept)
    undone(client, status=400, change=made["change"])


def test_what_a_model_wrote_stands_there_again_and_it_may_write_anew(client, shown):
    green, annotate = shown.id("green.png"), shown.library.store.catalog.texts.annotate
    annotate(green, "caption", said("tiny", caption="a green field"))
    edited(client, ids=[green], caption="the lawn", untags=["green"])
    annotate(green, "caption", said("tiny", "2", caption="a pool table"))
    assert ("caption", "the lawn", "user") in texts(shown, green)
    undone(client, ids=[green])
    assert [one for one in texts(shown, green) if one[0] == "caption"] == [("caption", "a green field", "tiny")]
    assert [hit["id"] for hit in client.get("/api/v1/search", params={"q": '"green field"'}).json()["hits"]] == [green]
    annotate(green, "caption", said("tiny", "2", caption="a pool table"))
    assert [one for one in texts(shown, green) if one[0] == "caption"] == [("caption", "a pool table", "tiny")]


def test_words_read_in_a_picture_come_back_with_their_lines(client, shown):
    red = shown.id("red.png")
    shown.library.store.catalog.texts.annotate(red, "ocr", said(lines=["EXIT", "this way"]))
    before = shown.library.store.texts(red)
    edited(client, ids=[red], text="ENTRANCE")
    undone(client, ids=[red])
    assert shown.library.store.texts(red) == before


def test_taking_back_goes_from_the_last_to_the_first_and_not_past_what_was_said_since(client, shown):
    red, green = shown.id("red.png"), shown.id("green.png")
    both = edited(client, ids=[red, green], note="one")
    edited(client, ids=[green], note="two")
    told = undone(client, status=400, change=both["change"])
    assert "changed again since" in told["detail"]
    assert undone(client, change=both["change"], ids=[red])["ids"] == [red]
    undone(client, ids=[green])
    assert ("note", "one", "user") in texts(shown, green)
    undone(client, ids=[green])
    assert not [one for one in texts(shown, green) if one[0] == "note"]


def test_words_about_another_content_of_the_file_do_not_come_back(client, shown):
    green, catalog = shown.id("green.png"), shown.library.store.catalog
    catalog.texts.annotate(green, "caption", said("tiny", caption="a green field"))
    edited(client, ids=[green], caption="the lawn")
    with catalog.connections.writing() as db:
        db.execute("UPDATE pictures SET hash = 'other' WHERE id = ?", (green,))
    undone(client, ids=[green])
    assert not [one for one in texts(shown, green) if one[0] == "caption"]
    assert green in catalog.texts.to_annotate("caption", "tiny", "1")


def test_a_concepts_tag_that_was_taken_away_comes_back(client, shown):
    red = shown.id("red.png")
    shown.library.store.catalog.texts.tag("colour", "1", {red: ["warm"]}, "2026-01-01T00:00:00+00:00")
    edited(client, ids=[red], untags=["Warm"])
    assert ("tag", "warm", "colour") not in texts(shown, red)
    undone(client, ids=[red])
    assert ("tag", "warm", "colour") in texts(shown, red)


def test_an_object_that_was_taken_away_comes_back_with_its_box(client, shown):
    green, texts = shown.id("green.png"), shown.library.store.catalog.texts
    dog = DetectedObject("dog", 0.9, (1, 2, 30, 40))
    texts.annotate(green, "object", said("yolox", objects=(dog,)))
    edited(client, ids=[green], untags=["dog"])
    assert texts.objects(green) == []
    undone(client, ids=[green])
    assert texts.objects(green) == [dog]


def test_what_makes_no_sense_is_refused_in_a_sentence_and_changes_nothing(client, shown):
    red = shown.id("red.png")
    for body, word in (
        ({"ids": [red, 999]}, "nothing is said"),
        ({"ids": [red, 999], "note": "x"}, "999"),
        ({"ids": [], "note": "x"}, "ids"),
        ({"ids": [red], "captoin": "x"}, "captoin"),
        ({"ids": [red], "rating": 6}, "rating"),
        ({"ids": [red], "tags": ["a"], "untags": ["A"]}, "both"),
        ({"ids": [2**63], "note": "x"}, "ids"),
    ):
        made = client.post("/api/v1/pictures/edit", json=body)
        assert made.status_code == 400, body
        assert word in made.json()["detail"].lower()
    assert client.patch("/api/v1/pictures/999", json={"note": "x"}).status_code == 404
    assert client.get("/api/v1/pictures/999/history").status_code == 404
    assert shown.library.history(red) == []


def test_undo_in_python_knows_the_change_by_its_number(shown):
    red, green = shown.id("red.png"), shown.id("green.png")
    change = shown.library.edit([red, green], Edit(rating=3))
    assert shown.library.undo(change=change) == sorted([red, green])
    assert shown.library.store.get([red])[0].exif.rating is None
