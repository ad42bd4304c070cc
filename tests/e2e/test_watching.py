"""A folder that is watched: what is put in is found, what is taken out is gone, and Ctrl+C ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import heed_interrupts, paint

ROOT = Path(__file__).parents[2]


pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def watching(tmp_path):
    paint(tmp_path / "pictures/first.png", "red")
    command = [sys.executable, "-m", "imsearch", "watch", str(tmp_path / "pictures"), "--no-ocr", "--json"]
    environment = os.environ | {"IMSEARCH_LIBRARY": str(tmp_path / "pictures/.library"), "PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )
    yield running, tmp_path / "pictures"
    running.kill()
    running.communicate()


def reports(running, name):
    """The next report in which something of this name happened."""
    for line in running.stdout:
        report = json.loads(line)
        if report[name]:
            return report
    raise AssertionError(running.stderr.read())


def test_changes_are_followed_until_interrupted(watching):
    running, pictures = watching
    assert reports(running, "added")["added"] == 1
    later = paint(pictures / "later/second.png", "green", 2)
    assert reports(running, "added")["added"] == 1
    later.unlink()
    assert reports(running, "removed")["removed"] == 1
    running.send_signal(signal.SIGINT)
    assert running.wait(30) in (0, 130)
    assert running.stderr.read() == ""
