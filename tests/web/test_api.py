"""The API over a real library: what a browser sends and what it must never get."""

from __future__ import annotations

import io
import re
import shutil
import struct
import time
import zlib
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from indexer.indexer import Indexer
from indexer.records import Edit, Text
from search.blurring import Blur
from tests.conftest import paint
from tests.small import said, write
from tests.web.gallery import gallery
from vlm import Tag
from vlm.protocols import Annotation, DetectedObject, TextLine
from web.app import create_app
from web.static_files import Static


@pytest.fixture(scope="module")
def client(shown):
    with TestClient(create_app(shown.library), base_url="http://127.0.0.1", raise_server_exceptions=False) as made:
        yield made


def refused(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    said = response.json()
    assert said["status"] == status
    assert said["detail"].endswith((".", "imsearch doctor", "--mend"))
    assert "Traceback" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]
    return said["detail"]


def uploaded(client, data, name="a.jpg", address="/api/v1/search", **fields):
    return client.post(address, files={"picture": (name, data)}, data=fields)


def png(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


# -- searching ---------------------------------------------------------------------------------------------------------


def test_search_by_words(client, shown):
    found = client.get("/api/v1/search", params={"q": "red", "limit": 2}).json()
    assert found.keys() == {"hits", "total", "seconds", "note", "advice", "query", "offers", "terms", "next"}
    assert found["total"] == 28
    first = found["hits"][0]
    assert first["rank"] == 1
    assert first["id"] == shown.id("red.png")
    assert first["path"].endswith("/red.png")
    assert first["name"] == "red.png"
    assert first["signals"]["dense"]["rank"] == 1
    assert first["signals"]["name"]["rank"] == 1
    assert sum(signal["share"] for signal in first["signals"].values()) == pytest.approx(1, abs=1e-3)
    assert (first["width"], first["height"], first["weak"]) == (96, 64, False)


def test_results_are_read_on_with_their_cursor(client):
    first = client.get("/api/v1/search", params={"q": "red", "limit": 20}).json()
    second = client.get("/api/v1/search", params={"q": "red", "limit": 20, "cursor": first["next"]}).json()
    assert [hit["rank"] for hit in first["hits"] + second["hits"]] == list(range(1, 29))
    assert len({hit["id"] for hit in first["hits"] + second["hits"]}) == 28
    assert second["next"] is None


def test_a_query_is_told_part_by_part(client, shown):
    typed = f"red without cars like:{shown.id('red.png')} type:png"
    told = client.get("/api/v1/search/parse", params={"q": typed}).json()
    assert told["query"] == f"red like:{shown.id('red.png')} -cars type:png"
    assert [(t["kind"], t["text"], typed[t["start"] : t["end"]]) for t in told["terms"]][-1] == (
        "filter",
        "type:png",
        "type:png",
    )
    found = client.get("/api/v1/search", params={"q": typed, "in": "pictures"}).json()
    assert found["terms"][:-1] == told["terms"]
    assert found["terms"][-1]["text"] == "in:pictures"


def test_it_is_told_why_a_picture_was_found(client, shown):
    first = client.get("/api/v1/search", params={"q": "exit", "explain": "true"}).json()["hits"][0]
    assert first["id"] == shown.id("red.png")
    assert [(m["kind"], m["text"], m["spans"]) for m in first["matches"]] == [("ocr", "EXIT <b>this</b> way", [[0, 4]])]
    assert client.get("/api/v1/search", params={"q": "exit"}).json()["hits"][0]["matches"] is None


def test_weak_hits_are_marked(client):
    weak = [hit["weak"] for hit in client.get("/api/v1/search", params={"q": "red"}).json()["hits"]]
    assert not weak[0]
    assert weak[-1]
    assert weak == sorted(weak)


def test_no_words_show_every_picture(client):
    found = client.get("/api/v1/search", params={"limit": 5}).json()
    assert len(found["hits"]) == 5
    assert found["total"] == 28


def test_copies_are_folded_and_listed_when_asked(client, shown):
    found = client.get("/api/v1/search", params={"q": "red", "limit": 5, "fold": "true"}).json()["hits"]
    assert [(one["id"], one["path"].rpartition("/")[2]) for one in found[0]["folded"]] == [
        (shown.id("scarlet.png"), "scarlet.png")
    ]
    assert len(found) == 5
    assert shown.id("scarlet.png") not in [hit["id"] for hit in found]


def test_search_by_an_indexed_picture(client, shown):
    likes = [{"like": shown.id("sea 03.png")}, {"q": f"like:{shown.id('sea 03.png')}"}]
    one, other = (client.get("/api/v1/search", params=like).json()["hits"] for like in likes)
    assert one[0]["name"].startswith("sea")
    assert [hit["id"] for hit in one] == [hit["id"] for hit in other]


def test_search_by_an_uploaded_picture_with_and_without_words(client, shown):
    data = (shown.pictures / "green.png").read_bytes()
    found = uploaded(client, data, "x.png", "/api/v1/search?limit=3").json()["hits"]
    assert found[0]["name"] == "green.png"
    assert len(found) == 3
    assert uploaded(client, data, "x.png", q="sea").status_code == 200


def test_an_upload_leaves_nothing_behind(client, shown, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert uploaded(client, (shown.pictures / "red.png").read_bytes()).status_code == 200
    assert not list(tmp_path.iterdir())


def test_filters_order_and_mode(client):
    assert not client.get("/api/v1/search", params={"q": "red", "type": "jpeg"}).json()["hits"]
    assert not client.get("/api/v1/search", params={"in": "elsewhere"}).json()["hits"]
    assert client.get("/api/v1/search", params={"orientation": "portrait"}).json()["total"] == 24
    assert client.get("/api/v1/search", params={"min_size": "1gb"}).json()["total"] == 0
    assert client.get("/api/v1/search", params={"q": "sea", "mode": "lexical"}).json()["total"] == 24
    newest = client.get("/api/v1/search", params={"order": "newest"}).json()["hits"]
    oldest = client.get("/api/v1/search", params={"order": "oldest"}).json()["hits"]
    assert [hit["id"] for hit in newest] == [hit["id"] for hit in oldest][::-1]


# -- one picture -------------------------------------------------------------------------------------------------------


def test_everything_known_of_a_picture(client, shown):
    one = client.get(f"/api/v1/pictures/{shown.id('red.png')}").json()
    assert (one["name"], one["format"], one["width"], one["height"]) == ("red.png", "png", 96, 64)
    assert one["folder"] == str(shown.pictures)
    assert one["texts"][0]["text"] == "EXIT <b>this</b> way"
    assert one["colours"][0]["hex"].startswith("#")


def test_a_thumbnail_may_be_kept_for_ever_until_the_picture_changes(client):
    one = client.get("/api/v1/search", params={"q": "red"}).json()["hits"][0]
    thumbnail = client.get(one["thumbnail"])
    assert thumbnail.headers["content-type"] == "image/webp"
    assert "immutable" in thumbnail.headers["cache-control"]
    assert client.get(one["thumbnail"].partition("?")[0]).headers["cache-control"] == "no-cache"
    assert client.get(one["thumbnail"] + "other").headers["cache-control"] == "no-cache"
    again = client.get(one["thumbnail"], headers={"If-None-Match": f'"other", W/{thumbnail.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == thumbnail.headers["cache-control"]


def test_thumbnails_come_in_sizes_and_never_larger_than_the_picture(tmp_path):
    with gallery(tmp_path) as made:
        paint(made.pictures / "big.png", "red", 99, (1500, 600))
        Indexer(made.library.store, made.library.embedder).run([made.pictures])
        client = TestClient(create_app(made.library), base_url="http://127.0.0.1")

        def size(name, longest):
            answer = client.get(f"/api/v1/pictures/{made.id(name)}/thumbnail?size={longest}")
            return Image.open(io.BytesIO(answer.content)).size, answer.headers.get("etag")

        sizes = [size("big.png", longest) for longest in (128, 256, 512, 1024, 1024)]
        assert [one for one, _ in sizes] == [(128, 51), (256, 103), (512, 205), (1024, 410), (1024, 410)]
        assert len({tag for _, tag in sizes}) == 4
        assert {size("red.png", longest)[0] for longest in (128, 1024)} == {(96, 64)}
        other = paint(made.pictures / "other.png", "red", 98, (1500, 600))
        Indexer(made.library.store, made.library.embedder).run([made.pictures])
        picture = made.id("other.png")
        other.unlink()
        small = client.get(f"/api/v1/pictures/{picture}/thumbnail?size=1024")
        assert Image.open(io.BytesIO(small.content)).size == (512, 205)
        assert "etag" not in small.headers


def test_pictures_by_their_ids(client, shown):
    ids = [shown.id("green.png"), shown.id("red.png")]
    told = client.get(f"/api/v1/pictures?ids={ids[0]},999,{ids[1]}").json()
    assert [(one["id"], one["name"]) for one in told] == [(ids[0], "green.png"), (ids[1], "red.png")]
    assert client.get(told[0]["thumbnail"]).status_code == 200


def test_what_is_like_a_picture(client, shown):
    told = client.get(f"/api/v1/pictures/{shown.id('red.png')}/similar?limit=3").json()
    assert [hit["name"] for hit in told["hits"]][:1] == ["scarlet.png"]
    assert len(told["hits"]) == 3
    assert told["next"]


def test_long_answers_are_sent_small_and_pictures_as_they_are(client):
    for accepted in ("br", "gzip"):
        answer = client.get("/api/v1/search?q=red", headers={"Accept-Encoding": accepted})
        assert answer.headers["content-encoding"] == accepted
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert len(answer.json()["hits"]) == 28
    thumbnail = client.get("/api/v1/search?q=red").json()["hits"][0]["thumbnail"]
    assert "content-encoding" not in client.get(thumbnail, headers={"Accept-Encoding": "br, gzip"}).headers


def test_who_said_what_of_a_picture_and_where_in_it(tmp_path):
    with gallery(tmp_path) as made:
        red = made.id("red.png")
        texts = made.library.store.catalog.texts
        lines = (TextLine("EXIT", 0.91234, (1, 2, 30, 9), ((1, 2), (30, 3), (30, 9), (1, 8))),)
        read = Annotation("rapidocr", "1", datetime(2024, 5, 1, tzinfo=UTC), lines=lines)
        texts.annotate(red, "ocr", read)
        texts.annotate(red, "object", said("yolox", objects=(DetectedObject("sign", 0.8, (1, 2, 30, 40)),)))
        write(made.library.store.catalog, Text(red, "tag", "door", "concept:door"))
        made.library.edit([red], Edit(tags=("our house",), note="The way out", rating=4))
        client = TestClient(create_app(made.library), base_url="http://127.0.0.1")
        one = client.get(f"/api/v1/pictures/{red}").json()
        assert [text["lines"] for text in one["texts"] if text["kind"] == "ocr"] == [
            [{"text": "EXIT", "score": 0.912, "box_xyxy": [1, 2, 30, 9], "polygon": [[1, 2], [30, 3], [30, 9], [1, 8]]}]
        ]
        (sign,) = one["objects"]
        assert (sign["label"], sign["box_xyxy"], sign["by"], sign["model"]) == (
            "sign",
            [1, 2, 30, 40],
            "model",
            "yolox",
        )
        assert {(tag["tag"], tag["by"]) for tag in one["tags"]} == {("door", "concept"), ("our house", "person")}
        assert (one["note"], one["stars"], one["exif"]["rating"]) == ("The way out", 4, 4)
        assert {seen["task"] for seen in one["seen"]} == {"ocr", "object"}
        assert one["map"] is None


def test_the_file_itself(client, shown):
    sent = client.get(f"/api/v1/pictures/{shown.id('red.png')}/file")
    assert sent.headers["content-type"] == "image/png"
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert sent.headers["content-disposition"] == 'inline; filename="red.png"'
    assert sent.content == (shown.pictures / "red.png").read_bytes()


def test_where_in_a_picture_something_is_seen(client, shown):
    found = client.get(f"/api/v1/pictures/{shown.id('red.png')}/where", params={"q": "red"}).json()
    assert found.keys() == {"rows", "columns", "by", "relative", "cosines"}
    assert (found["rows"], found["columns"], found["by"]) == (16, 24, "crops")  # 96 x 64 pixels
    assert [len(row) for row in found["relative"]] == [24] * 16
    assert {min(map(min, found["relative"])), max(map(max, found["relative"]))} == {0, 1}


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/pictures/999", 404), ("/api/v1/pictures/999/similar", 404), ("/api/v1/pictures?ids=x", 400),
        ("/api/v1/pictures", 400), ("/api/v1/pictures?ids=1,", 400), ("/api/v1/pictures/1/thumbnail?size=99", 400), ("/api/v1/pictures/999/file", 404), ("/api/v1/pictures/999/thumbnail", 404),
        (f"/api/v1/pictures/{10**30}", 404), ("/api/v1/pictures/-1", 404), ("/api/v1/pictures/x", 400),
        ("/api/v1/pictures/..%2f..%2fetc%2fpasswd/file", 404), ("/api/v1/pictures/%00/thumbnail", 400),
        ("/api/v1/pictures/1/thumbnail/../../../catalog.sqlite", 404), (f"/api/v1/pictures/{'9' * 5000}", 400),
        ("/api/v1/pictures/999/where?q=red", 404), ("/api/v1/pictures/1/where", 400), ("/api/v1/pictures/1/where?q=", 400),
        ("/api/v1/pictures/1/where?q=zebra", 400), ("/api/v1/pictures/1/where?q=type:png", 400),
        ("/api/v1/pictures/1/where?q=picture:/etc/passwd", 400),
        ("/static/../app.py", 404), ("/static/..%2fapp.py", 404), ("/static/%00", 404), ("/api/v1/nothing", 404),
        ("/api/v1/search?like=999", 400), ("/api/v1/search?like=1e9", 400), (f"/api/v1/search?like={10**30}", 400),
        ("/api/v1/search?q=like:999", 400), ("/api/v1/search?like=1&mode=lexical", 400),
        ("/api/v1/search?limit=0", 400), ("/api/v1/search?limit=many", 400), ("/api/v1/search?limit=-1", 400),
        ("/api/v1/search?limit=999999999999999999999", 400), ("/api/v1/search?limit=", 400),
        ("/api/v1/search?mode=psychic", 400), ("/api/v1/search?order=%00", 400), ("/api/v1/search?orientation=up", 400),
        ("/api/v1/search?after=never", 400), ("/api/v1/search?after=99999999999999999999", 400),
        ("/api/v1/search?min_size=big", 400), (f"/api/v1/search?min_size={'9' * 30}gb", 400),
        (f"/api/v1/search?max_size={'9' * 400}.5", 400), ("/api/v1/search?" + "in=a&" * 2000, 400),
        ("/api/v1/search?q=" + "a" * 10_001, 400), ("/api/v1/search?q=red&cursor=%00", 400),
        ("/api/v1/search/parse?q=picture:/etc/passwd", 400), ("/api/v1/search/parse?q=in:", 400),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_sentence(client, address, status):
    refused(client.get(address), status)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(client, method):
    assert method in refused(client.request(method, "/api/v1/search"), 405)


@pytest.mark.parametrize(
    "typed",
    [
        "%00",
        "%ED%A0%80",
        "a" * 5000,
        "%F0%9F%93%B7",
        "NEAR",
        "  ",
        "%E2%80%AE%EF%BF%BF",
        "%CC%81" * 900,
    ],
)
def test_whatever_is_typed_is_answered(client, typed):
    assert client.get(f"/api/v1/search?q={typed}").status_code == 200
    assert client.get(f"/?q={typed}").status_code == 200


@pytest.mark.parametrize(("typed", "word"), [('"open', '"open'), ("NEAR(", "("), ("colr:red", "colr:red")])
def test_what_does_not_parse_is_told_with_its_word(client, typed, word):
    answer = client.get("/api/v1/search", params={"q": typed})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{word}: ")
    assert client.get("/api/v1/search/parse", params={"q": typed}).json() == answer.json()
    assert answer.json()["word"] == word
    assert typed[answer.json()["at"] :].startswith(word)
    page = client.get("/", params={"q": typed})
    assert page.status_code == 200
    assert 'role="alert"' in page.text


def test_no_file_of_the_server_can_be_named_in_a_query(client, shown):
    for typed in ("picture:/etc/passwd", 'red -0.5*picture:"/etc/passwd"@1,2,3,4'):
        answer = client.get("/api/v1/search", params={"q": typed})
        assert answer.status_code == 400
        assert "no file can be named here" in answer.json()["detail"]
        assert 'role="alert"' in client.get("/", params={"q": typed}).text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg onload=alert(1)>",
        b"%PDF-1.4",
        b"\xff\xd8\xff" + b"x" * 50,
        b"FUJIFILMCCD-RAW" + b"\xff" * 99,
    ],
)
def test_uploads_that_are_no_pictures_are_refused(client, data):
    refused(uploaded(client, data), 422)


def test_a_picture_that_claims_too_many_pixels_is_refused_before_it_is_decoded(client):
    assert "60000" in refused(uploaded(client, png(60_000, 60_000), "bomb.png"), 422)


def test_an_upload_is_read_to_a_limit_whether_or_not_it_says_how_long_it_is(client, monkeypatch):
    monkeypatch.setattr("web.security.MOST_SENT", 1000)
    refused(uploaded(client, b"\xff\xd8\xff" + b"\0" * 2000), 413)

    def unending():
        yield b'--b\r\nContent-Disposition: form-data; name="picture"; filename="a"\r\n\r\n'
        yield from (b"\0" * 500 for _ in range(9))

    kind = {"content-type": "multipart/form-data; boundary=b"}
    refused(client.post("/api/v1/search", content=unending(), headers=kind), 413)


def test_a_picture_over_the_limit_is_refused(client, monkeypatch):
    monkeypatch.setattr("web.uploading.MOST_UPLOADED", 1000)
    refused(uploaded(client, b"\xff\xd8\xff" + b"\0" * 2000), 413)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\0b.jpg", "<img>.svg", "x.nef", "", "…" * 50])
def test_the_name_of_an_upload_does_not_matter(client, name):
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(buffer, "JPEG")
    assert uploaded(client, buffer.getvalue(), name or "x").status_code == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x", "text/plain"), (b'{"picture": "x"}', "application/json"), (b"xxx", "multipart/form-data"),
        (b"picture=x", "application/x-www-form-urlencoded"), (b"--b\r\nfoo\r\n\r\n", "multipart/form-data; boundary=b"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(client, body, kind):
    refused(client.post("/api/v1/search", content=body, headers={"content-type": kind}), 400)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:8@evil", "0.0.0.0", ""])
def test_foreign_hosts_are_refused(client, host):
    refused(client.get("/api/v1/status", headers={"Host": host}), 403)
    refused(client.get("/", headers={"Host": host}), 403)


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1", "[::1]:8765", "LOCALHOST"])
def test_this_machine_has_several_names(client, host):
    assert client.get("/api/v1/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9", "http://evil//127.0.0.1"])
def test_other_pages_may_not_send_pictures(client, origin):
    refused(client.post("/api/v1/search", files={"picture": b"x"}, headers={"Origin": origin}), 403)


def test_other_pages_may_neither_ask_nor_read_nor_embed(client):
    refused(client.get("/api/v1/search", headers={"Sec-Fetch-Site": "cross-site"}), 403)
    answer = client.get("/api/v1/search", headers={"Origin": "http://evil.example"})
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_a_file_name_is_never_markup(client):
    page = client.get("/", params={"q": '"><script>alert(1)</script><img src=x onerror=alert(1)>'})
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]


def test_the_page_never_runs_old_modules_after_an_update(client):
    module = client.get("/static/main.js")
    assert module.headers["content-type"].startswith("text/javascript")
    assert module.headers["cache-control"] == "no-cache"
    named = re.findall(r'"(/static/v-[^"]+)"', client.get("/").text)
    assert any(one.endswith("/main.js") for one in named)
    assert any(one.endswith("/elements/picture-grid.js") for one in named)
    for address in named:
        kept = client.get(address)
        assert kept.status_code == 200
        assert "immutable" in kept.headers["cache-control"]
        older = address.replace("/static/v-", "/static/v-0")
        assert client.get(older).headers["cache-control"] == "no-cache"
        assert client.get(address, headers={"If-None-Match": kept.headers["etag"]}).status_code == 304


def test_an_edited_module_has_another_address_at_the_next_page(tmp_path):
    for name, text in (
        ("styles/tokens.css", "a {}"),
        ("styles/base.css", "b {}"),
        ("one.js", 'import "./two.js";'),
        ("two.js", ""),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    static = Static(tmp_path)
    before = static.address("one.js")
    assert static.modules("one.js") == [static.address("two.js")]
    static.look()
    assert static.address("one.js") == before
    (tmp_path / "two.js").write_text('import "./three.js";')
    (tmp_path / "three.js").write_text("")
    static.look()
    assert static.address("one.js") != before
    assert static.modules("one.js") == [static.address("two.js"), static.address("three.js")]


# -- health, and what happens when things go away ----------------------------------------------------------------------


def test_it_says_when_it_is_ready(client):
    deadline = time.monotonic() + 20
    while client.get("/api/v1/ready").status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert client.get("/api/v1/ready").json() == {"ready": True}
    assert client.get("/api/v1/health").json() == {"alive": True}
    assert client.get("/api/v1/status").json()["pictures"] == 28


def test_it_is_not_ready_before_it_has_warmed_up(shown):
    answer = TestClient(create_app(shown.library), base_url="http://127.0.0.1").get("/api/v1/ready")
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("Model loading, 0 s")


def test_it_counts_what_is_asked_but_never_what_is_looked_for(client):
    client.get("/api/v1/search?q=verysecret")
    client.get("/api/v1/pictures/999")
    client.get("/no/such/place/verysecret")
    told = client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    assert 'imsearch_requests_total{method="GET",route="/pictures/{picture_id}",status="404"}' in told.text
    assert 'imsearch_requests_total{method="GET",route="none",status="404"}' in told.text
    assert "imsearch_ready" in told.text
    assert "verysecret" not in told.text


def test_files_thumbnails_and_libraries_that_went_away(tmp_path):
    with gallery(tmp_path) as made:
        app = create_app(made.library)
        client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
        red = made.id("red.png")
        (made.pictures / "red.png").unlink()
        (made.pictures / "red.png").mkdir()
        refused(client.get(f"/api/v1/pictures/{red}/file"), 404)
        assert client.get(f"/api/v1/pictures/{red}/thumbnail").status_code == 200
        shutil.rmtree(tmp_path / "library" / "thumbnails")
        refused(client.get(f"/api/v1/pictures/{red}/thumbnail"), 404)
        shutil.rmtree(tmp_path / "library")
        assert client.get("/api/v1/search", params={"q": "red"}).status_code in (200, 503)
        assert client.get(f"/api/v1/pictures/{red}").status_code in (200, 503)


def test_a_fault_of_ours_is_a_sentence_and_a_line_in_the_log(client, monkeypatch, shown, caplog):
    def broken(*_, **__):
        raise RuntimeError("/home/someone/secret")

    monkeypatch.setattr(shown.library, "search", broken)
    assert "secret" not in refused(client.get("/api/v1/search?q=red"), 500)
    assert "secret" in caplog.text


# -- what somebody may rather not see ----------------------------------------------------------------------------------


def test_what_was_judged_is_told_and_blurred_by_the_servers_own_threshold(tmp_path):
    with gallery(tmp_path) as made:
        red = made.id("red.png")
        labels = (Tag("nudity", 0.8), Tag("hate", 0.1))
        made.library.store.catalog.texts.annotate(red, "moderate", said("judge", labels=labels))
        for blur, blurred in ((Blur(), True), (Blur(each={"nudity": 0.9}), False)):
            with TestClient(create_app(made.library, blur), base_url="http://127.0.0.1") as client:
                hits = client.get("/api/v1/search", params={"q": "red", "fold": True}).json()["hits"]
                assert {hit["name"]: hit["category"] for hit in hits if hit["blurred"]} == (
                    {"red.png": "nudity"} if blurred else {}
                )
                assert all(one["blurred"] is False for hit in hits for one in hit["folded"])
                one = client.get(f"/api/v1/pictures/{red}").json()
                assert (one["blurred"], one["category"], one["state"]) == (
                    blurred,
                    "nudity" if blurred else None,
                    "unreviewed",
                )
                assert one["moderation"] == {"nudity": 0.8, "hate": 0.1}
                found = client.get("/api/v1/search", params={"q": "moderation:nudity>0.7"}).json()
                assert [hit["id"] for hit in found["hits"]] == [red]
