"""XMP, in which other programs keep what a person wrote of a picture: read with distrust, written anew."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from xml.parsers import expat
from xml.sax.saxutils import escape

from indexer.plain import plain
from indexer.records import Told
from indexer.words import clean

# The sidecars of darktable, which keep every step of its work, stay below.
MOST_BYTES = 4_000_000
# Nothing that these programs write is nested deeper than 15.
_DEEPEST = 100
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_KEYWORD, MOST_KEYWORDS = 1000, 10_000, 100, 500

_NAMESPACES = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://www.digikam.org/ns/1.0/": "digiKam",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
}
_TITLE, _DESCRIPTION, _RATING = "dc:title", "dc:description", "xmp:Rating"
_FLAT = ("dc:subject", "Iptc4xmpExt:PersonInImage")
# each with what stands between its levels
_NESTED = {"lr:hierarchicalSubject": "|", "digiKam:TagsList": "/"}
_KEPT = frozenset((_TITLE, _DESCRIPTION, _RATING, *_FLAT, *_NESTED))
# and what XML may not hold
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")


class _Hostile(Exception):
    """What no program writes."""


class _Packet:
    """Collects the properties of a packet as its parser comes by: no tree is built.

    Names are told by their prefixes, which each packet declares, and not by the parser: it would copy the whole address
    of a namespace into every name, and an address may be as long as the packet.
    """

    def __init__(self) -> None:
        self.found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._prefixes: dict[str, str] = {}
        self._open: list[str] = []
        self._language = ""
        self._text: list[str] = []

    def read(self, data: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = self._refuse
        # cut off, broken, of an unknown encoding: what came before holds
        with contextlib.suppress(expat.ExpatError, ValueError, LookupError):
            parser.Parse(data, True)

    def _refuse(self, *_: object) -> None:
        # entities are declared in it: no XMP has one, and a bomb is made of them
        raise _Hostile

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        for key, value in attributes.items():
            if key.startswith("xmlns:") and value in _NAMESPACES:
                self._prefixes[key[6:]] = _NAMESPACES[value]
        if len(self._open) > _DEEPEST:
            raise _Hostile
        self._open.append(self._named(name))
        self._text.clear()
        self._language = attributes.get("xml:lang", "")
        if self._open[-2:] == ["rdf:RDF", "rdf:Description"]:
            for key, value in attributes.items():
                self._keep(self._named(key), value)

    def _end(self, _: str) -> None:
        *above, name = self._open
        self._open.pop()
        if name == "rdf:li" and above[-4:-2] == ["rdf:RDF", "rdf:Description"]:
            self._keep(above[-2], "".join(self._text))
        elif above[-2:] == ["rdf:RDF", "rdf:Description"]:
            self._keep(name, "".join(self._text))
        self._text.clear()

    def _named(self, name: str) -> str:
        prefix, colon, rest = name.partition(":")
        return f"{self._prefixes.get(prefix, prefix)}:{rest}" if colon else name

    def _keep(self, name: str, text: str) -> None:
        if name in _KEPT and text.strip():
            self.found[name].append((self._language, text))


def read_xmp(data: bytes) -> Told:
    """What a packet says; never raises. One that is big or hostile says nothing."""
    packet = _Packet()
    try:
        if len(data) > MOST_BYTES:
            return Told()
        packet.read(data.strip(b"\0 \r\n\t"))
    except _Hostile:
        return Told()
    found = packet.found
    flat = [text for name in _FLAT for _, text in found[name]]
    nested = [part for name, mark in _NESTED.items() for _, text in found[name] for part in text.split(mark)]
    return Told(
        one_line(_in_default_language(found[_TITLE]), LONGEST_TITLE),
        one_line(_in_default_language(found[_DESCRIPTION]), LONGEST_DESCRIPTION),
        keywords([*flat, *nested]),
        _stars(found[_RATING]),
    )


def one_line(text: str, longest: int) -> str:
    """Text without control characters, line ends and doubled spaces."""
    return " ".join(_CONTROLS.sub(" ", clean(text)).split())[:longest].strip()


def keywords(given: Iterable[str]) -> tuple[str, ...]:
    """Each keyword once, whatever its case, as it was first written."""
    kept: dict[str, str] = {}
    for text in given:
        word = one_line(text, LONGEST_KEYWORD)
        if word and len(kept) < MOST_KEYWORDS:
            kept.setdefault(plain(word), word)
    return tuple(kept.values())


def _in_default_language(given: list[tuple[str, str]]) -> str:
    return next((text for language, text in given if language == "x-default"), given[0][1] if given else "")


def _stars(given: list[tuple[str, str]]) -> int | None:
    """0 to 5; -1 stands for a rejected picture, which is no number of stars."""
    found = re.fullmatch(r"\s*([0-5])(\.0*)?\s*", given[0][1]) if given else None
    return int(found[1]) if found else None


def write_xmp(told: Told) -> bytes:
    """A sidecar that says this."""
    title, description, *words = (
        escape(_CONTROLS.sub(" ", clean(text))) for text in (told.title, told.description, *told.keywords)
    )
    lines = [
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
        '<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="imsearch">',
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
        '  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"',
        '    xmlns:xmp="http://ns.adobe.com/xap/1.0/">',
    ]
    if told.rating is not None:
        lines.append(f"   <xmp:Rating>{told.rating}</xmp:Rating>")
    for name, text in (("title", title), ("description", description)):
        if text:
            lines.append(f'   <dc:{name}><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:{name}>')
    if words:
        items = "".join(f"\n    <rdf:li>{word}</rdf:li>" for word in words)
        lines.append(f"   <dc:subject><rdf:Bag>{items}\n   </rdf:Bag></dc:subject>")
    lines += ["  </rdf:Description>", " </rdf:RDF>", "</x:xmpmeta>", '<?xpacket end="w"?>', ""]
    return "\n".join(lines).encode()
