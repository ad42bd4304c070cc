"""Captions and answers from a real server of OpenAI's API: `transformers serve` with a tiny random checkpoint."""

from __future__ import annotations

import socket
import time
import urllib.request

import pytest
from PIL import Image

from tests.vlm import tiny
from vlm import Generation, ModelError, ModelUnavailable, Turn, load_model

# the server's thread must not end at what it warns of
pytestmark = pytest.mark.filterwarnings("ignore")
SHORT = Generation(most_tokens=24)
RED, BLUE = (Image.new("RGB", (90, 60), colour) for colour in ("red", "blue"))


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """One that writes plain words: a stream holds back the halves of characters that random weights write."""
    from transformers import AutoTokenizer, GenerationConfig

    folder = tiny.gemma3(tmp_path_factory.mktemp("gemma3"))
    tokens = AutoTokenizer.from_pretrained(folder).get_vocab()
    how = GenerationConfig.from_pretrained(folder)
    how.suppress_tokens = [number for token, number in tokens.items() if not token.strip("Ġ").isascii() or "<" in token]
    how.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def server(checkpoint):
    """Its own server class on a port of the loopback, in a thread: a process of its own would import torch anew."""
    from transformers.cli.serve import Serve

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Serve(str(checkpoint), host="127.0.0.1", port=port, device="cpu", non_blocking=True)
    while not answers(f"http://127.0.0.1:{port}/health"):
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}/v1"
    running.kill_server()


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def model(checkpoint, server):
    made = load_model(f"openai:{checkpoint}?base_url={server}&parallel=2")
    yield made
    made.close()


def asked(*parts):
    return [Turn("user", parts)]


def test_a_server_says_what_the_model_itself_says(model, checkpoint):
    questions = [
        asked(RED, "What is this?"),
        asked(RED, BLUE, "What do both pictures show?"),
        [Turn("system", ("Answer yes or no.",)), *asked("Is a dog a cat?")],
    ]
    here = load_model(f"gemma:{checkpoint}")
    said = model.replies(questions, SHORT)
    assert said == [here.replies([question], SHORT)[0] for question in questions]
    assert all(said)
    here.close()


def test_a_server_streams_its_answer(model):
    pieces = list(model.reply(asked(RED, "What is this?"), SHORT))
    assert len(pieces) > 3
    assert "".join(pieces).strip() == model.replies([asked(RED, "What is this?")], SHORT)[0]


def test_whoever_stops_listening_can_ask_again_at_once(model):
    listening = model.reply(asked(RED, "What is this?"), Generation(most_tokens=2000))
    assert next(listening)
    listening.close()
    assert model.replies([asked(BLUE, "And this?")], SHORT)[0]


def test_a_server_that_knows_no_schema_or_penalty_answers_all_the_same(model):
    how = Generation(most_tokens=8, schema={"type": "object"}, repetition_penalty=1.5)
    assert model.replies([asked(RED, "Tags?")], how)[0]


def test_what_the_server_lacks_is_said(server):
    other = load_model(f"openai:other?base_url={server}")
    with pytest.raises(ModelError, match=r"refuses the question .*pinned to"):
        other.replies([asked("Hello")])
    wrong = load_model(f"openai:other?base_url={server}/v2")
    with pytest.raises(ModelUnavailable, match="is not there; check the name, and the URL"):
        wrong.replies([asked("Hello")])
    other.close()
    wrong.close()
