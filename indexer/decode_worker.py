"""The process in which uploads are decoded, with little to take and little to break: python -m indexer.decode_worker

A message is a line of JSON and, behind it, bytes: {suffix, side, bytes, pixels, box} and the file (`box` is the part that
is wanted of the whole picture, as corners, or null); back {width, height, format,
size} and the pixels, or {reason, remedy}. No pickle: a decoder that was taken over must not send us code.
"""

from __future__ import annotations

import json
import sys

from indexer.decode import Limits, decode_bytes
from indexer.errors import PictureError
from vlm.apart import receive, send

# The worst kind (16-bit grey) took 30 bytes a pixel while it was decoded, of 64 million; beside it what is loaded.
MOST_MEMORY = 3_000_000_000
FILES = 64


def limit() -> None:
    """Take away what decoding does not need, where the system can: memory without end, writing files, opening many."""
    try:
        import resource
    except ImportError:  # Windows; there time alone is limited
        return
    for kind, most in (
        (resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, FILES), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):  # macOS knows some of them by name alone
            continue


def answer(message: bytes) -> bytes:
    """What is sent back for one upload."""
    head, _, data = message.partition(b"\n")
    asked = json.loads(head)
    try:
        limits, box = Limits(asked["bytes"], asked["pixels"]), asked["box"]
        made = decode_bytes(data, asked["suffix"], asked["side"], limits, tuple(box) if box else None)
    except PictureError as error:
        return json.dumps({"reason": error.reason, "remedy": error.remedy}).encode()
    told = {"width": made.width, "height": made.height, "format": made.format, "size": made.picture.size}
    return json.dumps(told).encode() + b"\n" + made.picture.convert("RGB").tobytes()


def main() -> None:
    """Answer until nobody asks any more."""
    answers_to = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a decoder prints must not mix with the answers
    limit()
    while (message := receive(sys.stdin.buffer)) is not None:
        send(answers_to, answer(message))


if __name__ == "__main__":
    main()
