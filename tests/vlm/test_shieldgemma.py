"""ShieldGemma 2, by a tiny random checkpoint of its own class: what it says means nothing, the way is the real one."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.vlm import tiny
from vlm import ModelUnavailable, load_model
from vlm.tasks.moderate import moderator

RED, BLUE = (Image.new("RGB", (90, 60), colour) for colour in ("red", "blue"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.shieldgemma2(tmp_path_factory.mktemp("shieldgemma2"))


def test_pictures_are_judged_by_its_rules_alone_and_in_a_batch_alike(folder):
    model = load_model(f"shieldgemma:{folder}")
    red, blue = model.judged([RED, BLUE])
    assert [tag.word for tag in red] == ["nudity", "violence", "danger"]
    assert all(0 < tag.chance < 1 for tag in (*red, *blue))
    assert [tag.chance for tag in red] != [tag.chance for tag in blue]  # it looks
    assert [tag.chance for tag in model.judged([BLUE])[0]] == pytest.approx([tag.chance for tag in blue], abs=1e-5)
    model.close()


def test_the_rule_is_put_to_it_in_the_words_that_it_was_taught(folder):
    with load_model(f"shieldgemma:{folder}").held.use() as (model, processor):
        given = processor(images=[RED, BLUE], policies=["sexual", "dangerous"], return_tensors="pt")
        rows = [" ".join(processor.tokenizer.decode(row).split()) for row in given["input_ids"].tolist()]
        # the chance of "yes", which is that of the broken rule, is the first column
        made = model(**given).probabilities.detach()
    assert ["Sexually Explicit" in row for row in rows] == [True, False, True, False]
    assert all("Yes or No" in row for row in rows)
    assert made.shape == (4, 2)
    assert load_model(f"shieldgemma:{folder}").judged([RED])[0][0].chance == pytest.approx(float(made[0, 0]), abs=1e-5)


def test_it_moderates_in_its_own_way(folder):
    judge = moderator(f"shieldgemma:{folder}")
    (made,) = judge.annotate([RED])
    assert {label.word for label in made.labels} == {"nudity", "violence", "danger"}
    assert (made.model, made.revision) == (f"shieldgemma:{folder}", judge.revision)
    judge.close()


def test_without_it_the_way_to_get_it_is_told():
    with pytest.raises(ModelUnavailable, match=r"models get shieldgemma:google/shieldgemma-2-4b-it$"):
        moderator("shieldgemma:google/shieldgemma-2-4b-it").annotate([RED])
