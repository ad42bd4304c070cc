"""Duplicates are reviewed and models are switched from the page."""

from __future__ import annotations

import shutil

import pytest
from fastapi.testclient import TestClient

from search.library import Library
from tests.conftest import paint
from tests.indexer.test_duplicates import scene
from tests.web.working import made_library, waited
from web.app import create_app

API = "/api/v1"


@pytest.fixture
def copies(tmp_path, gated):
    """A drawing with a copy and a smaller one, and another drawing."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    scene(1).save(folder / "a.png")
    shutil.copy(folder / "a.png", folder / "a (copy).png")
    scene(1).resize((160, 120)).save(folder / "small.png")
    scene(2).save(folder / "b.png")
    with Library.open(tmp_path / "library", create=True, model="mini") as library:
        library.index([folder], ocr=False)
        yield library


def client_of(library):
    return TestClient(create_app(library, specs=["colour", "gated"]), base_url="http://127.0.0.1")


def names(group):
    return [one["name"] for one in group["pictures"]]


def post(client, where, status=200, **said):
    made = client.post(f"{API}/{where}", json=said)
    assert made.status_code == status, made.text
    return made.json()


def test_duplicates_come_with_the_one_to_keep_and_what_could_go(copies):
    with client_of(copies) as client:
        made = client.get(f"{API}/duplicates", params={"tier": ["identical", "same"]}).json()
        assert [group["tier"] for group in made["groups"]] == ["identical", "same"]
        same = made["groups"][1]
        assert sorted(names(same)) == ["a (copy).png", "a.png", "small.png"]
        assert [one["spare"] for one in same["pictures"]] == [False, True, True]
        assert same["reason"] and same["pictures"][-1]["name"] == "small.png"
        assert made["spare"] == 2 and made["bytes"] == sum(one["size"] for one in same["pictures"][1:])
        assert client.get(same["pictures"][0]["thumbnail"]).status_code == 200
        first = client.get(f"{API}/duplicates", params={"limit": 1, "tier": ["identical", "same"]}).json()
        assert first["next"] == 1 and len(first["groups"]) == 1 and first["total"] == made["total"]
        rest = client.get(f"{API}/duplicates", params={"limit": 1, "offset": 1, "tier": ["identical", "same"]}).json()
        assert rest["groups"] == [same] and rest["next"] is None


def test_a_decision_holds_and_is_taken_back(copies):
    with client_of(copies) as client:
        identical, same = client.get(f"{API}/duplicates").json()["groups"][:2]
        small = next(one["id"] for one in same["pictures"] if one["name"] == "small.png")
        post(client, "duplicates/decisions", best=[small])
        assert names(client.get(f"{API}/duplicates", params={"tier": "same"}).json()["groups"][0])[0] == "small.png"
        both = [one["id"] for one in identical["pictures"]]
        assert post(client, "duplicates/decisions", keep=both)["kept"] == 2
        assert "identical" not in [group["tier"] for group in client.get(f"{API}/duplicates").json()["groups"]]
        assert post(client, "duplicates/decisions", ask_again=[*both, small])["forgotten"] == 2
        assert client.get(f"{API}/duplicates").json()["groups"][0] == identical
        for wrong in ({}, {"keep": [small]}):
            post(client, "duplicates/decisions", 400, **wrong)
        post(client, "duplicates/decisions", 404, best=[999])


def test_the_spare_copies_of_all_identical_files_are_hidden_at_once_and_come_back_at_once(copies, tmp_path):
    for n in range(3):
        shutil.copy(tmp_path / "pictures/b.png", tmp_path / f"pictures/b ({n}).png")
    copies.index([tmp_path / "pictures"], ocr=False)
    with client_of(copies) as client:
        before = client.get(f"{API}/duplicates").json()
        assert before["counts"]["identical"] == 2
        assert before["identical"] == {"pictures": 4, "bytes": sum(
            one["size"] for group in before["groups"] if group["tier"] == "identical" for one in group["pictures"][1:]
        )}  # fmt: skip
        made = post(client, "duplicates/hide", tier="identical")
        assert made["hidden"] == 4
        found = {hit["name"] for hit in client.get(f"{API}/search?limit=50").json()["hits"]}
        assert found == {"a.png", "b.png", "small.png"}
        after = client.get(f"{API}/duplicates").json()
        assert (after["counts"]["identical"], after["identical"]["pictures"]) == (0, 0)
        assert [names(group) for group in after["groups"] if group["tier"] == "same"] == [["a.png", "small.png"]]
        assert post(client, "duplicates/hide") == {"hidden": 0, "change": None}
        assert len(post(client, "pictures/undo", change=made["change"])["ids"]) == 4
        assert client.get(f"{API}/duplicates").json() == before
        post(client, "duplicates/hide", 400, tier="same")


def test_a_group_whose_best_is_hidden_is_led_by_the_next(copies):
    with client_of(copies) as client:
        same = client.get(f"{API}/duplicates", params={"tier": "same"}).json()["groups"][0]
        post(client, "pictures/edit", ids=[same["pictures"][0]["id"]], state="hidden")
        left = client.get(f"{API}/duplicates", params={"tier": "same"}).json()["groups"][0]
        assert [one["id"] for one in left["pictures"]] == [one["id"] for one in same["pictures"][1:]]
        assert ([one["spare"] for one in left["pictures"]], left["reason"]) == ([False, True], "")


def test_the_job_looks_and_the_list_then_knows_of_new_copies(copies, tmp_path):
    with client_of(copies) as client:
        job = post(client, "jobs", 202, kind="duplicates")
        assert waited(client, job["id"], "done")["result"]["groups"] == 3
        shutil.copy(tmp_path / "pictures/b.png", tmp_path / "pictures/b2.png")
        copies.index([tmp_path / "pictures"], ocr=False)
        assert client.get(f"{API}/duplicates").json()["counts"]["identical"] == 2


def test_a_model_is_switched_to_while_the_old_one_is_searched_and_back(tmp_path, gated):
    with made_library(tmp_path) as library, client_of(library) as client:
        job = post(client, "models/switch", 202, spec="mini")
        assert client.get(f"{API}/search", params={"q": "red"}).json()["hits"]
        done = waited(client, job["id"], "done", "failed")
        assert (done["kind"], done["result"]["model"], done["result"]["embedded"]) == ("model", "mini", 20)
        held = {one["spec"]: one for one in client.get(f"{API}/models").json()["held"]}
        assert held["mini"]["in_use"] and held["colour"]["previous"]
        assert post(client, "models/back")["model"] == "colour"
        post(client, "models/drop", 400, spec="colour")
        assert [one["spec"] for one in post(client, "models/drop", spec="mini")["dropped"]] == ["mini"]
        assert [one["spec"] for one in client.get(f"{API}/models").json()["held"]] == ["colour"]
        post(client, "models/back", 400)


def test_models_say_what_they_do_and_no_other_is_taken(tmp_path, gated):
    with made_library(tmp_path) as library, client_of(library) as client:
        told = client.get(f"{API}/models").json()
        tasks = {one["spec"]: one["tasks"] for one in told["offered"]}
        assert tasks["rapidocr"] == ["ocr"]
        assert {"ask", "caption", "classify"} <= set(tasks["gated"])
        assert {"classify", "moderate"} <= set(tasks["mini"])
        assert told["pictures"] == 20 and any(one["name"] == "mini" and one["here"] for one in told["choices"])
        for spec in ("openclip:/tmp/x", "ViT-B-32-256", "nonesuch"):
            assert "not on this machine" in post(client, "models/switch", 400, spec=spec)["detail"]


def test_a_model_is_dropped_in_the_midst_of_a_job(tmp_path, gated):
    with made_library(tmp_path) as library, client_of(library) as client:
        paint(tmp_path / "pictures/x.png", "red", 77)
        waited(client, post(client, "models/switch", 202, spec="mini")["id"], "done")
        job = post(client, "jobs", 202, kind="annotate", caption="gated")
        assert gated.began.acquire(timeout=20)
        gated.gate.release(10)
        post(client, "models/drop", spec="colour")
        assert waited(client, job["id"], "done", "failed")["state"] == "done"
