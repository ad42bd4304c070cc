"""Long work is started from the page, watched, paused, resumed and cancelled; a restart of the server loses nothing."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from indexer.lock import writing
from tests.conftest import paint
from tests.web.working import events, own_process, painted, serving, waited
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
    made = client.post("/api/v1/folders", json={"folders": [more.as_uri()], "include": ["*0*.png"], "ocr": False})
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
    gone = ('"', "~nobody-of-that-name/pics", "file:///%00")
    for pasted, why in (("''", "is empty"), ("file://", "is empty"), *((one, "not a folder") for one in gone)):
        made = client.post("/api/v1/folders", json={"folders": [pasted], "ocr": False})
        assert made.status_code == 400 and why in made.json()["detail"], pasted


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


def test_a_switch_to_a_model_that_is_not_here_any_more_fails_and_says_so(library):
    kept = {
        "id": 1,
        "kind": "model",
        "asked": {"spec": "openclip:/a/stick/that/is/out"},
        "state": "running",
        "tries": 1,
    }
    (library.folder / "jobs.json").write_text(json.dumps([kept]))
    with served(library) as client:
        job = waited(client, 1, "failed")
        assert "is not on this machine; GET /api/v1/models lists those that are" in job["problem"]
        assert waited(client, started(client, kind="duplicates")["id"], "done")


def test_a_model_that_panics_fails_its_job_and_the_next_one_is_done(client, gated, monkeypatch):
    class Panic(BaseException):
        """As those of libraries in Rust are."""

    def panics(*_):
        raise Panic

    monkeypatch.setattr(gated, "replies", panics)
    job, behind = started(client, kind="annotate", caption="gated"), started(client, kind="duplicates")
    assert waited(client, job["id"], "failed")["problem"]
    assert waited(client, behind["id"], "done")


def test_a_second_server_shows_the_jobs_of_the_first_and_who_works_them(library, gated):
    with served(library, "gated") as first:
        job = started(first, kind="annotate", caption="gated")
        assert gated.began.acquire(timeout=20)
        with served(library, "gated") as second:
            (shown,) = second.get("/api/v1/jobs").json()
            assert shown["id"] == job["id"] and f"process {os.getpid()} on" in shown["elsewhere"]
            refused = second.post("/api/v1/jobs", json={"kind": "duplicates"})
            assert refused.status_code == 409 and refused.headers["content-type"] == "application/problem+json"
            assert refused.json()["detail"] == shown["elsewhere"]
            for what in ("pause", "cancel", "resume"):
                told(second, job, what, 409)
            told(first, job, "pause")
            gated.gate.release()
            assert waited(second, job["id"], "paused")["elsewhere"]
    with served(library, "gated") as next_one:
        (kept,) = next_one.get("/api/v1/jobs").json()
        assert (kept["state"], kept["elsewhere"]) == ("paused", "")


def test_when_the_first_of_two_servers_is_killed_the_second_goes_on_with_its_jobs(library, tmp_path):
    painted(tmp_path / "pictures/more", 30)
    options = ("--model", "colour-chat")
    with (
        own_process(library, *options, COLOUR_PAUSE="60") as (dying, first),
        own_process(library, *options) as (_, second),
    ):
        indexing = started(first, kind="index", ocr=False)
        behind = started(first, kind="annotate", caption="colour-chat")
        end = time.monotonic() + 20
        while not [job for job in second.get("/api/v1/jobs").json() if job["state"] == "running"]:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert f"process {dying.pid} on" in second.get(f"/api/v1/jobs/{indexing['id']}").json()["elsewhere"]
        dying.kill()
        made = waited(second, indexing["id"], "done", "failed")
        assert (made["state"], made["elsewhere"]) == ("done", "")
        assert waited(second, behind["id"], "done")["result"][0]["done"] == 50
        assert waited(second, started(second, kind="duplicates")["id"], "done")


def test_folders_that_a_second_server_was_started_with_are_indexed_once_the_first_ends(library, tmp_path):
    more = painted(tmp_path / "more", 4)
    with ExitStack() as first:
        first.enter_context(served(library))
        with own_process(library, more) as (_, second):
            assert second.get("/api/v1/jobs").json() == []
            first.close()
            end = time.monotonic() + 20
            while (str(more), 4) not in [
                (one["path"], one["pictures"]) for one in second.get("/api/v1/folders").json()
            ]:
                assert time.monotonic() < end
                time.sleep(0.05)


def test_a_job_that_kills_its_server_for_the_third_time_is_begun_again_by_hand_alone(library, tmp_path):
    options, mercy = ("--model", "deadly"), tmp_path / "mercy"
    with served(library, "colour-chat") as client:
        job = started(client, kind="annotate", caption="colour-chat")
        waited(client, job["id"], "done")
    (kept,) = json.loads((library.folder / "jobs.json").read_text())
    kept["asked"]["tasks"]["caption"] = "deadly"
    # as two servers left it that died of it
    (library.folder / "jobs.json").write_text(json.dumps([kept | {"state": "running", "tries": 2, "result": None}]))
    with own_process(library, *options, COLOUR_MERCY=mercy) as (dying, _):
        assert dying.wait(20) == -signal.SIGKILL
    with own_process(library, *options, COLOUR_MERCY=mercy) as (_, client):
        (job,) = client.get("/api/v1/jobs").json()
        assert job["state"] == "failed" and "ended 3 times in the midst of this" in job["problem"]
        assert waited(client, started(client, kind="duplicates")["id"], "done")
        mercy.touch()
        told(client, job, "resume")
        assert waited(client, job["id"], "done")["result"][0]["done"] == 20


def test_what_a_server_is_started_for_is_not_begun_again_for_ever_either(library, tmp_path):
    folder = str(painted(tmp_path / "more", 4))
    asked = {"folders": [folder], "ocr": False, "retry": False, "choice": None}
    kept = {"id": 1, "kind": "index", "asked": asked | {"ocr": True}, "state": "running", "tries": 3}
    (library.folder / "jobs.json").write_text(json.dumps([kept]))
    for _ in range(2):
        with TestClient(create_app(library, index=[Path(folder)]), base_url="http://127.0.0.1") as client:
            (job,) = client.get("/api/v1/jobs").json()
            assert job["state"] == "failed" and "start it again" in job["problem"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_server_that_is_stopped_in_the_midst_of_a_job_has_not_failed_at_it(library, tmp_path, how):
    painted(tmp_path / "pictures/more", 40)
    with own_process(library, COLOUR_PAUSE="0.5") as (process, client):
        job = started(client, kind="index", ocr=False)
        waited(client, job["id"], "running")
        process.send_signal(how)
        process.wait(20)
    (kept,) = json.loads((library.folder / "jobs.json").read_text())
    assert (kept["state"], kept["tries"]) == ("interrupted", 0)


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


def test_a_server_stops_at_once_and_without_complaint_though_somebody_listens(library):
    with own_process(library) as (process, client):
        started(client, kind="duplicates")
        with client.stream("GET", "/api/v1/jobs/events") as stream:
            pieces = stream.iter_text()
            assert "event: job" in next(pieces)
            process.send_signal(signal.SIGINT)
            list(pieces)
        said, _ = process.communicate(timeout=20)
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
