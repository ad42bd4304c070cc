"""What `vlm` says is public is all there is, and enough."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import vlm
import vlm.protocols
from vlm import Annotator, Embedder

ROOT = Path(__file__).parents[2]


def test_every_public_name_is_listed_and_nothing_else():
    names = {
        name
        for name, thing in vars(vlm).items()
        if not name.startswith("_") and name != "annotations" and not inspect.ismodule(thing)
    }
    assert names == set(vlm.__all__)


def test_public_classes_and_functions_say_what_they_are():
    for name in vlm.__all__:
        thing = getattr(vlm, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert inspect.getdoc(thing), name


def test_who_writes_a_model_needs_no_private_name():
    ours = {name for name in vars(vlm.protocols) if name[0].isupper()} - {
        "Any",
        "Sequence",
        "Protocol",
        "Literal",
        "NDArray",
    }
    for protocol in (Embedder, Annotator):
        tree = ast.parse(inspect.getsource(protocol))
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & ours
        assert used <= set(vlm.__all__), protocol


def test_the_list_of_models_loads_nothing_heavy():
    code = (
        "import sys, vlm; vlm.available(); "
        "assert not {'torch', 'open_clip', 'onnxruntime', 'transformers', 'huggingface_hub', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
