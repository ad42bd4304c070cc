"""Conversations about pictures, by tiny random checkpoints of the real families: the words mean nothing, the way is the real one."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.vlm import tiny
from vlm import Generation, ModelError, ModelUnavailable, Turn, UsageError, load_model

SHORT = Generation(most_tokens=12)
RED, BLUE = (Image.new("RGB", (90, 60), colour) for colour in ("red", "blue"))


@pytest.fixture(scope="module")
def gemma(tmp_path_factory):
    folder = tiny.gemma3(tmp_path_factory.mktemp("gemma3"))
    made = load_model(f"gemma:{folder}")
    yield made
    made.close()


def asked(*parts):
    return [Turn("user", parts)]


def test_the_same_question_gets_the_same_answer_alone_and_in_a_batch(gemma):
    one, two = asked(RED, "What is this?"), asked(RED, BLUE, "What do both pictures show?")
    together = gemma.replies([one, two], SHORT)
    assert together == [gemma.replies([one], SHORT)[0], gemma.replies([two], SHORT)[0]]
    assert all(together)


def test_an_answer_that_is_streamed_is_the_whole_answer(gemma):
    pieces = list(gemma.reply(asked(RED, "What is this?"), SHORT))
    assert "".join(pieces).strip() == gemma.replies([asked(RED, "What is this?")], SHORT)[0]


def test_whoever_stops_listening_can_ask_again_at_once(gemma):
    listening = gemma.reply(asked(RED, "What is this?"), Generation(most_tokens=400))
    next(listening)
    listening.close()
    assert gemma.replies([asked(BLUE, "And this?")], SHORT)[0]


def test_a_batch_too_big_for_memory_is_halved(gemma, monkeypatch):
    with gemma.held.use() as (model, _):
        real, sizes = model.generate, []

        def small(**given):
            sizes.append(len(given["input_ids"]))
            if sizes[-1] > 2:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")
            return real(**given)

        monkeypatch.setattr(model, "generate", small)
    made = gemma.replies([asked(RED, f"What is {n}?") for n in range(5)], SHORT)
    assert len(made) == 5
    assert sizes == [5, 2, 2, 1]


def test_what_a_model_cannot_do_is_said(gemma):
    with pytest.raises(UsageError, match="16 pictures at once at most, not 17"):
        gemma.replies([asked(*[RED] * 17, "Which?")])
    with pytest.raises(UsageError, match="only Gemma 4 takes a budget"):
        gemma.replies([asked(RED, "What?")], Generation(budget=70))


def test_a_model_that_is_not_here_says_how_to_get_it(tmp_path):
    with pytest.raises(ModelUnavailable, match=r"models get gemma:google/gemma-4-E2B-it$"):
        load_model("gemma:google/gemma-4-E2B-it?bits=4").replies([asked("Hello")])
    with pytest.raises(ModelUnavailable, match=r"holds no config\.json"):
        load_model(f"gemma:{tmp_path}").replies([asked("Hello")])
    with pytest.raises(UsageError, match="options are"):
        load_model("gemma:google/gemma-4-E2B-it?bits=3")


def test_a_damaged_checkpoint_is_named(tmp_path):
    folder = tiny.gemma3(tmp_path / "gemma")
    (folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(ModelError, match="cannot be loaded from"):
        load_model(f"gemma:{folder}").replies([asked("Hello")])


def test_an_idle_model_gives_its_memory_back_and_loads_again(gemma):
    first = gemma.replies([asked(RED, "What is this?")], SHORT)
    gemma.close()
    assert gemma.held._loaded is None
    assert gemma.replies([asked(RED, "What is this?")], SHORT) == first
