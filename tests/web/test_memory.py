"""The server's threads keep freed memory together, not each its own."""

from __future__ import annotations

import platform
import re
import subprocess
import sys

import pytest

POOLS = """
import ctypes, threading
from web.memory import keep_little
keep_little()
at_once = threading.Barrier(9)
def work():
    held = [bytes(2000) for _ in range(100)]
    at_once.wait()
for _ in range(8):
    threading.Thread(target=work).start()
at_once.wait()
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps a pool for each thread")
@pytest.mark.parametrize(("chosen", "pools"), [({}, 2), ({"MALLOC_ARENA_MAX": "5"}, 5)])
def test_threads_share_two_pools_unless_somebody_chose_otherwise(monkeypatch, chosen, pools):
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    told = subprocess.run([sys.executable, "-c", POOLS], capture_output=True, text=True, check=True).stdout
    assert len(re.findall("<heap nr=", told)) == pools
