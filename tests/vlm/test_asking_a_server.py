"""Questions to a server that speaks OpenAI's API: a small one on the loopback, which fails in every way that they do."""

from __future__ import annotations

import base64
import io
import logging
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.conftest import heed_interrupts
from tests.vlm.endpoint import (
    Endpoint,
    hangs_up,
    hangs_up_between_chunks,
    is_silent,
    refuses,
    says,
    takes_its_time,
    talks_for_ever,
    tells,
    trickles,
)
from vlm import Generation, ModelError, ModelUnavailable, PartlyAnswered, Turn, UsageError, load_model

ROOT = Path(__file__).parents[2]
KEY = "sk-test-0123456789abcdef"
NOISE = Image.effect_noise((90, 60), 80).convert("RGB")


def asked(*parts):
    return [Turn("user", parts)]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def serve():
    """A server of these ways to answer, and our client of it."""
    running, clients = [], []

    def begin(*ways, options="", **how):
        server = Endpoint(*ways, **how)
        running.append(server)
        clients.append(load_model(f"openai:tiny?base_url={server.url}{options}"))
        return server, clients[-1]

    yield begin
    for client in clients:
        client.close()
    for server in running:
        server.__exit__()


def sent(server, part=0):
    """The picture that a server was shown, as it came."""
    kind, data = server.asked[-1]["messages"][-1]["content"][part]["image_url"]["url"].split(";base64,")
    return kind, Image.open(io.BytesIO(base64.b64decode(data)))


def test_a_question_about_pictures_is_sent_in_their_order(serve):
    server, model = serve(says(" A red dog. "))
    turns = [Turn("system", ("Be brief.",)), Turn("user", ("First", NOISE, "then", NOISE, "which?"))]
    assert model.replies([turns], Generation(most_tokens=9, seed=3)) == ["A red dog."]
    system, user = server.asked[0]["messages"]
    assert system == {"role": "system", "content": "Be brief."}
    assert [part["type"] for part in user["content"]] == ["text", "image_url", "text", "image_url", "text"]
    assert {name: server.asked[0].get(name) for name in ("model", "max_tokens", "temperature", "seed", "top_p")} == {
        "model": "tiny",
        "max_tokens": 9,
        "temperature": 0.0,
        "seed": 3,
        "top_p": None,
    }


def test_a_huge_picture_is_made_smaller_and_a_drawing_stays_exact(serve):
    server, model = serve(says("Yes."), options="&side=512")
    huge = Image.effect_noise((1000, 4), 80).convert("RGB").resize((9000, 36))
    drawing = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(drawing).line((0, 0, 299, 199), "black")
    model.replies([asked(huge, drawing, "Same?")])
    kind, seen = sent(server, 0)
    assert (kind, seen.size) == ("data:image/jpeg", (512, 2))
    kind, seen = sent(server, 1)
    assert kind == "data:image/png"
    assert seen.tobytes() == drawing.tobytes()
    assert model.picture_side == 512
    assert huge.size == (9000, 36)


def test_an_answer_is_streamed_and_is_the_same(serve):
    _, model = serve(says("A dog on the beach."))
    pieces = list(model.reply(asked(NOISE, "What?")))
    assert len(pieces) > 3
    assert "".join(pieces) == model.replies([asked(NOISE, "What?")])[0]


def test_whoever_stops_listening_hangs_up(serve):
    server, model = serve(talks_for_ever)
    listening = model.reply(asked("Talk."))
    assert next(listening) == "and "
    listening.close()
    assert server.hung_up.wait(10)


def test_what_a_model_thinks_aloud_is_not_repeated(serve):
    _, model = serve(says("<think> a dog? or a cat? </think> A dog. <think> or a cat"))
    assert model.replies([asked("What?")]) == ["A dog."]
    assert "".join(model.reply(asked("What?"))).strip() == "A dog."
    _, model = serve(says("The cat.", reasoning_content="cats purr"))
    assert model.replies([asked("What?")]) == ["The cat."]
    _, model = serve(says("<thin air", "stop"))
    assert "".join(model.reply(asked("What?"))) == "<thin air"
    _, model = serve(says(None, "length", reasoning_content="hm"))
    with pytest.raises(ModelError, match="wrote nothing within 256 tokens; allow more"):
        model.replies([asked("What?")])


SCHEMA = {"type": "object", "properties": {"tags": {"type": "array"}}}


def test_an_answer_is_held_to_a_schema_and_asked_without_where_a_server_knows_none(serve):
    server, model = serve(refuses(400, "Unknown field", param="response_format"), says('{"tags": []}'))
    for _ in range(2):
        assert model.replies([asked("Tags?")], Generation(schema=SCHEMA)) == ['{"tags": []}']
    formats = [body.get("response_format") for body in server.asked]
    assert formats[0]["json_schema"]["schema"] == SCHEMA
    assert formats[1:] == [None, None]


def test_what_a_newer_model_takes_no_more_is_said_in_its_words(serve):
    server, model = serve(
        refuses(400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."),
        refuses(400, "Unsupported value: 'temperature' does not support 0 with this model.", param="temperature"),
        tells(b'{"detail": "Unexpected fields in the request: {\'repetition_penalty\'}"}', 422),
        says("A dog."),
    )  # fmt: skip
    assert model.replies([asked("What?")], Generation(repetition_penalty=1.2)) == ["A dog."]
    assert {"max_tokens", "temperature", "repetition_penalty"}.isdisjoint(server.asked[-1])
    assert server.asked[-1]["max_completion_tokens"] == 256
    assert list(model.reply(asked("What?"))) == ["A", " dog."]
    assert len(server.asked) == 5


def test_hundreds_of_questions_are_asked_a_few_at_a_time_and_answered_in_order(serve):
    server, model = serve(takes_its_time, options="&parallel=32")
    questions = [asked(f"What is {n}?") for n in range(200)]
    assert model.replies(questions) == [f"What is {n}?" for n in range(200)]
    assert 1 < server.most_at_once <= 32
    assert model.replies([]) == []


def test_one_failure_does_not_lose_the_answers_of_others(serve):
    def one_bad(answer, body):
        words = body["messages"][0]["content"]
        (refuses(400, "cannot read this") if words == "2" else says(words))(answer, body)

    _, model = serve(one_bad)
    with pytest.raises(PartlyAnswered, match=r"1 of 4 got no answer, the first because: tiny at .* refuses") as told:
        model.replies([asked(str(n)) for n in range(4)])
    assert [isinstance(answer, ModelError) for answer in told.value.answers] == [False, False, True, False]
    assert told.value.answers[3] == "3"


def test_a_server_that_goes_away_is_not_asked_for_the_rest(serve):
    server, model = serve(says("one"), says("two"), refuses(401, "gone"), options="&parallel=1")
    with pytest.raises(PartlyAnswered, match="98 of 100") as told:
        model.replies([asked(str(n)) for n in range(100)])
    assert told.value.answers[:2] == ("one", "two")
    assert isinstance(told.value.answers[99], ModelUnavailable)
    assert len(server.asked) == 3


def test_a_busy_server_is_waited_for(serve):
    server, model = serve(
        refuses(429, "slow down", Retry_After="1"), refuses(500, "oops", Retry_After="0.1"), says("A dog.")
    )
    begun = time.monotonic()
    assert model.replies([asked("What?")]) == ["A dog."]
    assert time.monotonic() - begun >= 1
    assert len(server.asked) == 3


QUICK = {"retry_after_ms": "10"}


@pytest.mark.parametrize(
    ("way", "kind", "words"),
    [
        (refuses(500, "cuda error", **QUICK), ModelError, r"tiny at http://127.* failed \(cuda error\); see the server's log"),
        (refuses(503, "loading", **QUICK), ModelUnavailable, r"is not ready \(loading\); wait"),
        (refuses(429, "quota", Retry_After="3600"), ModelUnavailable, r"takes no more questions now \(quota\); wait"),
        (refuses(401, f"Incorrect key {KEY}"), ModelUnavailable, r"wants a key \(401\); set OPENAI_API_KEY"),
        (refuses(400, "This model's maximum context length is 2048 tokens"), ModelError, r"cannot hold that much .* fewer pictures, or smaller ones \(\?side=512\)"),
        (refuses(400, "the request exceeds the available context size"), ModelError, "cannot hold that much"),
        (refuses(400, "image is too large"), ModelError, r"finds the pictures too big \(image is too large\); send smaller ones \(\?side=512"),
        (tells(b"<html>413</html>", 413, Content_Type="text/html"), ModelError, r"finds the pictures too big; send"),
        (refuses(400, "tiny is not a multimodal model"), ModelError, r"does not take the pictures .* choose a model that sees"),
        (tells(b'{"choices": [{'), ModelError, "answered what is no JSON; check its URL"),
        (tells(b"[" * 200_000), ModelError, "answered what is no JSON"),
        (tells(b'{"choices": null}'), ModelError, "answered no chat completion; check its URL"),
        (tells(b'[1, {"choices": 2}]'), ModelError, "answered no chat completion; check its URL"),
        (tells(b"<html>Hello</html>", Content_Type="text/html"), ModelError, "answered no chat completion; check its URL"),
        (tells(b"", 307, Location="http://other.example/v1/chat?key=1"), ModelUnavailable, r"sends on to http://other\.example/v1/chat, and pictures go only"),
        (says(None, "content_filter"), ModelError, "declined to answer; ask about another"),
        (says(None, refusal="I will not."), ModelError, "declined to answer"),
    ],
)  # fmt: skip
def test_each_failure_is_one_sentence_with_a_remedy(serve, way, kind, words):
    _, model = serve(way)
    with pytest.raises(kind, match=words) as told:
        model.replies([asked(NOISE, "What?")])
    assert type(told.value) is kind
    assert "\n" not in str(told.value)
    assert KEY not in str(told.value)


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (hangs_up, "stopped in the middle of its answer; ask again"),
        (hangs_up_between_chunks, "stopped in the middle of its answer; ask again"),
        (tells(b"data: {broken\n\n", Content_Type="text/event-stream"), "answered what is no JSON"),
        (tells(b'data: {"error": {"message": "out of memory"}}\n\n', Content_Type="text/event-stream"), r"broke its answer off \(out of memory\); ask again"),
        (tells(b"", Content_Type="text/event-stream"), "stopped in the middle"),
        (trickles, r"did not finish its answer within 1 seconds; .* allow more with \?timeout=SECONDS"),
        (talks_for_ever, "did not finish its answer within 1 seconds"),
    ],
)  # fmt: skip
def test_a_stream_that_breaks_is_told(serve, way, words):
    _, model = serve(way, options="&timeout=1")
    with pytest.raises(ModelError, match=words):
        list(model.reply(asked("What?")))


@pytest.mark.parametrize("way", [is_silent, trickles])
def test_an_answer_that_never_comes_is_given_up_once(serve, way):
    server, model = serve(way, options="&timeout=1")
    with pytest.raises(ModelUnavailable, match="did not finish its answer within 1 seconds"):
        model.replies([asked("What?")])
    assert len(server.asked) == 1


def test_an_answer_cut_off_is_asked_for_again(serve):
    server, model = serve(hangs_up, says("A dog."))
    assert model.replies([asked("What?")]) == ["A dog."]
    assert len(server.asked) == 2


def test_a_model_that_is_not_there_is_answered_with_those_that_are(serve):
    _, model = serve(refuses(404, "no such model"), models=("tiny-vl", "other"))
    with pytest.raises(ModelUnavailable, match=r"tiny at .* is not there; the server has: tiny-vl and 1 more"):
        model.replies([asked("What?")])
    server, _ = serve(says("Hello."))
    wrong = load_model(f"openai:tiny?base_url={server.url.removesuffix('/v1')}")
    with pytest.raises(ModelUnavailable, match="check the name, and the URL, which mostly ends with /v1"):
        wrong.replies([asked("What?")])
    wrong.close()


def test_a_server_that_does_not_run_is_told_of_soon():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = load_model(f"openai:tiny?base_url=http://127.0.0.1:{port}/v1")
    with pytest.raises(ModelUnavailable, match=r"cannot be reached \(.*refused\); check that the server runs"):
        model.replies([asked("What?")] * 100)
    model.close()


def test_nothing_is_sent_unless_a_server_is_named(monkeypatch):
    with pytest.raises(ModelUnavailable, match=r"names no server, and nothing is sent .*OPENAI_BASE_URL"):
        load_model("openai:gpt-4o").replies([asked("What?")])
    with pytest.raises(UsageError, match=r"names no model; write openai:MODEL"):
        load_model("openai:?base_url=http://127.0.0.1/v1")
    for url in (
        "localhost:11434",
        "ftp://host/v1",
        f"http://me:{KEY}@host/v1",
        "http://[/v1",
        f"http://host/v1?k={KEY}",
    ):
        with pytest.raises(UsageError, match="looks like http://localhost:11434/v1, without") as told:
            load_model(f"openai:tiny?base_url={url}")
        assert KEY not in str(told.value)
    for options in (f"api_key={KEY}", "side=0", "parallel=many"):
        with pytest.raises(
            UsageError, match="numbers from 1 to 100000; a key is given in OPENAI_API_KEY alone"
        ) as told:
            load_model(f"openai:tiny?{options}")
        assert KEY not in str(told.value)
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\u2026")
    with pytest.raises(UsageError, match="OPENAI_API_KEY holds characters that no key has"):
        load_model("openai:gpt-4o").replies([asked("What?")])


def test_what_the_model_cannot_do_is_said(serve):
    server, model = serve(says("Hello."))
    with pytest.raises(UsageError, match="16 pictures at once at most, not 17"):
        model.replies([asked(*[NOISE] * 17, "Which?")])
    with pytest.raises(UsageError, match="no budget of visual tokens"):
        model.reply(asked("What?"), Generation(budget=70))
    assert model.revision == ""
    assert not server.asked


def test_the_key_is_sent_and_never_told(monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "httpcore2"):
        caplog.set_level(logging.DEBUG, logger=name)
    monkeypatch.setenv("OPENAI_API_KEY", f" {KEY}\n")
    ways = [says("Hello."), refuses(400, f"Bad key {KEY}"), refuses(401, f"Bad key {KEY}"), hangs_up]
    with Endpoint(*ways) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        model = load_model("openai:tiny")
        assert model.replies([asked("What?")]) == ["Hello."]
        told = []
        for _ in range(2):
            with pytest.raises(ModelError) as error:
                model.replies([asked("What?")])
            told.append(error.value)
        with pytest.raises(ModelError) as error:
            list(model.reply(asked("What?")))
        told.append(error.value)
        model.close()
    assert server.keys == [f"Bearer {KEY}"] * 4
    assert "refuses the key in OPENAI_API_KEY" in str(told[1])
    assert any(record.name.startswith("openai") for record in caplog.records)
    shown = [repr(model), model.spec, repr(vars(model)), caplog.text, *map(str, told), *map(repr, told)]
    shown += [repr(vars(record)) for record in caplog.records]
    assert all(error.__suppress_context__ or error.__context__ is None for error in told)
    assert not any(KEY in text for text in shown)


def test_an_interrupt_ends_a_batch_at_once():
    code = (
        "import sys; from vlm import Turn, load_model\n"
        "model = load_model(f'openai:tiny?base_url={sys.argv[1]}')\n"
        "model.replies([[Turn('user', ('What?',))]] * 100)\n"
    )
    with Endpoint(is_silent) as server:
        run = subprocess.Popen(
            [sys.executable, "-c", code, server.url],
            cwd=ROOT, stderr=subprocess.PIPE, preexec_fn=heed_interrupts,
        )  # fmt: skip
        while len(server.asked) < 8:
            assert run.poll() is None
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        _, told = run.communicate(timeout=25)  # the server is silent for 30 s
    assert told.rstrip().endswith(b"KeyboardInterrupt")


def test_a_model_is_named_without_the_slow_client():
    code = "import sys, vlm; vlm.load_model('openai:gpt-4o'); assert not {'openai', 'httpx2', 'pydantic', 'PIL', 'torch'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
