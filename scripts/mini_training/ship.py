"""From trained towers to the files that ship."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mini_training import DIM, MEAN, STD
from mini_training.towers import PictureTower
from mini_training.words import LONGEST, TextTower


class TableOut(nn.Module):
    """The sum of the tokens' joint vectors."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.tokens = nn.Embedding.from_pretrained(table)
        self.tokens.weight.data[0] = 0  # padding

    def forward(self, ids: Tensor) -> Tensor:
        return F.normalize(self.tokens(ids).sum(1), dim=-1)


def text_tower(work: Path, head: Tensor) -> nn.Module:
    """The transformer over the table when it was trained, else the table alone."""
    table = torch.from_numpy(np.load(work / "table.npy")) @ head.T
    if not (work / "words.pt").exists():
        return TableOut(table)
    state = torch.load(work / "words.pt")
    tower = TextTower(table, 1 + max(int(name.split(".")[1]) for name in state if name.startswith("layers.")))
    tower.load_state_dict(state)
    return tower


def export(args: argparse.Namespace) -> None:
    """Both towers as ONNX with half-precision weights, the tokenizer, and config.json."""
    state = {name: value.cpu() for name, value in torch.load(args.work / "pictures.pt", map_location="cpu").items()}
    pictures = PictureTower()
    pictures.load_state_dict({k.removeprefix("tower."): v for k, v in state.items() if k.startswith("tower.")})
    words = text_tower(args.work, state["text_head.weight"]).eval()
    args.out.mkdir(parents=True, exist_ok=True)
    sample = torch.zeros(2, 3, args.side, args.side)
    to_onnx(pictures.eval(), sample, {0: "n"}, "pixels", args.out / "pictures.onnx")
    ids = torch.ones(2, 7, dtype=torch.int64)
    to_onnx(words, ids, {0: "n", 1: "length"}, "ids", args.out / "words.onnx")
    (args.out / "tokenizer.json").write_bytes((args.work / "tokenizer.json").read_bytes())
    hasher = hashlib.sha256()
    for name in ("pictures.onnx", "words.onnx", "tokenizer.json"):
        hasher.update((args.out / name).read_bytes())
    config = {
        "revision": hasher.hexdigest()[:12], "dim": DIM, "side": args.side, "longest": LONGEST, "mean": MEAN, "std": STD,
    }  # fmt: skip
    (args.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def to_onnx(model: nn.Module, sample: Tensor, axes: dict[int, str], name: str, path: Path) -> None:
    """Weights are stored in half precision behind a Cast: half the size, and the arithmetic stays float32."""
    import onnx
    from onnx import numpy_helper

    torch.onnx.export(
        model, (sample,), path, input_names=[name], output_names=["vectors"], dynamic_axes={name: axes}, dynamo=False,
        opset_version=17,
    )  # fmt: skip
    graph = onnx.load(path)
    casts = []
    for tensor in graph.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size > 512:
            half = tensor.name + "_half"
            casts.append(onnx.helper.make_node("Cast", [half], [tensor.name], to=onnx.TensorProto.FLOAT))
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), half))
    nodes = [*casts, *graph.graph.node]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)
    onnx.save(graph, path)
