"""How `mini` is trained: texts, pictures, towers, words, export, evaluation. The command is scripts/train_mini.py."""

from __future__ import annotations

DIM = 256
"""Length of a vector in the joint space."""

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""What the picture backbone was trained on."""
