"""Pictures that strangers send: what goes wrong while one is decoded is that one's trouble alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from indexer.decode import decode
from indexer.errors import PictureError
from tests.conftest import paint
from web.uploading import Uploading

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


@pytest.fixture
def uploading():
    made = Uploading()
    yield made
    made.close()


def test_what_is_decoded_apart_is_what_is_decoded_here(uploading, tmp_path):
    path = paint(tmp_path / "a.png", "green", size=(300, 200))
    here = decode(path, 64)
    with path.open("rb") as file:
        apart = uploading.read(file, "a.png", 64)
    assert (apart.width, apart.height, apart.format) == (300, 200, "png")
    assert np.array_equal(np.asarray(apart.picture), np.asarray(here.picture))


def test_of_a_part_no_more_than_is_looked_at_leaves_the_decoder(uploading, tmp_path):
    data = paint(tmp_path / "a.png", "green", size=(900, 600)).read_bytes()
    part = uploading.decode(data, "a.png", 64, (100, 0, 900, 600))
    assert (part.width, part.height, part.picture.size) == (900, 600, (89, 67))


def test_an_upload_that_hangs_its_decoder_is_given_up_and_the_next_one_is_read(monkeypatch, tmp_path):
    uploading = Uploading()
    data = paint(tmp_path / "a.png", "red").read_bytes()
    uploading.decode(data, "a.png", 64)
    (worker,) = [worker for worker in uploading._workers if worker.process]
    os.kill(worker.process, signal.SIGSTOP)
    with monkeypatch.context() as patience:
        patience.setattr(worker, "_seconds", 1.0)
        with pytest.raises(PictureError, match="its decoder gave up"):
            uploading.decode(data, "a.png", 64)
    assert uploading.decode(data, "a.png", 64).width == 64
    uploading.close()


def test_a_decoder_that_died_is_replaced(uploading, tmp_path):
    data = paint(tmp_path / "a.png", "red").read_bytes()
    uploading.decode(data, "a.png", 64)
    (process,) = [worker.process for worker in uploading._workers if worker.process]
    os.kill(process, signal.SIGKILL)
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    assert uploading.decode(data, "a.png", 64).width == 64


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        ("bytearray(4_000_000_000)", "MemoryError"),
        ("open('x', 'w').write('x' * 100_000)", "SIGXFSZ|File too large"),
        ("[open('/dev/null') for _ in range(100)]", "Too many open files"),
    ],
)
def test_the_decoder_has_little_to_take_and_little_to_break(tmp_path, tried, said):
    code = f"from indexer.decode_worker import limit; limit(); {tried}"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.returncode == -signal.SIGXFSZ or any(word in done.stderr for word in said.split("|"))


def test_the_heaviest_picture_that_is_taken_fits_into_the_decoders_memory(uploading, tmp_path):
    path = tmp_path / "deep.png"
    Image.fromarray(np.zeros((8_000, 8_000), np.uint16)).save(path)  # 16-bit grey: 30 bytes a pixel
    made = uploading.decode(path.read_bytes(), path.name, 64)
    assert (made.width, made.height) == (8_000, 8_000)
