"""What the camera wrote, read with distrust: any field may be missing, of another type, or nonsense."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from indexer.records import Exif

_MAKE, _MODEL, _ORIENTATION, _DATE, _RATING = 0x010F, 0x0110, 0x0112, 0x0132, 0x4746
_XMP_RATING = re.compile(rb"""xmp:Rating(?:\s*=\s*["']|>)\s*(\d)""")
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_TAKEN, _OFFSET, _LENS = 0x9003, 0x9011, 0xA434


def read_exif(picture: Image.Image) -> Exif:
    """The fields that imsearch keeps; never raises."""
    try:
        tags = picture.getexif()
        detail = _inner(tags, _EXIF_IFD)
        latitude, longitude = _place(_inner(tags, _GPS_IFD))
        written = _moment(detail.get(_TAKEN) or tags.get(_DATE), detail.get(_OFFSET))
        future = written is not None and in_future(datetime.fromisoformat(written[:19]))
        return Exif(
            taken_at=None if future else written,
            camera=_camera(_word(tags.get(_MAKE)), _word(tags.get(_MODEL))),
            lens=_word(detail.get(_LENS)),
            latitude=latitude,
            longitude=longitude,
            orientation=_orientation(tags.get(_ORIENTATION)),
            rating=_rating(tags.get(_RATING), picture.info.get("xmp")),
            clock=written if future else None,
        )
    except Exception:  # noqa: BLE001 - a parser of hostile data: whatever it trips over, the picture is still a picture
        return Exif()


def read_orientation(picture: Image.Image) -> int:
    """How the picture must still be turned to stand upright, 1 (not at all) to 8; never raises."""
    try:
        return _orientation(picture.getexif().get(_ORIENTATION))
    except Exception:  # noqa: BLE001 - as above
        return 1


def in_future(moment: datetime) -> bool:
    """Whether nothing can have happened then yet: the clock was wrong. A day is left to those east of us, who write no zone."""
    return moment.replace(tzinfo=None) > datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)


def _inner(tags: Image.Exif, ifd: int) -> Mapping[int, Any]:
    try:
        return tags.get_ifd(ifd)
    except Exception:  # noqa: BLE001 - one broken directory must not cost the others
        return {}


def _word(value: object) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    clean = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return clean[:120] or None


def _camera(make: str | None, model: str | None) -> str | None:
    if make and model and not model.lower().startswith(make.split()[0].lower()):
        return f"{make} {model}"
    return model or make


def _moment(value: object, offset: object) -> str | None:
    try:
        taken = datetime.strptime(str(_word(value))[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - zone may be unknown
    except ValueError:
        return None
    if taken.year < 1826:  # the oldest photograph
        return None
    text = taken.isoformat()
    zone = _word(offset)
    return text + zone if zone and len(zone) == 6 and zone[0] in "+-" and zone[3] == ":" else text


def _orientation(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _rating(value: object, xmp: object) -> int | None:
    """Stars: Windows and cameras write them into EXIF, photo managers into XMP."""
    if isinstance(value, int) and 0 <= value <= 5:
        return value
    found = _XMP_RATING.search(xmp) if isinstance(xmp, bytes) else None
    return int(found[1]) if found and int(found[1]) <= 5 else None


def _degrees(value: object, ref: object, most: float) -> float | None:
    if not isinstance(value, tuple | list) or len(value) != 3:
        return None
    degrees, minutes, seconds = (float(part) for part in value)
    signed = (degrees + minutes / 60 + seconds / 3600) * (-1 if _word(ref) in ("S", "W") else 1)
    return round(signed, 6) if math.isfinite(signed) and abs(signed) <= most else None


def _place(gps: Mapping[int, Any]) -> tuple[float | None, float | None]:
    try:
        latitude, longitude = _degrees(gps.get(2), gps.get(1), 90), _degrees(gps.get(4), gps.get(3), 180)
    except (TypeError, ValueError, ZeroDivisionError):
        return None, None
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None, None
    return latitude, longitude
