"""Tests, named for what a user does. Run by `make test`, or some by `pytest tests/…`."""

import os

# Before numpy and torch are loaded, for this process and those it starts: threads of models as tiny as these wait for
# each other longer than they work (test_openclip.py: 45 s of processor time with two, 16 s with one).
os.environ.setdefault("OMP_NUM_THREADS", "1")
