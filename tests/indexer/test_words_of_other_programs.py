"""Titles, keywords and stars that people gave their pictures in digiKam, Lightroom, darktable: there after indexing, kept by every later run."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from indexer.decode import decode, read_told
from indexer.errors import PictureError
from indexer.records import Edit, Told
from indexer.xmp import MOST_BYTES, one_line, read_xmp, write_xmp
from indexer.xmp import keywords as distinct
from tests.conftest import paint, shared
from tests.pictures.written import alt, bag, iptc, packet, put_iptc, put_xmp, xmp
from tests.small import said as by_model


def words(shelf, name):
    """What the library holds of a picture by other programs: captions, tags, stars."""
    picture = shelf.catalog.find(f"{shelf.pictures}/{name}")
    texts = [text for text in shelf.store.texts(picture.id) if text.model == "file"]
    return (
        [text.text for text in texts if text.kind == "caption"],
        [text.text for text in texts if text.kind == "tag"],
        picture.exif.rating,
    )


def found(shelf, query):
    return {shelf.catalog.get([match.id])[0].path.rpartition("/")[2] for match in shelf.catalog.lexical(query, 9)}


@pytest.fixture
def one(shelf):
    paint(shelf.pictures / "a.jpg", "red")
    return shelf


def test_what_is_in_the_file_is_found_by_its_words(one):
    put_xmp(one.pictures / "a.jpg", xmp("Regatta", "Ada at the helm", ["Sailing", "Ada"], ["Places|Norway|Oslo"], 4))
    one.index()
    assert words(one, "a.jpg") == (
        ["Regatta. Ada at the helm"],
        ["Sailing", "Ada", "Places", "Norway", "Oslo"],
        4,
    )
    assert found(one, "norway") == found(one, "helm") == {"a.jpg"}


@pytest.mark.parametrize("suffix", ["png", "webp", "tif", "avif", "heic"])
def test_every_format_that_holds_xmp_is_read(one, suffix):
    path = one.pictures / f"b.{suffix}"
    picture = Image.new("RGB", (64, 48), "blue")
    data = xmp("Le lac d’Annecy", "", ["été", "湖"])
    if suffix == "png":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", data.decode())
        picture.save(path, pnginfo=info)
    elif suffix == "tif":
        picture.save(path, tiffinfo={700: data})
    else:
        picture.save(path, xmp=data, **({"format": "HEIF"} if suffix == "heic" else {}))
    one.index()
    assert words(one, path.name) == (["Le lac d’Annecy"], ["été", "湖"], None)
    assert read_told(path) == decode(path, 8).told


@pytest.mark.parametrize(
    ("charset", "encoding"), [(b"\x1b%G", "utf-8"), (b"", "utf-8"), (b"", "cp1252"), (b"\x1b.A", "latin-1")]
)
def test_iptc_is_read_in_the_charset_it_was_written_in(one, charset, encoding):
    fields = [(2, 5, "Überfahrt"), (2, 120, "Fähre nach Malmö"), (2, 25, "Fähre"), (2, 25, "Öresund")]
    record = iptc(*([(1, 90, charset)] if charset else []), *((r, d, text.encode(encoding)) for r, d, text in fields))
    put_iptc(one.pictures / "a.jpg", record)
    one.index()
    assert words(one, "a.jpg") == (["Überfahrt. Fähre nach Malmö"], ["Fähre", "Öresund"], None)


def test_iptc_that_was_cut_inside_a_character_loses_that_character_alone(one):
    put_iptc(one.pictures / "a.jpg", iptc((1, 90, b"\x1b%G"), (2, 25, "Malmö".encode()[:-1]), (2, 25, b"ferry")))
    assert read_told(one.pictures / "a.jpg").keywords == ("Malm", "ferry")


def test_xmp_holds_where_iptc_says_otherwise(one):
    put_iptc(one.pictures / "a.jpg", iptc((2, 5, b"old title"), (2, 25, b"old"), (2, 120, b"only here")))
    put_xmp(one.pictures / "a.jpg", xmp("New title", "", ["new"]))
    assert read_told(one.pictures / "a.jpg") == Told("New title", "only here", ("new",))


@pytest.mark.parametrize("name", ["a.xmp", "a.jpg.xmp", "A.JPG.XMP"])
def test_a_sidecar_is_read_and_says_more_than_the_file(one, name):
    put_xmp(one.pictures / "a.jpg", xmp("In the file", "told in the file", ["file"], rating=2))
    (one.pictures / name).write_bytes(xmp("In the sidecar", "", ["sidecar"], rating=5))
    one.index()
    assert words(one, "a.jpg") == (["In the sidecar. told in the file"], ["sidecar"], 5)


def test_a_sidecar_that_changes_alone_is_read_at_the_next_run_and_nothing_is_embedded(one):
    one.index()
    seen, sidecar = one.embedder.seen, one.pictures / "a.jpg.xmp"
    sidecar.write_bytes(xmp("First", "", ["one"], rating=3))
    assert one.index().unchanged == 1
    assert words(one, "a.jpg") == (["First"], ["one"], 3)
    sidecar.write_bytes(xmp("Other", "", ["two"]))
    one.index()
    assert words(one, "a.jpg") == (["Other"], ["two"], None)
    assert found(one, "one") == set()
    sidecar.unlink()
    one.index()
    assert words(one, "a.jpg") == ([], [], None)
    assert one.embedder.seen == seen


def test_an_unchanged_sidecar_is_not_opened_again(one):
    (one.pictures / "a.jpg.xmp").write_bytes(xmp("First"))
    one.index()
    opened = []
    one.index()
    one.catalog.told.seek(opened.append, lambda _: None, "now")
    assert opened == []


def test_a_picture_that_moves_with_its_sidecar_keeps_its_words_and_one_that_leaves_it_loses_them(one):
    (one.pictures / "a.jpg.xmp").write_bytes(xmp("First"))
    one.index()
    (one.pictures / "deep").mkdir()
    for name in ("a.jpg", "a.jpg.xmp"):
        (one.pictures / name).rename(one.pictures / "deep" / name)
    assert one.index().moved == 1
    assert words(one, "deep/a.jpg")[0] == ["First"]
    (one.pictures / "deep/a.jpg").rename(one.pictures / "b.jpg")
    one.index()
    assert words(one, "b.jpg")[0] == []


def test_a_copy_has_the_words_of_its_own_sidecar(one):
    (one.pictures / "a.jpg.xmp").write_bytes(xmp("First"))
    one.index()
    (one.pictures / "copy.jpg").write_bytes((one.pictures / "a.jpg").read_bytes())
    one.index()
    assert words(one, "copy.jpg")[0] == [] and words(one, "a.jpg")[0] == ["First"]


def test_a_library_of_before_gets_them_at_the_next_run(one):
    put_xmp(one.pictures / "a.jpg", xmp("Old", "", ["older"], rating=1))
    one.index()
    db = one.catalog.connections.mine()
    db.execute("DELETE FROM texts")
    db.execute("UPDATE pictures SET told_sought = 0, rating = NULL")
    seen = one.embedder.seen
    one.index()
    assert (words(one, "a.jpg"), one.embedder.seen) == ((["Old"], ["older"], 1), seen)


def test_models_never_replace_them(one):
    put_xmp(one.pictures / "a.jpg", xmp("Regatta", "", ["Ada"]))
    one.index()
    picture = one.catalog.find(f"{one.pictures}/a.jpg").id
    for caption in ("a boat", "a white boat"):
        one.catalog.texts.annotate(picture, "describe", by_model(caption=caption, tags=("boat",)))
    assert words(one, "a.jpg")[:2] == (["Regatta"], ["Ada"])
    assert found(one, "regatta") == found(one, "white") == {"a.jpg"}


def test_what_was_said_here_holds_against_them(one):
    sidecar = one.pictures / "a.jpg.xmp"
    sidecar.write_bytes(xmp("Regatta", "", ["Ada", "Bert"], rating=2))
    one.index()
    picture = one.catalog.find(f"{one.pictures}/a.jpg").id
    one.catalog.edits.make([picture], Edit(caption="The finish", untags=("bert",), rating=5), "now")
    sidecar.write_bytes(xmp("Regatta!", "", ["Ada", "Bert", "Cleo"], rating=1))
    one.index()
    assert words(one, "a.jpg") == ([], ["Ada", "Cleo"], 5)
    assert found(one, "finish") == {"a.jpg"} and found(one, "bert") == set()


def test_a_sidecar_that_is_no_plain_file_or_broken_costs_nothing(one):
    put_xmp(one.pictures / "a.jpg", xmp("Kept"))
    os.mkfifo(one.pictures / "a.jpg.xmp")
    assert one.index().added == 1
    assert words(one, "a.jpg")[0] == ["Kept"]
    (one.pictures / "a.jpg.xmp").unlink()
    (one.pictures / "a.jpg.xmp").write_bytes(b"\0\xffnothing")
    one.index()
    assert words(one, "a.jpg")[0] == ["Kept"]


def test_other_programs_lay_packets_out_in_other_ways():
    attributes = 'dc:title="Short form" xmp:Rating="3"'
    assert read_xmp(packet(attributes=attributes)) == Told("Short form", rating=3)
    digikam = packet(bag("digiKam:TagsList", ["People/Ada", "Boat"]), bag("dc:subject", ["Ada", "Boat"]))
    assert read_xmp(digikam).keywords == ("Ada", "Boat", "People")
    languages = '<dc:title><rdf:Alt><rdf:li xml:lang="de">See</rdf:li><rdf:li xml:lang="x-default">Lake</rdf:li></rdf:Alt></dc:title>'
    assert read_xmp(packet(languages)).title == "Lake"
    prefixes = xmp("Lake", "", ["x"]).replace(b"dc:", b"pd:").replace(b":dc=", b":pd=")
    assert read_xmp(prefixes) == Told("Lake", keywords=("x",))
    assert read_xmp(xmp("Lake", rating=2).decode().encode("utf-16")) == Told("Lake", rating=2)
    assert read_xmp(xmp(rating=-1)).rating is None
    ingredient = "<dc:creator><rdf:Description><dc:title>of another picture</dc:title></rdf:Description></dc:creator>"
    assert read_xmp(packet(ingredient, alt("dc:description", "own"))) == Told(description="own")
    assert read_xmp(xmp("kept")[:-60]).title == "kept"


LAUGHS = b"<!DOCTYPE x [<!ENTITY a 'lol'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(12)
) + b"]>"  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        LAUGHS + xmp("bomb").replace(b"bomb", b"&m;"),
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xmp("bomb").replace(b"bomb", b"&a;"),
        b"<a>" * 1_000_000,
        xmp("big") + b" " * MOST_BYTES,
    ],
    ids=["laughs", "outside", "deep", "big"],
)
def test_hostile_packets_say_nothing(data):
    assert read_xmp(data) == Told()


def test_a_namespace_as_long_as_the_packet_is_not_copied_into_each_name():
    bomb = b'<a xmlns:n="' + b"x" * 2_000_000 + b'">' + b"".join(b"<n:e%d/>" % i for i in range(100_000)) + b"</a>"
    assert read_xmp(bomb) == Told()  # would take 200 GB


def test_terminal_commands_in_a_title_are_taken_out_and_heaps_of_keywords_end():
    told = read_xmp(xmp("a\tb\nc", keywords=[str(i) for i in range(10_000)]))
    assert told.title == "a b c" and len(told.keywords) == 500
    assert "\x1b" not in read_xmp(xmp("x").replace(b"x</rdf:li>", "\u009b31m\x85".encode() + b"</rdf:li>")).title


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_without_an_error(data):
    read_xmp(data)
    whole = xmp("title", "words", ["a"], ["b|c"], 3)
    for at in (len(data) * 7 % len(whole), 0, len(whole)):
        read_xmp(whole[:at] + data + whole[at:])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(data=st.binary(max_size=200), at=st.integers(0, 60))
def test_any_iptc_record_is_read_without_an_error(tmp_path, data, at):
    record = iptc((1, 90, b"\x1b%G"), (2, 5, b"title"), (2, 25, b"a"), (2, 25, b"b"))
    path = paint(tmp_path / "a.jpg", "red")
    put_iptc(path, record[:at] + data + record[at:])
    read_told(path)


LINE = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(LINE, LINE, st.lists(LINE, max_size=5), st.none() | st.integers(0, 5))
def test_a_sidecar_of_ours_says_what_was_written(title, description, keywords, rating):
    told = Told(one_line(title, 99), one_line(description, 99), distinct(keywords), rating)
    assert read_xmp(write_xmp(told)) == told


@pytest.mark.slow
def test_nothing_breaks_on_odd_and_broken_pictures():
    folder = shared("data/formats")
    names = [json.loads(line)["file"] for line in (folder / "manifest.jsonl").read_text().splitlines()]
    read = 0
    for name in names:
        told = read_told(folder / name)
        try:
            whole = decode(folder / name, 8).told
        except PictureError:
            continue
        assert told == whole, name
        read += bool(told.title or told.description or told.keywords)
    assert read >= 5
