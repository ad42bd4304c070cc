"""A picture is sent once, and searched by as a whole, in part, with weights and words; and a search is sent as JSON."""

from __future__ import annotations

import io

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from search.blurring import DEFAULT
from tests.small import COLOURS, ColourChat
from web.api.errors import NotThere
from web.api.search import router
from web.app import create_app
from web.uploading import Uploading
from web.uploads import Uploads


@pytest.fixture(scope="module")
def client(shown):
    return TestClient(create_app(shown.library), base_url="http://127.0.0.1")


def picture(*colours):
    """Stripes side by side, each 100 pixels wide."""
    made = Image.new("RGB", (100 * len(colours), 60))
    for at, colour in enumerate(colours):
        made.paste(COLOURS[colour], (100 * at, 0, 100 * at + 100, 60))
    buffer = io.BytesIO()
    made.save(buffer, "PNG")
    return buffer.getvalue()


def sent(client, *colours):
    answer = client.post("/api/v1/uploads", files={"picture": ("a.png", picture(*colours))})
    assert answer.status_code == 201, answer.text
    return answer.json()


def first(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["hits"][0]["name"]


def search(client, **asked):
    return client.post("/api/v1/search", json=asked)


def test_a_picture_that_was_sent_can_be_named_in_any_query(client):
    kept = sent(client, "green")
    assert (kept["width"], kept["height"]) == (100, 60)
    q = f"picture:upload:{kept['upload']}"
    assert first(client.get("/api/v1/search", params={"q": q})) == "green.png"
    assert client.get("/api/v1/facets", params={"q": q}).json()["total"] >= 1
    thumbnail = client.get(kept["thumbnail"])
    assert Image.open(io.BytesIO(thumbnail.content)).size == (100, 60)


def test_a_part_of_it_can_be_meant(client):
    key = sent(client, "green", "red", "blue")["upload"]
    for x, name in ((0, "green.png"), (100, "red.png"), (200, "sea")):
        q = f"picture:upload:{key}@{x},0,100,60"
        assert first(client.get("/api/v1/search", params={"q": q})).startswith(name)
        by_json = search(client, terms=[{"upload": key, "box_xywh": [x, 0, 100, 60]}])
        assert first(by_json).startswith(name)
        chip = by_json.json()["terms"][0]
        assert (chip["text"], chip["upload"], chip["box_xywh"], chip["start"]) == (q, key, [x, 0, 100, 60], None)


def test_terms_of_every_kind_with_weights(client, shown):
    key = sent(client, "blue")["upload"]
    terms = [
        {"text": "red", "weight": 2},
        {"upload": key, "weight": -0.5},
        {"picture": shown.id("green.png"), "weight": 0.1},
    ]
    found = search(client, q="type:png", terms=terms, limit=3, **{"in": ["pictures"]}).json()
    assert found["hits"][0]["name"] == "red.png"
    assert found["query"] == f"+2*red -0.5*picture:upload:{key} +0.1*like:{shown.id('green.png')} type:png in:pictures"
    again = client.get("/api/v1/search", params={"q": found["query"], "limit": 3}).json()
    assert [hit["id"] for hit in again["hits"]] == [hit["id"] for hit in found["hits"]]
    more = search(client, q="type:png", terms=terms, limit=3, cursor=found["next"], **{"in": ["pictures"]}).json()
    assert [hit["rank"] for hit in more["hits"]] == [4, 5, 6]


def test_json_takes_what_the_address_takes(client):
    asked = {"q": "sea", "order": "newest", "limit": 5, "explain": True, "orientation": "portrait"}
    one, other = search(client, **asked).json(), client.get("/api/v1/search", params=asked | {"explain": "true"}).json()
    assert one | {"seconds": 0, "next": 0} == other | {"seconds": 0, "next": 0}


@pytest.mark.parametrize(
    "asked",
    [
        {"nonsense": 1}, {"terms": [{}]}, {"terms": [{"text": "a", "picture": 1}]}, {"terms": [{"text": "a", "weight": 0}]},
        {"terms": [{"text": "in:rome"}]}, {"terms": [{"text": '"'}]}, {"terms": [{"text": ""}]}, {"limit": 0},
        {"terms": [{"picture": 1, "box_xywh": [0, 0, 0, 5]}]}, {"terms": [{"upload": "../../x"}]}, {"q": "picture:/etc/passwd"},
        {"terms": [{"picture": 999}]}, {"terms": [{"text": "a", "weight": 1e9}]}, {"q": "a" * 10_001}, {"rerank": "nobody:x"},
        {"terms": [{"text": "a", "weight": "NaN"}]}, {"cursor": "x"}, [], "x",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(client, asked):
    answer = client.post("/api/v1/search", json=asked)
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"].endswith((".", "?"))


def test_a_picture_that_is_not_kept_any_more_is_told_so(client):
    for answer in (
        client.get("/api/v1/search", params={"q": "picture:upload:00"}),
        search(client, terms=[{"upload": "00"}]),
        client.get("/api/v1/uploads/00/thumbnail"),
    ):
        assert answer.status_code == 404
        assert "send it again" in answer.json()["detail"]


@pytest.mark.parametrize(("limits", "left"), [({"most": 2}, [False, True, True]), ({"seconds": -1}, [False] * 3)])
def test_uploads_leave_by_number_and_by_age(limits, left):
    kept = Uploads(Uploading(), **limits)

    def is_there(key):
        try:
            return bool(kept.get(key))
        except NotThere:
            return False

    keys = [kept.add(io.BytesIO(picture("red")), "a.png").key for _ in range(3)]
    assert [is_there(key) for key in keys] == left


def test_a_model_that_is_offered_looks_at_the_first_hits_again(shown):
    app = FastAPI()
    uploading = Uploading()
    app.include_router(router(shown.library, DEFAULT, uploading, Uploads(uploading), lambda _: ColourChat()))
    client = TestClient(app)
    asked = {"terms": [{"text": "green"}, {"picture": shown.id("red.png"), "weight": 3}], "limit": 8}
    plain = client.post("/search", json=asked).json()["hits"]
    again = client.post("/search", json=asked | {"rerank": "colour-chat", "rerank_first": 8}).json()["hits"]
    assert plain[0]["name"] != "green.png"
    assert again[0]["name"] == "green.png"
    assert again[0]["signals"]["look"]["rank"] == 1


def test_what_is_no_picture_is_not_kept(client):
    assert client.post("/api/v1/uploads", files={"picture": b"hello"}).status_code == 422
    assert client.post("/api/v1/uploads").status_code == 400
