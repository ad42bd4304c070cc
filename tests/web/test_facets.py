"""What a result can be narrowed by: every count is what one finds when one narrows by it."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from indexer.gazetteer import Part
from indexer.manifest import Manifest
from indexer.records import Edit, Text
from search.library import Library
from tests.conftest import paint
from tests.small import ColourEmbedder, write
from vlm.protocols import Annotation, DetectedObject
from web.app import create_app


@pytest.fixture
def album(shelf):
    """Two dozen pictures below several folders, taken over two years, with tags."""
    for at in range(24):
        colour, folder = (
            ["red", "green", "blue"][at % 3],
            ["2023/rome", "2023/oslo", "2023", "", "my trips/Łódź"][at % 5],
        )
        path = paint(shelf.pictures / folder / f"{at}.png", colour, at, (64, 48) if at % 4 else (48, 64))
        taken = datetime(2023 + at // 12, 1 + at % 12, 1 + at, tzinfo=UTC).timestamp()
        os.utime(path, (taken, taken))
    shelf.index()
    for at in range(1, 13):
        write(shelf.catalog, Text(at, "tag", ["Boat", "boat", "our cat"][at % 3], "user"))
    for at in range(1, 9):
        write(shelf.catalog, Text(at, "caption", f"number {at}", "blip"))
        people = [DetectedObject(label, 0.9, (0, 0, 9, 9)) for label in ["Person", "person"] * (at // 2) + ["dog"]]
        shelf.catalog.texts.annotate(
            at, "object", Annotation("yolox", "1", datetime(2024, 1, 1, tzinfo=UTC), objects=tuple(people))
        )
    with shelf.catalog.connections.writing() as db:
        near = [(48.85 + at / 100, 2.35, at) for at in range(1, 8)] + [(-33.87, 151.2, at) for at in range(8, 12)]
        db.executemany("UPDATE pictures SET latitude = ?, longitude = ? WHERE id = ?", near)
    paris = (Part("Paris", ("Париж", "Parigi")), Part("France"))
    sydney = (Part("The Rocks"), Part("Sydney", ("Sidney",)), Part("Australia"))
    shelf.catalog.places.put(range(1, 12), [paris] * 7 + [sydney] * 4)
    with Library(shelf.library, Manifest("colour", "1", 4), ColourEmbedder()) as library:
        yield library


@pytest.fixture
def client(album):
    return TestClient(create_app(album), base_url="http://127.0.0.1")


def facets(client, **asked):
    answer = client.get("/api/v1/facets", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("q", ["", "in:2023", "-tag:boat"])
def test_narrowing_by_a_value_finds_as_many_as_it_said(client, q):
    told = facets(client, q=q)
    assert told["total"] == client.get("/api/v1/search", params={"q": q}).json()["total"]
    values = [one for each in told["facets"].values() for one in each] + told["histogram"]["bars"]
    assert len(values) > 25
    for one in values:
        found = client.get("/api/v1/search", params={"q": f"{q} {one['query']}"}).json()
        assert (one["query"], found["total"]) == (one["query"], one["count"])


def test_what_is_counted_is_what_matches(client):
    told = facets(client, q="red")
    found = client.get("/api/v1/search", params={"q": "red"}).json()
    assert told["total"] == len([hit for hit in found["hits"] if not hit["weak"]]) == 8
    assert {one["value"]: one["count"] for one in told["facets"]["colour"]}["red"] == 8


def test_words_that_are_alike_are_one_value(client):
    assert [(one["value"].lower(), one["count"]) for one in facets(client)["facets"]["tag"]] == [
        ("boat", 8),
        ("our cat", 4),
    ]


def test_people_are_counted_in_each_picture(client):
    told = {one["value"]: (one["count"], one["query"]) for one in facets(client)["facets"]["people"]}
    assert told == {
        "2": (2, "object:person=2"), "4": (2, "object:person=4"), "5+": (3, "object:person>=5"),
    }  # fmt: skip


def test_places_are_counted_by_name_with_a_picture_of_each_countries_first(client, album):
    told = [(one["value"], one["count"]) for one in facets(client)["facets"]["place"]]
    assert told[:3] == [("France", 7), ("Australia", 4), ("Paris, France", 7)]
    france = facets(client)["facets"]["place"][0]
    assert france["query"] == "place:France"
    assert client.get(france["thumbnail"]).headers["content-type"] == "image/webp"
    album.edit(list(range(1, 8)), Edit(state="hidden"))
    assert facets(client)["facets"]["place"][0]["value"] == "Australia"


def test_what_is_known_of_pictures_is_counted(client):
    told = {one["query"]: one["count"] for one in facets(client)["facets"]["has"]}
    assert told == {"has:tag": 12, "has:gps": 11, "has:object": 8, "has:caption": 8}


def test_folders_count_what_lies_below_them(client):
    counts = {one["value"]: one["count"] for one in facets(client)["facets"]["folder"]}
    assert counts == {
        "pictures": 24, "pictures/2023": 15, "pictures/2023/rome": 5, "pictures/2023/oslo": 5,
        "pictures/my trips": 4, "pictures/my trips/Łódź": 4,
    }  # fmt: skip


def test_counts_follow_what_people_say(client, album):
    album.edit([1, 2], Edit(tags=("new tag",)))
    assert ("new tag", 2) in [(one["value"], one["count"]) for one in facets(client)["facets"]["tag"]]


def test_hidden_pictures_are_not_counted(client, album):
    album.edit([1], Edit(state="hidden"))
    assert facets(client)["total"] == 23
    assert facets(client, q="state:hidden")["total"] == 1


def test_the_most_frequent_values_come_first_and_no_more_than_asked_for(client):
    assert [one["value"] for one in facets(client, most=2)["facets"]["folder"]] == ["pictures", "pictures/2023"]


def test_folders_of_an_upper_level_come_before_bigger_ones_below_others(client):
    told = facets(client, most=3)["facets"]["folder"]
    assert [(one["value"], one["count"]) for one in told] == [
        ("pictures", 24),
        ("pictures/2023", 15),
        ("pictures/my trips", 4),
    ]


def test_the_timeline_has_every_match_in_the_present_order(client):
    told = client.get("/api/v1/timeline").json()
    days = [one["value"] for one in told["days"]]
    assert told["total"] == sum(one["count"] for one in told["days"]) == 24
    assert days == sorted(days, reverse=True)
    assert days[0] == "2024-12-24"
    assert client.get("/api/v1/timeline", params={"order": "oldest"}).json()["days"][0]["value"] == days[-1]
    assert client.get("/api/v1/timeline", params={"q": "sort:oldest year:2024"}).json()["total"] == 12
    newest = client.get("/api/v1/search", params={"q": told["days"][0]["query"]}).json()
    assert newest["total"] == told["days"][0]["count"]


def test_an_empty_library_has_nothing_to_narrow(shelf):
    with Library(shelf.library, Manifest("colour", "1", 4), ColourEmbedder()) as library:
        empty = TestClient(create_app(library), base_url="http://127.0.0.1")
        told = facets(empty)
        assert told["total"] == 0
        assert not any(told["facets"].values())
        assert empty.get("/api/v1/timeline").json() == {"total": 0, "days": []}


@pytest.mark.parametrize(
    ("q", "start", "first"),
    [
        ("red ta", 4, "tag:"), ("dog tag:bo", 4, "tag:"), ('dog tag:"our c', 4, 'tag:"our cat"'), ("(tag:o", 1, 'tag:"our cat"'),
        ("in:rom", 0, "in:pictures/2023/rome"), ("lod", 0, 'in:"pictures/my trips/Łódź"'), ("-boa", 1, "tag:"),
        ("-in:osl", 1, "in:pictures/2023/oslo"), ("has:g", 0, "has:gps"), ("sort:o", 0, "sort:oldest"),
        ("type:", 0, "type:png"), ("Sidn", 0, 'place:"Sydney, Australia"'), ("place:париж", 0, 'place:"Paris, France"'), ("colour:gre", 0, "color:green"), ("", 0, "in:"),
    ],
)  # fmt: skip
def test_what_is_typed_is_completed(client, q, start, first):
    told = client.get("/api/v1/complete", params={"q": q}).json()
    assert (told["start"], told["end"]) == (start, len(q))
    assert told["offers"][0]["text"].startswith(first)
    for one in told["offers"]:
        if one["count"] is not None:
            assert client.get("/api/v1/search", params={"q": one["text"]}).json()["total"] == one["count"]


@pytest.mark.parametrize("q", ['"grand ho', "nothing:x", "zzzz", "like:", '"a" ""'])
def test_where_nothing_is_known_nothing_is_offered(client, q):
    assert client.get("/api/v1/complete", params={"q": q}).json()["offers"] == []


def test_only_the_word_before_the_cursor_is_completed(client):
    told = client.get("/api/v1/complete", params={"q": "ta red", "at": 2}).json()
    assert (told["start"], told["end"], told["offers"][0]["text"]) == (0, 2, "tag:")


@pytest.mark.parametrize(
    "address", ["facets?most=0", "facets?q=in:", "facets?q=picture:/etc/passwd", "timeline?after=x", "complete?at=-1"]
)
def test_what_makes_no_sense_is_refused(client, address):
    assert client.get(f"/api/v1/{address}").status_code == 400
