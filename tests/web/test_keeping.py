"""What is kept of searches from the page: searches by name with what is new, judgements, concepts."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.conftest import paint
from tests.web.working import waited
from web.app import create_app

API = "/api/v1"


@pytest.fixture
def client(library):
    with TestClient(create_app(library, specs=["gated"]), base_url="http://127.0.0.1") as made:
        yield made


def ids(library, colour, *numbers):
    folder = library.folder.parent / "pictures"
    return [library.find(folder / f"{colour} {n:02}.png").id for n in numbers]


def post(client, where, status=200, **said):
    made = client.post(f"{API}/{where}", json=said)
    assert made.status_code == status, made.text
    return made.json()


def test_a_saved_search_tells_what_is_new_until_it_was_seen(client, library, tmp_path):
    made = post(client, "saved", 201, name="warm / red", query="name:red  sort:newest")
    assert made["new"] == 0
    added = paint(tmp_path / "pictures/red 98.png", "red", 98)
    library.index([tmp_path / "pictures"], ocr=False)
    assert [(one["name"], one["new"]) for one in client.get(f"{API}/saved").json()] == [("warm / red", 1)]
    assert client.get(f"{API}/saved", params={"count": False}).json()[0]["new"] is None
    one = client.get(f"{API}/saved/warm / red").json()
    assert one["new_ids"] == [library.find(added).id]
    paint(tmp_path / "pictures/red 99.png", "red", 99)
    library.index([tmp_path / "pictures"], ocr=False)
    left = post(client, "saved/seen", name="warm / red", newest=one["newest"])
    assert left["new"] == 1, "what came while it was looked at stays new"
    assert client.delete(f"{API}/saved/warm / red").status_code == 204
    gone = client.get(f"{API}/saved/warm / red")
    assert gone.status_code == 404 and "warm / red" in gone.json()["detail"]


def test_a_query_that_makes_no_sense_is_not_saved(client):
    for name, query in (("x", "after:x"), (" ", "red"), ("x", "like:/etc/passwd")):
        assert "detail" in post(client, "saved", 400, name=name, query=query)
    assert client.get(f"{API}/saved").json() == []


def test_results_are_judged_and_the_latest_word_holds(client, library):
    one, two, three = ids(library, "red", 0, 4, 8)
    made = post(client, "judgements", query="a  red car", good=[one, two], bad=[three])
    assert [(j["query"], j["picture_id"], j["good"]) for j in made] == [
        ("a red car", one, True), ("a red car", two, True), ("a red car", three, False),
    ]  # fmt: skip
    made = post(client, "judgements", query="a red car", bad=[two], forget=[one])
    assert [(j["picture_id"], j["good"]) for j in made] == [(two, False), (three, False)]
    assert client.get(f"{API}/judgements", params={"q": "other"}).json() == []
    post(client, "judgements", 404, query="a red car", good=[99999])
    post(client, "judgements", 400, query="a red car", good=[one], bad=[one])
    post(client, "judgements", 400, query=" ", good=[one])
    assert len(client.get(f"{API}/judgements").json()) == 2


def test_a_concept_is_taught_found_by_and_forgotten(client, library):
    made = post(client, "concepts", name="warm", yes=ids(library, "red", 0, 4, 8), no=ids(library, "blue", 2, 6))
    assert (made["yes"], made["no"]) == (3, 2) and made["tagged"] >= 3
    found = client.get(f"{API}/search", params={"q": "tag:warm"}).json()["hits"]
    assert set(ids(library, "red", 0, 4, 8)) <= {hit["id"] for hit in found}
    assert [one["name"] for one in client.get(f"{API}/concepts").json()] == ["warm"]
    post(client, "concepts", 400, name="warm")
    post(client, "concepts", 404, name="warm", yes=[99999])
    assert client.delete(f"{API}/concepts/Warm").json()["name"] == "warm"
    assert client.delete(f"{API}/concepts/warm").status_code == 404
    assert client.get(f"{API}/search", params={"q": "tag:warm"}).json()["hits"] == []


def test_a_concept_is_taught_in_the_midst_of_a_job_which_then_goes_on(client, library, gated):
    job = post(client, "jobs", 202, kind="annotate", caption="gated")
    assert gated.began.acquire(timeout=20)
    gated.gate.release()
    assert gated.began.acquire(timeout=20)
    gated.gate.release(10)
    post(client, "concepts", name="warm", yes=ids(library, "red", 0, 4, 8), no=ids(library, "blue", 2, 6))
    assert waited(client, job["id"], "done", "failed")["state"] == "done"
    assert library.status()["caption texts"] == 20
