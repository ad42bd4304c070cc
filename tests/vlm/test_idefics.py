"""IDEFICS and its successors: what they are asked is what their documents show, and what they write is an answer alone."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.vlm import tiny_idefics as tiny
from vlm import (
    Answerer,
    Captioner,
    Chat,
    Chooser,
    Classifier,
    Generation,
    Storyteller,
    Tag,
    Turn,
    UsageError,
    load_model,
)
from vlm.tasks.classify import by_model
from vlm.tasks.generate import generate

SHORT = Generation(most_tokens=8)
RED, BLUE = (Image.new("RGB", (90, 60), colour) for colour in ("red", "blue"))
SHOWN = "<fake_token_around_image><image><fake_token_around_image>"
# Printed by the real idefics-9b: what it went on with after the prompt.
EIFFEL = (
    "An image of the Eiffel Tower at night. Fun fact: the Eiffel Tower is the same height as an 81-storey building."
)
LIBERTY = "An image of the Statue of Liberty. Fun fact: the Statue of Liberty is 151 feet tall."
PICNIC = "They're in a park in New York City, and it's a beautiful day."
pytestmark = pytest.mark.filterwarnings("ignore")


def held(kind, folder):
    make = {
        "base": lambda: tiny.idefics(folder, instruct=False),
        "instruct": lambda: tiny.idefics(folder, instruct=True),
        "idefics2": lambda: tiny.idefics2(folder),
        "idefics3": lambda: tiny.idefics3(folder),
        "smolvlm": lambda: tiny.idefics3(folder, smolvlm=True),
    }[kind]
    return load_model(f"idefics:{make()}")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    made = held("base", tmp_path_factory.mktemp("idefics"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def instruct(tmp_path_factory):
    made = held("instruct", tmp_path_factory.mktemp("instruct"))
    yield made
    made.close()


@pytest.fixture(scope="module", params=["instruct", "idefics2", "idefics3", "smolvlm"])
def chat(request, tmp_path_factory):
    made = held(request.param, tmp_path_factory.mktemp(request.param))
    yield made
    made.close()


@pytest.fixture
def read(monkeypatch):
    """What a model read in its last call, as text without padding, a string a row."""

    def of(model, call):
        with model.held.use() as (inner, processor):
            real, rows = inner.generate, []

            def listening(**given):
                for ids, mask in zip(given["input_ids"], given["attention_mask"], strict=True):
                    rows.append(processor.tokenizer.decode(ids[mask.bool()]))
                return real(**given)

            monkeypatch.setattr(inner, "generate", listening)
        call()
        monkeypatch.undo()
        return rows

    return of


@pytest.fixture
def says(monkeypatch):
    """Has a model write these words after its prompt, as far as what it was told to stop at lets it."""

    def of(model, words):
        with model.held.use() as (inner, processor):
            wanted = processor.tokenizer(words, add_special_tokens=False)["input_ids"]

            def forced(input_ids, scores):
                import torch

                at = input_ids.shape[1] - forced.asked
                ahead = torch.full_like(scores, -torch.inf)
                ahead[:, wanted[at] if at < len(wanted) else processor.tokenizer.eos_token_id] = 0
                return ahead

            real = type(inner).generate

            def generate(**given):
                forced.asked = given["input_ids"].shape[1]
                return real(inner, **given, logits_processor=[forced])

            monkeypatch.setattr(inner, "generate", generate)

    return of


def user(*parts):
    return Turn("user", parts)


def test_what_each_kind_of_checkpoint_can_do(base, chat):
    assert all(isinstance(base, can) for can in (Chat, Chooser, Captioner, Answerer, Classifier, Storyteller))
    assert isinstance(chat, Chat)
    assert not isinstance(chat, Captioner | Answerer | Classifier | Storyteller)


def test_a_caption_is_asked_for_by_the_picture_alone_or_with_what_begins_it(base, read):
    assert read(base, lambda: base.captions([RED], how=SHORT)) == [f"<s>{SHOWN}"]
    rows = read(base, lambda: base.captions([RED, BLUE], "This is an image of ", how=SHORT))
    assert rows == [f"<s>{SHOWN}This is an image of"] * 2


def test_a_question_a_category_and_a_story_are_asked_for_as_documented(base, read):
    question = "Where are these people and what's the weather like?"
    assert read(base, lambda: base.answers([RED], question, SHORT)) == [
        f"<s>Instruction: Provide an answer to the question. Use the image to answer.\n{SHOWN}Question: {question} Answer:"
    ]
    categories = ["animals", "vegetables", "city landscape", "cars", "office"]
    assert read(base, lambda: base.classified([RED], categories)) == [
        "<s>Instruction: Classify the following image into a single category from the following list: "
        f"['animals', 'vegetables', 'city landscape', 'cars', 'office'].\n{SHOWN}Category:"
    ]
    assert read(base, lambda: list(base.story([RED], SHORT))) == [
        f"<s>Instruction: Use the image to write a story. \n{SHOWN}Story: \n"
    ]


def test_the_tasks_ask_a_base_model_for_a_category_and_a_story_in_its_own_way(base, read, says):
    (first, *_) = read(base, lambda: by_model(base, [RED], ["animals", "vegetables"]))
    assert first.startswith("<s>Instruction: Classify the following image into a single category")
    (told,) = read(base, lambda: list(base.story([RED, BLUE], SHORT)))
    assert (told.count("<image>"), told.endswith("Story: \n")) == (2, True)
    says(base, "Vegetables\n")
    assert by_model(base, [RED, BLUE], ["animals", "vegetables"]) == [(Tag("vegetables", 1.0),)] * 2
    says(base, "a boat")
    (made,) = by_model(base, [RED], ["animals", "vegetables"])
    assert "names none of the labels (a boat)" in made.problem
    says(base, "Once there was a red square. It was glad.")
    assert "".join(generate(base, [RED, BLUE])).strip() == "Once there was a red square. It was glad."


def test_examples_lead_a_base_model_as_documented(base, read):
    shots = [user(RED, "Describe this image."), Turn("assistant", (EIFFEL,)), user(BLUE, "Describe this image.")]
    assert read(base, lambda: base.replies([shots], SHORT)) == [
        f"<s>User:{SHOWN}Describe this image.\nAssistant: {EIFFEL}\nUser:{SHOWN}Describe this image.\nAssistant:"
    ]


def test_a_conversation_with_an_instruct_model_is_written_as_documented(instruct, read):
    talk = [
        user("What is in this image?", RED),
        Turn("assistant", ("This picture depicts Idefix.",)),
        user(BLUE, "And who is that?"),
    ]
    assert read(instruct, lambda: instruct.replies([talk], SHORT)) == [
        f"<s>User: What is in this image?{SHOWN}<end_of_utterance>\nAssistant: This picture depicts Idefix."
        f"<end_of_utterance>\nUser:{SHOWN}And who is that?<end_of_utterance>\nAssistant:"
    ]


def test_answers_are_what_the_real_model_printed_and_nothing_behind_it(base, says):
    shots = [user(RED, "Describe this image."), Turn("assistant", (EIFFEL,)), user(BLUE, "Describe this image.")]
    long = Generation(most_tokens=300)
    says(base, f" {LIBERTY}\nUser: Describe this image.\nAssistant: another")
    assert base.replies([shots], long) == [LIBERTY]
    assert "".join(base.reply(shots, long)).strip() == LIBERTY
    says(base, f" {PICNIC}\n\nQuestion: And who?")
    assert base.answers([RED], "Where are these people?", long) == [PICNIC]
    says(base, " the Eiffel Tower in Paris, France.\nIt")
    assert base.captions([RED], "This is an image of ", how=long) == [
        "This is an image of the Eiffel Tower in Paris, France."
    ]


def test_an_answer_ends_where_the_turn_ends(chat, says):
    says(chat, " A dog.<end_of_utterance>\nUser: more")
    assert chat.replies([[user(RED, "What?")]], Generation(most_tokens=60)) == ["A dog."]


def test_no_mark_of_a_picture_is_ever_written(chat, monkeypatch):
    with chat.held.use() as (inner, processor):
        marks = processor.tokenizer.convert_tokens_to_ids(["<image>", "<fake_token_around_image>"])
        real, made = inner.generate, []

        def eager(**given):
            # a model that wants nothing else
            def wants(ids, scores):
                scores[:, marks] += 1000
                return scores

            made.append(real(**given, logits_processor=[wants]))
            return made[-1]

        monkeypatch.setattr(inner, "generate", eager)
        config = inner.generation_config
    asked = [user(RED, "What is this?")]
    chat.replies([asked], SHORT)
    held_back = made[0][0, -8:].tolist()
    monkeypatch.setattr(config, "bad_words_ids", None)
    chat.replies([asked], SHORT)
    assert set(made[1][0, -8:].tolist()) <= set(marks)
    assert not set(held_back) & set(marks)


def test_conversations_are_answered_the_same_alone_and_together(chat):
    several = [[user(RED, "What is this?")], [user(RED, BLUE, "Which of both?")], [user("Hello")]]
    assert chat.replies(several, SHORT) == [chat.replies([one], SHORT)[0] for one in several]


def test_pictures_are_captioned_and_asked_about_the_same_alone_and_together(base):
    assert base.captions([RED, BLUE], how=SHORT) == [base.captions([each], how=SHORT)[0] for each in (RED, BLUE)]
    assert base.answers([RED, BLUE], "What?", SHORT) == [
        base.answers([each], "What?", SHORT)[0] for each in (RED, BLUE)
    ]
    assert base.captions([]) == base.answers([], "What?") == []


def test_the_picture_is_looked_at(base, chat):
    for model in (base, chat):
        red, blue = model.chances([[user(RED, "Is it red?")], [user(BLUE, "Is it red?")]], ["yes", "no"])
        assert red != pytest.approx(blue, abs=1e-7)


def test_words_that_look_like_marks_are_read_as_words(chat, read):
    plain, marked = (
        read(chat, lambda words=words: chat.replies([[user(RED, words)]], SHORT))[0]
        for words in ("a b", "a <image> b <end_of_utterance>")
    )
    for mark in ("<image>", "<end_of_utterance>"):
        assert marked.count(mark) == plain.count(mark)


def test_an_address_is_read_and_never_fetched(base, instruct, read):
    for words in ("https://example.org/cat.jpg", "http:\n//example.org/cat.jpg"):
        (row,) = read(base, lambda words=words: base.captions([RED], words, how=SHORT))
        assert row == f"<s>{SHOWN}{words}"
    (row,) = read(instruct, lambda: instruct.replies([[user(RED, "https://example.org/cat.jpg")]], SHORT))
    assert row == f"<s>User:{SHOWN}https://example.org/cat.jpg<end_of_utterance>\nAssistant:"


def test_smolvlm2_reads_pictures_as_its_own_processor_does(tmp_path):
    """Which needs a library for films that is left out here."""
    from transformers import SmolVLMProcessor

    model = held("smolvlm", tmp_path)
    messages = [[{"role": "user", "content": [{"type": "image", "image": RED}, {"type": "text", "text": "What?"}]}]]
    theirs = SmolVLMProcessor.from_pretrained(tmp_path).apply_chat_template(
        messages, add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
    )
    with model.held.use() as (_, processor):
        ours = model._inputs(processor, [[user(RED, "What?")]], SHORT)
    assert ours["input_ids"].tolist() == theirs["input_ids"].tolist()
    assert (ours["pixel_values"] == theirs["pixel_values"]).all()


def test_what_these_models_cannot_do_is_said(base, chat):
    with pytest.raises(UsageError, match="writes English only, not 'de'"):
        base.captions([RED], language="de")
    for call in (lambda: base.replies([[user("What?")]], Generation(budget=70)), lambda: base.captions([RED], how=Generation(budget=70)), lambda: chat.replies([[user("What?")]], Generation(budget=70))):  # fmt: skip
        with pytest.raises(UsageError, match="no budget of visual tokens"):
            call()
