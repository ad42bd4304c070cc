"""Long work is started from the page, watched, paused, resumed and cancelled; a restart of the server loses nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from indexer.lock import writing
from tests.conftest import heed_interrupts, paint
from tests.web.working import events, painted, serving, waited
from web.app import create_app

ROOT = Path(__file__).parents[2]


@pytest.fixture
def client(library):
    with TestClient(create_app(library, specs=["gated", "colour-chat"]), base_url="http://127.0.0.1") as made:
        yield made


def started(client, **asked):
    made = client.post("/api/v1/jobs", json=asked)
    assert made.status_code == 202, made.text
    return made.json()


def told(client, job, what, status=200):
    made = client.post(f"/api/v1/jobs/{job['id']}/{what}")
    assert made.status_code == status, made.text
    return made.json()


def captions(library):
    return library.status().get("caption texts", 0)


def test_new_pictures_of_a_known_folder_are_indexed_and_found(client, library, tmp_path):
    paint(tmp_path / "pictures/new.png", "black", 99)
    job = waited(client, started(client, kind="index", ocr=False)["id"], "done", "failed")
    assert job["state"] == "done"
    assert (job["stage"], job["done"], job["total"], job["result"]["added"]) == ("index", 1, 1, 1)
    assert "new.png" in [hit["name"] for hit in client.get("/api/v1/search", params={"q": "black"}).json()["hits"]]


def test_a_new_folder_is_added_with_its_choice(client, library, tmp_path):
    more = painted(tmp_path / "more", 4)
    refused = client.post("/api/v1/jobs", json={"kind": "index", "folders": [str(more)]})
    assert refused.status_code == 400 and "POST /api/v1/folders" in refused.json()["detail"]
    made = client.post("/api/v1/folders", json={"folders": [str(more)], "include": ["*0*.png"], "ocr": False})
    assert made.status_code == 202
    waited(client, made.json()["id"], "done")
    folders = {one["path"]: one for one in client.get("/api/v1/folders").json()}
    assert folders[str(more)]["pictures"] == 4 and folders[str(more)]["include"] == ["*0*.png"]
    assert folders[str(tmp_path / "pictures")]["pictures"] == 20
    for gone in (str(tmp_path / "nowhere"), "pictures"):
        made = client.post("/api/v1/folders", json={"folders": [gone], "ocr": False})
        assert made.status_code == 400 and "not a folder" in made.json()["detail"]


def test_a_folder_is_understood_as_other_programs_copy_its_path(client, tmp_path, monkeypatch):
    more = painted(tmp_path / "more of it", 1)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for pasted in (
        f'"{more}"',
        f"'{more}' ",
        f"“{more}”",
        more.as_uri(),
        f'"{more.as_uri()}"',
        "~/more of it",
        f" {more}",
    ):
        made = client.post("/api/v1/folders", json={"folders": [pasted], "ocr": False})
        assert made.status_code == 202, (pasted, made.text)
        assert made.json()["asked"]["folders"] == [str(more)], pasted
        waited(client, made.json()["id"], "done")
    for gone in ('"', "''", "file://", "~nobody-of-that-name/pics", "file:///%00"):
        made = client.post("/api/v1/folders", json={"folders": [gone], "ocr": False})
        assert made.status_code == 400 and "not a folder" in made.json()["detail"], gone


def test_a_job_tells_what_failed_and_why_and_it_is_tried_once_more(client, tmp_path):
    broken = tmp_path / "pictures/broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n no")
    job = waited(client, started(client, kind="index", ocr=False)["id"], "done")
    assert job["failed"] == 1
    assert [(one["name"], one["stage"]) for one in job["problems"]] == [("broken.png", "index")]
    kept = client.get("/api/v1/failures").json()
    assert kept["total"] == 1 and kept["groups"] == [{"stage": "index", "model": "", "count": 1}]
    assert kept["failures"][0]["reason"]
    paint(broken, "red", 5)
    again = waited(client, client.post("/api/v1/failures/retry", json={"ocr": False}).json()["id"], "done")
    assert again["result"]["added"] == 1
    assert client.get("/api/v1/failures").json()["total"] == 0


def test_captions_are_written_paused_and_resumed_where_they_were(client, library, gated):
    job = started(client, kind="annotate", caption="gated")
    assert gated.began.acquire(timeout=20)
    assert client.get(f"/api/v1/jobs/{job['id']}").json()["state"] == "running"
    assert told(client, job, "pause")["stopping"]
    gated.gate.release()
    assert waited(client, job["id"], "paused")["state"] == "paused"
    first = captions(library)
    assert 0 < first <= 8
    with writing(library.folder):
        pass  # a paused job is in nobody's way
    told(client, job, "resume")
    for _ in range(3):
        gated.gate.release()
    done = waited(client, job["id"], "done")
    assert captions(library) == 20
    assert done["total"] == 20 - first, "what was done is not done again"
    assert done["result"] == [{"task": "caption", "model": "gated", "done": 20, "failed": 0}], "but told in all"
    told(client, job, "pause", 400)


def test_what_was_indexed_before_a_pause_counts_in_what_came_of_it(client, tmp_path, monkeypatch):
    monkeypatch.setenv("COLOUR_PAUSE", "0.5")
    painted(tmp_path / "pictures/more", 80)
    (tmp_path / "pictures/broken.png").write_bytes(b"\x89PNG\r\n\x1a\n no")
    job = started(client, kind="index", ocr=False)
    while client.get(f"/api/v1/jobs/{job['id']}").json()["done"] < 2:
        time.sleep(0.01)
    told(client, job, "pause")
    paused = waited(client, job["id"], "paused")["result"]
    assert 0 < paused["added"] < 80
    told(client, job, "resume")
    made = waited(client, job["id"], "done")["result"]
    assert (made["added"], made["failed"]) == (80, 1)


def test_jobs_wait_for_each_other_and_a_cancelled_one_leaves_what_is_done(client, library, gated):
    one, two = (
        started(client, kind="annotate", caption="gated"),
        started(client, kind="annotate", tags=False, caption="colour-chat", query="red"),
    )
    assert gated.began.acquire(timeout=20)
    assert [job["state"] for job in client.get("/api/v1/jobs").json()] == ["queued", "running"]
    assert started(client, kind="annotate", caption="gated")["id"] == one["id"], "asked for twice, done once"
    told(client, one, "cancel")
    gated.gate.release()
    assert waited(client, one["id"], "cancelled")["ended_at"]
    assert waited(client, two["id"], "done")["result"][0]["done"] > 0
    assert captions(library) > 0


def test_a_queued_job_is_cancelled_before_it_began(client, gated):
    started(client, kind="annotate", caption="gated")
    two = started(client, kind="duplicates")
    assert told(client, two, "cancel")["state"] == "cancelled"
    gated.gate.release(3)


def test_a_job_waits_while_another_program_writes_the_library(client, library):
    with writing(library.folder):
        job = started(client, kind="annotate", caption="colour-chat")
        while not (now := client.get(f"/api/v1/jobs/{job['id']}").json())["note"]:
            assert now["state"] in ("queued", "running")
        assert "is being written" in now["note"]
    assert waited(client, job["id"], "done")["note"] == ""


def served(library, *specs):
    return TestClient(create_app(library, specs=specs), base_url="http://127.0.0.1")


def test_a_server_goes_on_with_what_it_was_at_when_it_is_started_again(library, gated, monkeypatch):
    monkeypatch.setattr("web.jobs.CLOSING_SECONDS", 0.1)
    with served(library, "gated") as client:
        job = started(client, kind="annotate", caption="gated")
        behind = started(client, kind="duplicates")
        paused = started(client, kind="annotate", tags=True)
        told(client, paused, "pause")
        assert gated.began.acquire(timeout=20)
        gated.gate.release()
        assert gated.began.acquire(timeout=20)
    # it stopped in the middle of the second batch of eight; the process of a real server would end with that
    (worker,) = [thread for thread in threading.enumerate() if thread.name == "jobs"]
    gated.gate.release()
    worker.join(20)
    kept = captions(library)
    assert kept == 9
    create_app(library, specs=["gated"])  # nothing begins before it is served
    assert [thread for thread in threading.enumerate() if thread.name == "jobs"] == []
    with served(library, "gated") as client:
        assert gated.began.acquire(timeout=20)
        assert client.get(f"/api/v1/jobs/{behind['id']}").json()["state"] == "queued"
        for _ in range(3):
            gated.gate.release()
        first, second = waited(client, job["id"], "done"), waited(client, behind["id"], "done")
        assert first["result"][0]["done"] == 20
        assert second["started_at"] >= first["ended_at"]
        assert client.get(f"/api/v1/jobs/{paused['id']}").json()["state"] == "paused", "only its owner goes on with it"
    assert captions(library) == 20


def test_a_job_whose_model_the_next_server_does_not_offer_fails_and_says_so(library, gated):
    with served(library, "gated") as client:
        job = started(client, kind="annotate", caption="gated")
        assert gated.began.acquire(timeout=20)
        left = (library.folder / "jobs.json").read_bytes()
        told(client, job, "cancel")
        gated.gate.release()
    (library.folder / "jobs.json").write_bytes(left)  # as if it had died instead
    with served(library) as client:
        assert "'gated' is not offered here" in waited(client, job["id"], "failed")["problem"]


def test_a_second_server_leaves_to_the_first_what_it_is_at(library, gated):
    with served(library, "gated") as first:
        job = started(first, kind="annotate", caption="gated")
        assert gated.began.acquire(timeout=20)
        with served(library, "gated") as second:
            told(first, job, "pause")
            gated.gate.release()
            waited(first, job["id"], "paused")
            assert second.get(f"/api/v1/jobs/{job['id']}").json()["state"] == "interrupted"
            other = waited(second, started(second, kind="duplicates")["id"], "done")
            assert other["state"] == "done" and not gated.began.acquire(timeout=0)


def test_what_was_told_to_pause_stays_paused_though_the_server_died_before_it_did(library, gated):
    with served(library, "gated") as client:
        job = started(client, kind="annotate", caption="gated")
        assert gated.began.acquire(timeout=20)
        told(client, job, "pause")
        left = (library.folder / "jobs.json").read_bytes()
        gated.gate.release()
    (library.folder / "jobs.json").write_bytes(left)
    with served(library, "gated") as client:
        assert client.get(f"/api/v1/jobs/{job['id']}").json()["state"] == "paused"


def test_progress_is_heard_as_it_happens(library, gated):
    with (
        serving(create_app(library, specs=["gated"])) as address,
        httpx.Client(base_url=address, timeout=20) as client,
    ):
        job = started(client, kind="annotate", caption="gated")
        heard = []
        with client.stream("GET", f"/api/v1/jobs/{job['id']}/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            text = ""
            for piece in stream.iter_text():
                text += piece
                heard = events(text)
                gated.gate.release()
        assert heard[-1] == ("end", {})
        counts = [told["done"] for name, told in heard if name == "job"]
        assert counts[-1] == 20 and counts == sorted(counts) and len(counts) > 2
        assert heard[-2][1]["state"] == "done"


def test_a_server_stops_at_once_and_without_complaint_though_somebody_listens(library, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "imsearch", "--library", str(library.folder), "serve", "--port", str(port)],
        env=os.environ | {"PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}"}, cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, preexec_fn=heed_interrupts,
    )  # fmt: skip
    assert "imsearch is at" in server.stdout.readline()
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", timeout=20, transport=httpx.HTTPTransport(retries=5)
    ) as client:
        started(client, kind="duplicates")
        with client.stream("GET", "/api/v1/jobs/events") as stream:
            pieces = stream.iter_text()
            assert "event: job" in next(pieces)
            server.send_signal(signal.SIGINT)
            list(pieces)
    said, _ = server.communicate(timeout=20)
    assert "ERROR" not in said and "Traceback" not in said


def test_only_models_that_are_offered_do_only_what_they_can(client):
    for asked, word in (
        ({"kind": "annotate", "caption": "openai:x?url=http://10.0.0.1"}, "not offered"),
        ({"kind": "annotate", "ocr": "colour-chat"}, "does not ocr"),
        ({"kind": "annotate"}, "Say what"),
        ({"kind": "annotate", "tags": True, "query": "like:/etc/passwd"}, "indexed picture"),
        ({"kind": "annotate", "tags": True, "query": "after:x"}, "after"),
        ({"kind": "bake"}, "kind"),
    ):
        made = client.post("/api/v1/jobs", json=asked)
        assert made.status_code == 400, made.text
        assert word in made.json()["detail"]
    assert client.get("/api/v1/jobs/99").status_code == 404
    assert client.post("/api/v1/jobs/99/pause").status_code == 404
    assert client.get("/api/v1/jobs/99/events").status_code == 404
    assert client.get("/api/v1/jobs").json() == []
