"""The two towers as they are trained."""

from __future__ import annotations

from pathlib import Path

import torch.nn.functional as F
from torch import Tensor, nn

from mini_training import DIM


class Head(nn.Module):
    """A small residual head into the joint space."""

    def __init__(self, features: int = 1280) -> None:
        super().__init__()
        self.straight = nn.Linear(features, DIM, bias=False)
        self.bent = nn.Sequential(nn.Linear(features, 512), nn.GELU(), nn.Dropout(0.3), nn.Linear(512, DIM))

    def forward(self, features: Tensor) -> Tensor:
        return F.normalize(self.straight(features) + self.bent(features), dim=-1)


class PictureTower(nn.Module):
    """EfficientNetV2-B0 with its BatchNorm statistics frozen (always in eval mode), and the head."""

    def __init__(self, weights: Path | None = None) -> None:
        super().__init__()
        import timm

        self.backbone = timm.create_model("tf_efficientnetv2_b0", pretrained=False, num_classes=0)
        if weights:
            from safetensors.torch import load_file

            state = {k: v.float() for k, v in load_file(weights).items() if not k.startswith("classifier")}
            self.backbone.load_state_dict(state)
        self.head = Head()

    def train(self, mode: bool = True) -> PictureTower:
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, pixels: Tensor) -> Tensor:
        return self.head(self.backbone(pixels))

    def groups(self, rate: float, decay: float) -> list[dict[str, object]]:
        """Parameters of the backbone from the stem up, each stage's peak rate `decay` times the next one's."""
        backbone = self.backbone
        stages = [
            [*backbone.conv_stem.parameters(), *backbone.bn1.parameters()],
            *(list(stage.parameters()) for stage in backbone.blocks),
            [*backbone.conv_head.parameters(), *backbone.bn2.parameters()],
        ]
        return [
            {"params": parameters, "peak": rate * decay ** (len(stages) - 1 - depth)}
            for depth, parameters in enumerate(stages)
        ]


def text_head() -> nn.Linear:
    """From the teacher's vectors of texts into the joint space."""
    return nn.Linear(384, DIM, bias=False)
