"""Questions about pictures from the page, and looking at pictures that are sent: real streams, a real reader."""

from __future__ import annotations

import time

import httpx
import pytest
from fastapi.testclient import TestClient
from PIL import Image, ImageDraw, ImageFont

from tests.plugin import install
from tests.small import colour_of
from tests.web.working import Gated, events, made_library, serving
from vlm.registry import _families
from web.app import create_app


class Endless(Gated):
    """Goes on until nobody listens."""

    spec = "endless"
    ended = False

    def reply(self, conversation, how=None):
        try:
            while True:
                time.sleep(0.01)
                yield "and "
        finally:
            self.ended = True


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(install(folder / "site")))
        _families.cache_clear()
        with made_library(folder) as made:
            yield made
    _families.cache_clear()


@pytest.fixture(scope="module")
def client(library):
    with TestClient(create_app(library, specs=["colour-chat"]), base_url="http://127.0.0.1") as made:
        yield made


@pytest.fixture(scope="module")
def ids(library):
    found = {name: library.find(library.folder.parent / f"pictures/{name}.png") for name in ("red 00", "blue 02")}
    return [one.id for one in found.values()]


def asked(client, **said):
    made = client.post("/api/v1/ask", json=said)
    assert made.status_code == 200, made.text
    assert made.headers["content-type"].startswith("text/event-stream")
    return events(made.text)


def test_pictures_come_first_then_the_answer_piece_by_piece_then_what_it_names(client, ids):
    heard = asked(client, question="What is in them?", ids=ids)
    assert [name for name, _ in heard] == ["pictures", "piece", "piece", "answer"]
    told = heard[0][1]
    assert told["query"] is None
    assert [(one["number"], one["id"], one["name"]) for one in told["pictures"]] == [
        (1, ids[0], "red 00.png"), (2, ids[1], "blue 02.png"),
    ]  # fmt: skip
    assert client.get(told["pictures"][0]["thumbnail"]).status_code == 200
    assert heard[-1][1] == {"text": "red [1] blue [2]", "cited": [1, 2], "model": "colour-chat"}


def test_a_conversation_goes_on(client, ids):
    before = [{"question": "What is in them?", "answer": "red [1] blue [2]"}]
    heard = asked(client, question="And the second?", ids=ids, history=before)
    assert heard[-1][1]["text"] == "red [1] blue [2]", "the pictures are shown in the first turn"
    refused = client.post("/api/v1/ask", json={"question": "And?", "history": before})
    assert refused.status_code == 400 and "ids" in refused.json()["detail"]


def test_the_best_hits_of_a_query_are_asked_about(client):
    heard = asked(client, question="Which?", q="red", count=3)
    assert heard[0][1]["query"] == "red"
    assert [one["name"][:3] for one in heard[0][1]["pictures"]] == ["red"] * 3


def test_without_a_model_what_is_stored_is_told(client, library, ids):
    heard = asked(client, question="When?", ids=ids, look=False)
    assert "No vision-language model looked" in heard[-1][1]["text"]
    assert "--model" not in heard[-1][1]["text"], "there is no command line on a page"
    with TestClient(create_app(library), base_url="http://127.0.0.1") as bare:
        assert asked(bare, question="When?", ids=ids)[-1][1]["model"] == ""


def test_what_goes_wrong_is_told_before_or_in_the_stream(client):
    for said, status, word in (
        ({"question": "?", "ids": [999999]}, 404, "999999"),
        ({"question": "?", "q": "after:x"}, 400, "after"),
        ({"question": "?", "q": "red", "ids": [1]}, 400, "either"),
        ({"question": "?", "model": "gemma:/etc"}, 400, "not offered"),
        ({"question": "?", "model": "rapidocr"}, 400, "does not ask"),
        ({"question": "  "}, 400, "question"),
    ):
        made = client.post("/api/v1/ask", json=said)
        assert made.status_code == status, made.text
        assert word in made.json()["detail"]
    heard = asked(client, question="Which?", q="type:gif")
    assert [name for name, _ in heard] == ["problem"]
    assert heard[0][1]["status"] == 400 and "finds no picture" in heard[0][1]["detail"]


def test_a_model_stops_when_nobody_listens_any_more(library, ids):
    endless = Endless()
    _families()["endless"] = lambda _: endless
    app = create_app(library, specs=["endless"])
    with serving(app) as address, httpx.Client(base_url=address, timeout=20) as client:
        request = client.build_request("POST", "/api/v1/ask", json={"question": "What?", "ids": ids})
        stream = client.send(request, stream=True)
        text = ""
        for piece in stream.iter_text():
            text += piece
            if "piece" in text:
                break
        stream.close()
        end = time.monotonic() + 20
        while not endless.ended:
            assert time.monotonic() < end
            time.sleep(0.02)


# -- looking at what is sent ---------------------------------------------------------------------------------------


def looked(client, task, file, status=200, **fields):
    made = client.post(f"/api/v1/look/{task}", files={"picture": (file.name, file.read_bytes())}, data=fields)
    assert made.status_code == status, made.text
    return made.json()


@pytest.fixture(scope="module")
def sign(tmp_path_factory):
    made = Image.new("RGB", (1200, 400), "white")
    ImageDraw.Draw(made).text((100, 120), "GRAND HOTEL", "black", ImageFont.load_default(120))
    made.save(file := tmp_path_factory.mktemp("sign") / "sign.png")
    return file


def test_words_are_read_in_a_picture_that_is_sent(client, sign):
    read = looked(client, "ocr", sign)
    assert "GRAND" in read["text"].upper()
    assert (read["model"], read["width"], read["height"]) == ("rapidocr", 1200, 400)
    corners = read["lines"][0]["polygon"]
    assert min(x for x, _ in corners) > 50 and max(x for x, _ in corners) <= 1200


def test_a_picture_that_is_sent_is_captioned_and_classified(client, library):
    red = library.folder.parent / "pictures/red 00.png"
    assert looked(client, "caption", red)["text"] == colour_of(Image.open(red))
    made = looked(client, "classify", red, labels="blue, red", model="colour-chat")
    assert made["labels"][0]["label"] == "red"
    assert looked(client, "classify", red, labels="blue,red", model="colour")["labels"][0]["label"] == "red"


def test_looking_is_refused_in_a_sentence(client, library, sign, tmp_path):
    (tmp_path / "x.png").write_bytes(b"no picture")
    red = library.folder.parent / "pictures/red 00.png"
    assert "title" in looked(client, "ocr", tmp_path / "x.png", 422)
    assert "labels" in looked(client, "classify", red, 400, labels="one")["detail"]
    assert "not offered" in looked(client, "ocr", red, 400, model="tesseract:/bin/sh")["detail"]
    assert "detect" in looked(client, "detect", red, 400, model="colour-chat")["detail"]
