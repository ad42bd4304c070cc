"""Pictures that resemble each other for a good reason: a raw file with its JPEG, the frames of a burst."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from indexer.formats import RAW
from indexer.records import Picture

BURST_SECONDS = 2.0
_NUMBERED = re.compile(r"(.*?)(\d{2,})(\D*)")


def is_raw(picture: Picture) -> bool:
    """Whether it is a camera's raw file."""
    return picture.format in RAW


def raw_pairs(pictures: Sequence[Picture]) -> Iterator[tuple[Picture, Picture]]:
    """(raw, other): the same name beside each other, or taken by one camera at one time."""
    named: dict[str, list[Picture]] = defaultdict(list)
    timed: dict[tuple[str | None, str | None], list[Picture]] = defaultdict(list)
    raw = [picture for picture in pictures if is_raw(picture)]
    if not raw:
        return
    for picture in pictures:
        if not is_raw(picture):
            named[_stem(picture)].append(picture)
            timed[picture.exif.camera, picture.exif.taken_at].append(picture)
    for picture in raw:
        exif = picture.exif
        others = timed[exif.camera, exif.taken_at] if exif.camera and exif.taken_at else []
        for other in {other.id: other for other in [*named[_stem(picture)], *others]}.values():
            yield picture, other


def bursts(pictures: Sequence[Picture]) -> dict[int, int]:
    """Picture id -> number of the run it was taken in: one camera, never more than two seconds to the next."""
    taken: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for picture in pictures:
        moment = _moment(picture)
        if moment is not None and picture.exif.camera:
            taken[picture.exif.camera].append((moment, picture.id))
    run = 0
    made: dict[int, int] = {}
    for moments in taken.values():
        run += 1
        last = None
        for moment, picture_id in sorted(moments):
            if last is not None and moment - last > BURST_SECONDS:
                run += 1
            made[picture_id] = run
            last = moment
    return made


def is_burst(a: Picture, b: Picture, runs: dict[int, int], one_picture: bool) -> bool:
    """Two frames of a run, not a frame and its copy: a copy keeps the frame's very second and has a name of its own."""
    if a.id not in runs or runs[a.id] != runs.get(b.id):
        return False
    if not one_picture or a.exif.taken_at != b.exif.taken_at:
        return True
    return (a.width, a.height, a.format) == (b.width, b.height, b.format) and _numbered_alike(a, b)


def _numbered_alike(a: Picture, b: Picture) -> bool:
    """IMG_0412 and IMG_0413, as a camera counts; not `photo` and `photo (1)`."""
    one, other = (_NUMBERED.fullmatch(_stem(picture).rpartition("/")[2]) for picture in (a, b))
    return bool(
        one
        and other
        and (one[1], one[3], len(one[2])) == (other[1], other[3], len(other[2]))
        and 0 < abs(int(one[2]) - int(other[2])) < 100
    )


def _stem(picture: Picture) -> str:
    folder, slash, name = picture.path.rpartition("/")
    return f"{folder}{slash}{name.rpartition('.')[0].lower() or name.lower()}"


def _moment(picture: Picture) -> float | None:
    try:
        taken = datetime.fromisoformat(picture.exif.taken_at or "")
    except ValueError:
        return None
    # Without a zone all moments of one camera are off by the same: only their differences are used.
    return (taken.replace(tzinfo=None) - datetime(1800, 1, 1)).total_seconds()  # noqa: DTZ001
