"""What models are asked for: captions, labels, moderation, descriptions. The models are small, what is made of their answers is real."""

from __future__ import annotations

import json
import math

import pytest
from PIL import Image

from tests.small import COLOURS, ColourChat, ColourEmbedder
from vlm import Generation, ModelError, Tag, UsageError
from vlm.categories import CATEGORIES
from vlm.tasks.asked import NoUse
from vlm.tasks.caption import Captions, Wanted
from vlm.tasks.classify import by_model, by_vectors
from vlm.tasks.describe import SCHEMA, Describe, described
from vlm.tasks.generate import generate
from vlm.tasks.moderate import Moderate

RED, BLUE, GREEN = (Image.new("RGB", (40, 30), COLOURS[name]) for name in ("red", "blue", "green"))


class Says(ColourChat):
    """Answers as given, in their order; `hows` are how it was asked."""

    def __init__(self, *said):
        super().__init__()
        self.said, self.hows = list(said), []

    def replies(self, conversations, how=Generation()):
        self.heard += conversations
        self.hows.append(how)
        return [self.said.pop(0) for _ in conversations]

    def reply(self, conversation, how=Generation()):
        yield from self.replies([conversation], how)


class Speaks:
    """A model with captions of its own, as PaliGemma and BLIP have."""

    spec, revision, picture_side = "speaks", "1", 32

    def captions(self, pictures, prefix="", language="en", how=Generation()):
        return [f"{prefix}{language} caption" for _ in pictures]

    def close(self):
        pass


def test_a_caption_is_what_the_model_says_without_what_it_puts_around():
    said = Says('<think>a dog?</think>**"A dog runs."**', "Caption: A cat sleeps.")
    made = Captions(said).annotate([RED, BLUE])
    assert [one.caption for one in made] == ["A dog runs.", "A cat sleeps."]
    assert (made[0].model, made[0].prompt_version) == ("colour-chat", "1-short-en")


def test_an_answer_of_no_use_is_asked_for_once_more_then_given_up():
    said = Says("", "A cat.", "dog " * 40, "A bird.", "dog " * 40)
    first, second, third = Captions(said).annotate([RED, BLUE, GREEN])
    assert (first.caption, second.caption, third.caption) == ("A bird.", "A cat.", "")
    assert third.problem == "The model's answer says the same again and again."
    assert len(said.hows) == 2 and said.hows[1].temperature > said.hows[0].temperature


def test_captions_of_another_kind_are_another_version():
    ways = [
        Wanted(),
        Wanted("alt"),
        Wanted(language="de"),
        Wanted(prefix="a photo of"),
        Wanted(examples=((RED, "Rot"),)),
    ]
    assert len({way.version for way in ways}) == len(ways)
    said = Says("Ein Hund.")
    Captions(said, Wanted("detailed", "Heute", "de")).annotate([RED])
    question = said.heard[0][-1].parts[1]
    assert all(words in question for words in ("in detail", "Begin with these words: Heute", "with the code de"))


def test_examples_come_before_the_picture_that_is_asked_about():
    said = Says("BLAU")
    Captions(said, Wanted(examples=((RED, "ROT"),))).annotate([BLUE])
    (turns,) = said.heard
    assert [turn.role for turn in turns] == ["user", "assistant", "user"]
    assert turns[0].parts[0] is RED and turns[1].parts == ("ROT",) and turns[2].parts[0] is BLUE


def test_a_model_is_asked_in_its_own_way_where_it_has_one():
    made = Captions(Speaks(), Wanted(prefix="a ", language="fr")).annotate([RED])
    assert made[0].caption == "a fr caption"
    with pytest.raises(ModelError, match="speaks answers no questions"):
        by_model(Speaks(), [RED], ["red", "blue"])
    with pytest.raises(ModelError, match="writes no captions"):
        Captions(Mute())


class Mute:
    spec, revision, picture_side = "mute", "1", 32


def test_a_picture_is_classified_by_vectors_alone():
    labels = ["red wall", "blue wall", "green wall"]
    made = by_vectors(ColourEmbedder(), [RED, BLUE], labels)
    assert [row[0].word for row in made] == ["red wall", "blue wall"]
    assert all(math.isclose(sum(tag.chance for tag in row), 1, abs_tol=1e-3) for row in made)
    for wrong in (["red"], ["red", "red"], ["red", " "]):
        with pytest.raises(UsageError, match="two different labels"):
            by_vectors(ColourEmbedder(), [RED], wrong)


def test_a_picture_is_classified_by_a_model_that_says_one_of_the_labels():
    class Talks:
        spec, revision, picture_side = "talks", "1", 32

        def __init__(self, *said):
            self.said = list(said)

        def answers(self, pictures, question, how=Generation()):
            assert "indoors, outdoors" in question
            return [self.said.pop(0) for _ in pictures]

    labels = ["indoors", "outdoors"]
    said = Talks("Outdoors.", "It is clearly indoors", "Who knows", "Still unclear")
    first, second, third = by_model(said, [RED, BLUE, GREEN], labels)
    assert (first, second) == ((Tag("outdoors", 1.0),), (Tag("indoors", 1.0),))
    assert isinstance(third, NoUse) and "none of the labels" in third.problem


def test_moderation_gives_every_category_a_chance():
    made = Moderate(ColourEmbedder()).annotate([RED, BLUE])
    assert all({label.word for label in one.labels} == set(CATEGORIES) for one in made)
    assert all(0 <= label.chance <= 1 for one in made for label in one.labels)
    assert [x.chance for x in made[0].labels] == sorted((x.chance for x in made[0].labels), reverse=True)

    class Distant(ColourEmbedder):
        def embed_texts(self, texts):
            return -self.embed_pictures([RED] * len(texts))  # SigLIP's cosines are low or negative too

    far = Moderate(Distant()).annotate([RED])[0].labels
    assert all(0 < label.chance < 0.1 for label in far)  # two or three sentences against hundreds, all as far

    class Strict(ColourChat):
        def chances(self, conversations, words):
            return [(0.9, 0.1) if "blood" in turns[-1].parts[1] else (0.2, 0.8) for turns in conversations]

    assert Moderate(Strict()).annotate([RED])[0].labels[0] == Tag("violence", 0.9)
    with pytest.raises(ModelError, match="cannot judge"):
        Moderate(Mute())


WHOLE = {"caption": "A dog runs.", "tags": ["Dog", "grass", "dog"], "objects": [{"label": "a ball"}], "text": "", "scene": "park", "people": "2"}  # fmt: skip


def test_a_description_is_checked_part_by_part():
    said = Says(f"```json\n{json.dumps(WHOLE)}\n```")
    (made,) = Describe(said).describe([RED])
    assert made.as_json() == {
        "caption": "A dog runs.", "tags": ("dog", "grass"), "objects": ("a ball",), "text": "", "scene": "park", "people": 2,
    }  # fmt: skip
    assert said.hows[0].schema == SCHEMA
    kept = Describe(Says(json.dumps(WHOLE))).annotate([RED])[0]
    assert (kept.caption, kept.tags) == ("A dog runs.", ("dog", "grass", "park"))


@pytest.mark.parametrize(
    ("said", "problem"),
    [("I cannot help.", "holds no JSON"), ('{"tags": ["dog"]}', "caption is empty"), ("[1, 2]", "caption is empty")],
)
def test_a_description_that_is_none_is_refused(said, problem):
    with pytest.raises(ModelError, match=problem):
        described(said)
    (made,) = Describe(Says(said, said)).describe([RED])
    assert isinstance(made, NoUse) and problem in made.problem


def test_odd_values_in_a_description_become_nothing():
    made = described(
        '{"caption": "A dog.", "tags": "Dog, Park", "objects": 5, "text": null, "scene": ["x"], "people": -3}'
    )
    assert (made.tags, made.objects, made.text, made.scene, made.people) == (("dog", "park"), (), "", "", 0)


def test_a_story_is_told_of_all_pictures_in_their_order():
    said = Says("Once upon a time.")
    assert "".join(generate(said, [RED, BLUE], "story")) == "Once upon a time."
    assert said.heard[0][0].parts[:2] == (RED, BLUE)
    with pytest.raises(ModelError, match="is empty"):
        list(generate(Says(""), [RED]))
    with pytest.raises(ModelError, match="does not converse"):
        list(generate(Speaks(), [RED]))
