"""`imsearch models get` for models that write words: from a hub on the loopback, whole or not at all."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from tests.vlm import tiny_blip, tiny_idefics
from tests.vlm.checkpoints import REVISION, lay_into_cache
from tests.vlm.hub import SHA, TAG, Hub
from tests.vlm.test_getting_models import imsearch
from vlm import Chat, Generation, ModelUnavailable, Turn, UnknownModel, load_model
from vlm.cache import model_snapshot

RED = Image.new("RGB", (90, 60), "red")
SHORT = Generation(most_tokens=4)
NAME = "idefics:someone/idefics-instruct"
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def instruct(tmp_path_factory):
    """A repository as large ones are: shards with an index, and the same weights in another form that is not needed."""
    from safetensors.torch import load_file
    from transformers import IdeficsForVisionText2Text

    folder = tiny_idefics.idefics(tmp_path_factory.mktemp("hub") / "instruct", instruct=True)
    model = IdeficsForVisionText2Text.from_pretrained(folder)
    (folder / "model.safetensors").unlink()
    model.save_pretrained(folder, max_shard_size="150KB")
    shards = sorted(folder.glob("model-*.safetensors"))
    assert len(shards) > 1 and load_file(shards[0])
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps({"weight_map": {"a": "pytorch_model-1.bin"}}))
    (folder / "pytorch_model-1.bin").write_bytes(b"pickled")
    (folder / "README.md").write_text("# IDEFICS")
    (folder / "onnx").mkdir()
    (folder / "onnx/model.safetensors").write_bytes(b"for another program")
    return folder


def test_a_model_is_got_by_its_spec_and_talked_to_without_the_hub(instruct, home):
    with Hub({"someone/idefics-instruct": instruct}) as hub:
        done = imsearch("models", "get", NAME, home=home, hub=hub.url)
        assert done.stdout == f"{NAME} is on this machine.\n", done.stderr
        asked = len(hub.asked)
        assert imsearch("models", "get", NAME, home=home, hub=hub.url).returncode == 0
        assert len(hub.asked) == asked
    here = model_snapshot("someone/idefics-instruct")
    names = {path.name for path in here.iterdir()}
    assert names >= {"config.json", "tokenizer.json", "processor_config.json", "model.safetensors.index.json"}
    assert not names & {"pytorch_model-1.bin", "README.md", "onnx"}
    model = load_model(NAME)
    assert isinstance(model, Chat)
    assert model.replies([[Turn("user", (RED, "What is this?"))]], SHORT)
    model.close()


def test_a_download_that_breaks_between_shards_leaves_no_model_and_goes_on_when_tried_again(instruct, get):
    with Hub({"someone/idefics-instruct": instruct}, breaks_after=120_000) as hub:
        assert "Check the network and try again.\n" in get(NAME, hub.url).output
    assert model_snapshot("someone/idefics-instruct") is None
    with pytest.raises(ModelUnavailable, match=f"models get {NAME}$"):
        load_model(NAME)
    with Hub({"someone/idefics-instruct": instruct}) as hub:
        assert get(NAME, hub.url).output.strip().endswith(f"{NAME} is on this machine.")
    assert model_snapshot("someone/idefics-instruct")


def test_a_revision_is_got_beside_the_newest_one(tmp_path, get):
    folder = tiny_blip.blip(tmp_path / "blip", "BlipForQuestionAnswering")
    with Hub({"someone/blip": folder}) as hub:
        get(f"blip:someone/blip@{TAG}", hub.url)
        assert "someone/blip has no such revision; leave it away" in get("blip:someone/blip@v9", hub.url).output
    assert model_snapshot("someone/blip", TAG).name == SHA
    assert model_snapshot("someone/blip") is None
    model = load_model(f"blip:someone/blip@{TAG}?dtype=float32")
    assert model.spec == f"blip:someone/blip@{TAG}?dtype=float32"
    assert len(model.answers([RED], "what is this ?", SHORT)) == 1
    with pytest.raises(ModelUnavailable, match=r"models get blip:someone/blip$"):
        load_model("blip:someone/blip")


def test_the_second_tokenizer_of_instructblip_is_got_too(tmp_path, get):
    folder = tiny_blip.blip2(tmp_path / "instructblip", instruct=True)
    with Hub({"someone/instructblip": folder}) as hub:
        get("blip:someone/instructblip", hub.url)
    assert load_model("blip:someone/instructblip").captions([RED], how=SHORT)


def test_a_model_that_another_program_downloaded_is_used(tmp_path, home):
    lay_into_cache(tiny_idefics.idefics2(tmp_path / "idefics2"), home, "someone/idefics2")
    assert model_snapshot("someone/idefics2").name == REVISION
    assert load_model("idefics:someone/idefics2").replies([[Turn("user", (RED, "What?"))]], SHORT)


def test_what_is_no_such_model_is_told_before_anything_is_downloaded(tmp_path, get):
    (tmp_path / "other").mkdir()
    (tmp_path / "other/config.json").write_text('{"model_type": "gpt2"}')
    with Hub({"someone/other": tmp_path / "other"}) as hub:
        assert (
            "someone/other holds no transformers model; see docs/vision.md"
            in get("idefics:someone/other", hub.url).output
        )
        assert (
            "the hub has no someone/none, or it is not public; choose another"
            in get("idefics:someone/none", hub.url).output
        )
        assert not any("resolve" in path for path in hub.asked)
    with pytest.raises(UnknownModel, match="of type 'gpt2', not IDEFICS"):
        load_model(f"idefics:{tmp_path / 'other'}")
    (tmp_path / "other/config.json").write_text("{")
    with pytest.raises(ModelUnavailable, match=r"config\.json is damaged"):
        load_model(f"blip:{tmp_path / 'other'}")
