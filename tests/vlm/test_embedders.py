"""Every embedder keeps one contract."""

from __future__ import annotations

import pytest

from tests.contracts.embedder import EmbedderContract
from tests.small import ColourEmbedder
from tests.vlm.checkpoints import CONFIGS, save
from vlm import load_embedder


class TestMini(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls):
        return load_embedder("mini")


class TestTheTestsOwn(EmbedderContract):
    @pytest.fixture
    def embedder(self):
        return ColourEmbedder()


@pytest.mark.filterwarnings("ignore")
class TestOpenClip(EmbedderContract):
    @pytest.fixture(scope="class", params=sorted(CONFIGS))
    @classmethod
    def embedder(cls, request, tmp_path_factory):
        return load_embedder(f"openclip:{save(request.param, tmp_path_factory.mktemp(request.param))}")


@pytest.mark.filterwarnings("ignore")
class TestOpenClipInHalfPrecision(EmbedderContract):
    close = 2e-2

    @pytest.fixture(scope="class", params=["bf16", "fp16"])
    @classmethod
    def embedder(cls, request, tmp_path_factory):
        return load_embedder(f"openclip:{save('clip', tmp_path_factory.mktemp('clip'))}?precision={request.param}")
