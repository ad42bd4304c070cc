"""The API over a real library: what a browser sends and what it must never get."""

from __future__ import annotations

import io

import pytest
from fastapi.testclient import TestClient

from indexer.manifest import Manifest, write_manifest
from search.library import Library
from tests.conftest import paint
from tests.small import ColourEmbedder
from web.app import create_app


@pytest.fixture
def client(tmp_path):
    place = tmp_path / "library"
    place.mkdir()
    write_manifest(place, Manifest("colour", "1", 4))
    for i, colour in enumerate(["red", "green", "blue"]):
        paint(tmp_path / f"pictures/{colour}.png", colour, i)
    paint(tmp_path / "pictures/evil.png", "yellow", 9).rename(tmp_path / "pictures/<img src=x onerror=alert(1)>.png")
    from indexer.indexer import Indexer

    with Library(place, Manifest("colour", "1", 4), ColourEmbedder()) as library:
        Indexer(library.store, library.embedder).run([tmp_path / "pictures"])
        with TestClient(create_app(library), base_url="http://127.0.0.1") as client:
            yield client


def test_search_by_words_picture_and_upload(client, tmp_path):
    found = client.get("/api/v1/search", params={"q": "red", "limit": 2}).json()
    assert found["hits"][0]["name"] == "red.png"
    assert client.get("/api/v1/search", params={"like": found["hits"][0]["id"]}).status_code == 200
    with (tmp_path / "pictures/blue.png").open("rb") as file:
        assert client.post("/api/v1/search", files={"picture": file}).json()["hits"][0]["name"] == "blue.png"


def test_a_picture_its_thumbnail_and_its_file(client):
    one = client.get("/api/v1/search", params={"q": "red"}).json()["hits"][0]
    assert client.get(f"/api/v1/pictures/{one['id']}").json()["name"] == "red.png"
    thumbnail = client.get(one["thumbnail"])
    assert thumbnail.headers["content-type"] == "image/webp"
    assert "immutable" in thumbnail.headers["cache-control"]
    assert client.get(f"/api/v1/pictures/{one['id']}/file").headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/pictures/999", 404), ("/api/v1/pictures/999/file", 404), ("/api/v1/pictures/..%2f..%2fetc", 404),
        ("/static/../app.py", 404), ("/api/v1/search?like=999", 400), ("/api/v1/search?after=never", 400),
        ("/api/v1/search?limit=0", 400), ("/api/v1/search?limit=many", 400), ("/api/v1/search?limit=-1", 400),
        ("/api/v1/search?limit=999999999999999999999", 400), ("/api/v1/search?mode=psychic", 400),
        (f"/api/v1/pictures/{10**30}", 404), ("/api/v1/pictures/-1", 404), ("/api/v1/pictures/x", 400),
        ("/api/v1/search?like=1e9", 400), (f"/api/v1/search?like={10**30}", 400),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_with_a_sentence(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert "Traceback" not in response.text


@pytest.mark.parametrize("typed", ["%00", "%ED%A0%80", "%22%20OR%20", "a" * 5000, "%F0%9F%93%B7", "NEAR(", "  "])
def test_whatever_is_typed_is_answered(client, typed):
    assert client.get(f"/api/v1/search?q={typed}").status_code == 200
    assert client.get(f"/?q={typed}").status_code == 200


def test_uploads_that_are_no_pictures_are_refused(client):
    for data in (b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff" + b"x" * 50):
        response = client.post("/api/v1/search", files={"picture": ("a.jpg", io.BytesIO(data))})
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"


def test_foreign_hosts_and_origins_are_refused(client):
    assert client.get("/api/v1/status", headers={"Host": "evil.example"}).status_code == 403
    answer = client.post("/api/v1/search", files={"picture": b"x"}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403


def test_a_file_name_is_never_markup(client):
    page = client.get("/", params={"q": "yellow"})
    assert "<img src=x" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]


def test_it_says_when_it_is_ready(client):
    import time

    deadline = time.monotonic() + 20
    while client.get("/api/v1/ready").status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert client.get("/api/v1/ready").json() == {"ready": True}
