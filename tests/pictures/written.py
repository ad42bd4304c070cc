"""What other programs write into pictures and beside them: XMP packets and IPTC records."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import ExifTags, Image

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 6.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/" {attributes}>
   {inside}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def bag(name: str, words: Sequence[str]) -> str:
    return f"<{name}><rdf:Bag>{''.join(f'<rdf:li>{escape(word)}</rdf:li>' for word in words)}</rdf:Bag></{name}>"


def alt(name: str, text: str) -> str:
    return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt></{name}>'


def packet(*inside: str, attributes: str = "") -> bytes:
    """As exiftool, digiKam and Lightroom lay it out."""
    return _PACKET.format(inside="\n   ".join(inside), attributes=attributes).encode()


def xmp(title="", description="", keywords=(), hierarchical=(), rating=None) -> bytes:
    parts = [alt("dc:title", title)] if title else []
    parts += [alt("dc:description", description)] if description else []
    parts += [bag("dc:subject", keywords)] if keywords else []
    parts += [bag("lr:hierarchicalSubject", hierarchical)] if hierarchical else []
    return packet(*parts, attributes="" if rating is None else f'xmp:Rating="{rating}"')


def iptc(*fields: tuple[int, int, bytes]) -> bytes:
    """A record of (record, dataset, value)."""
    return b"".join(
        b"\x1c" + bytes((record, dataset)) + struct.pack(">H", len(value)) + value for record, dataset, value in fields
    )


def put_iptc(path: Path, record: bytes) -> None:
    """Into a JPEG, as Photoshop does."""
    block = (
        b"8BIM"
        + struct.pack(">H", 0x0404)
        + b"\0\0"
        + struct.pack(">I", len(record))
        + record
        + b"\0" * (len(record) % 2)
    )
    segment = b"Photoshop 3.0\0" + block
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + data[2:])


def put_xmp(path: Path, data: bytes) -> None:
    """Into a JPEG, without touching its pixels."""
    segment = b"http://ns.adobe.com/xap/1.0/\0" + data
    old = path.read_bytes()
    path.write_bytes(old[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + old[2:])


def put_gps(path: Path, latitude: float, longitude: float) -> Path:
    """Into a JPEG, in degrees, minutes and seconds, as cameras do; its pixels stay as they are."""
    picture = Image.open(path)
    exif = picture.getexif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({
        1: "S" if latitude < 0 else "N", 2: _degrees(latitude), 3: "W" if longitude < 0 else "E", 4: _degrees(longitude),
    })  # fmt: skip
    picture.save(path, exif=exif, quality="keep")
    return path


def _degrees(degrees: float) -> tuple[float, float, float]:
    minutes = abs(degrees) % 1 * 60
    return float(int(abs(degrees))), float(int(minutes)), round(minutes % 1 * 60, 2)
