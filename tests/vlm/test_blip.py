"""BLIP, BLIP-2 and InstructBLIP: the right class for a checkpoint, and what it is asked."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from tests.vlm import tiny_blip as tiny
from vlm import Answerer, Captioner, Generation, ModelError, UnknownModel, UsageError, load_model

SHORT = Generation(most_tokens=8)
RED, BLUE = (Image.new("RGB", (90, 60), colour) for colour in ("red", "blue"))
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def blip(tmp_path_factory):
    """A model by its kind; each is made once."""
    made = {}

    def of(kind):
        if kind not in made:
            folder = tmp_path_factory.mktemp("blip") / kind
            if kind in ("blip2", "instructblip"):
                tiny.blip2(folder, instruct=kind == "instructblip")
            else:
                tiny.blip(folder, {"captions": "BlipForConditionalGeneration", "vqa": "BlipForQuestionAnswering"}[kind])
            made[kind] = load_model(f"blip:{folder}")
        return made[kind]

    yield of
    for model in made.values():
        model.close()


@pytest.fixture
def read(monkeypatch):
    """What a model read in its last call, as text, a string a row; and the second text of InstructBLIP."""

    def of(model, call):
        rows = []
        with model.held.use() as (inner, processor):
            real = type(inner).generate

            def listening(**given):
                rows.extend(processor.tokenizer.batch_decode(given["input_ids"]))
                if "qformer_input_ids" in given:
                    rows.extend(processor.qformer_tokenizer.batch_decode(given["qformer_input_ids"]))
                return real(inner, **given)

            monkeypatch.setattr(inner, "generate", listening)
        call()
        monkeypatch.undo()
        return rows

    return of


def test_the_class_is_taken_by_the_checkpoint(blip, tmp_path):
    names = {kind: blip(kind).architecture for kind in ("captions", "vqa", "blip2", "instructblip")}
    assert names == {
        "captions": "BlipForConditionalGeneration",
        "vqa": "BlipForQuestionAnswering",
        "blip2": "Blip2ForConditionalGeneration",
        "instructblip": "InstructBlipForConditionalGeneration",
    }
    for kind, architecture in names.items():
        with blip(kind).held.use() as (inner, _):
            assert type(inner).__name__ == architecture
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["BlipForImageTextRetrieval"]}))
    with pytest.raises(UnknownModel, match="is a BlipForImageTextRetrieval, which writes no words; take a BLIP that"):
        load_model(f"blip:{tmp_path}")


def test_a_checkpoint_asked_for_what_another_does_names_that_one(blip):
    captions, vqa = blip("captions"), blip("vqa")
    assert isinstance(captions, Captioner) and not isinstance(captions, Answerer)
    assert isinstance(vqa, Answerer) and not isinstance(vqa, Captioner)
    with pytest.raises(ModelError, match="writes captions only; for answers take blip:Salesforce/blip-vqa-base"):
        captions.answers([RED], "What is this?")
    with pytest.raises(
        ModelError, match="writes answers only; for captions take blip:Salesforce/blip-image-captioning"
    ):
        vqa.captions([RED])


def test_blip_is_given_the_beginning_of_a_caption_or_a_question(blip, read):
    captions, vqa = blip("captions"), blip("vqa")
    assert read(captions, lambda: captions.captions([RED], how=SHORT)) == ["[CLS] [SEP]"]
    assert read(captions, lambda: captions.captions([RED], "a picture of", how=SHORT)) == ["[CLS] a picture of [SEP]"]
    assert captions.captions([RED], "a picture of", how=SHORT)[0].startswith("a picture of")
    assert read(vqa, lambda: vqa.answers([RED], "What is this?", SHORT)) == ["[CLS] what is this? [SEP]"]


def test_blip2_is_asked_as_its_authors_ask_it(blip, read):
    blip2, seen = blip("blip2"), "<image>" * 4
    assert read(blip2, lambda: blip2.captions([RED], how=SHORT)) == [f"{seen}</s>"]
    assert read(blip2, lambda: blip2.captions([RED], "a photo of", how=SHORT)) == [f"{seen}</s>a photo of"]
    question = [f"{seen}</s>Question: how many cats are there? Answer:"]
    assert read(blip2, lambda: blip2.answers([RED], "how many cats are there?", SHORT)) == question


def test_instructblip_is_told_what_to_write_by_both_ways_in(blip, read):
    told, seen = blip("instructblip"), "<image>" * 4
    one, other = read(told, lambda: told.captions([RED], how=SHORT))
    assert one == f"{seen}<s>A short image description:"
    assert other == "[CLS] a short image description : [SEP]"
    one, other = read(told, lambda: told.answers([RED], "What is in <image> this?", SHORT))
    assert one.count("<image>") == 4 and one.endswith("this?")


@pytest.mark.parametrize("kind", ["captions", "vqa", "blip2", "instructblip"])
def test_pictures_are_looked_at_the_same_alone_and_together(blip, kind):
    model = blip(kind)
    ways = [lambda pictures, how: model.answers(pictures, "What is this?", how)] if kind != "captions" else []
    if kind != "vqa":
        ways += [lambda pictures, how: model.captions(pictures, how=how), lambda pictures, how: model.captions(pictures, "a", how=how)]  # fmt: skip
    for way in ways:
        for how in (SHORT, Generation(most_tokens=6, beams=2)):
            assert way([RED, BLUE], how) == [way([each], how)[0] for each in (RED, BLUE)]
        assert way([], SHORT) == []


def test_a_caption_begun_by_us_is_given_back_whole(blip):
    assert blip("blip2").captions([RED, BLUE], " a photo of ", how=SHORT)[0].startswith("a photo of ")


def test_a_blip2_saved_before_it_said_where_the_picture_goes_looks_at_it_all_the_same(tmp_path, blip):
    folder = tiny.blip2(tmp_path / "blip2")
    new = load_model(f"blip:{folder}").captions([RED, BLUE], how=SHORT)
    for name, key in (("processor_config.json", "num_query_tokens"), ("config.json", "image_token_index")):
        told = json.loads((folder / name).read_text())
        del told[key]
        (folder / name).write_text(json.dumps(told))
    assert load_model(f"blip:{folder}").captions([RED, BLUE], how=SHORT) == new


def test_what_blip_cannot_do_is_said(blip):
    with pytest.raises(UsageError, match="writes English only, not 'fr'"):
        blip("captions").captions([RED], language="fr")
    with pytest.raises(UsageError, match="no budget of visual tokens"):
        blip("vqa").answers([RED], "What?", Generation(budget=70))
