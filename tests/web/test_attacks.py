"""What strangers try, sent to a real server over a real socket; docs/security.md tells what each got."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import struct
import threading
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from PIL import Image, PngImagePlugin

from indexer.indexer import Indexer
from indexer.records import Text
from tests.conftest import paint
from tests.pictures.hostile import make_hostile
from tests.small import write
from tests.web.gallery import gallery
from tests.web.served import BEYOND, sent_raw, serving
from web.access import Served
from web.keys import Keys

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"
EVIL_NAME = "a\r\nSet-Cookie: evil=1.png"


@pytest.fixture(scope="module")
def token(shown):
    yield Keys(shown.library.folder).add_token("owner", "admin")
    (shown.library.folder / "access.json").unlink()


@pytest.fixture(scope="module")
def server(shown, token):
    """Served to others; the client is a stranger."""
    with serving(shown.library, BEYOND) as client:
        yield client


@pytest.fixture
def owner(server, token):
    with httpx.Client(base_url=server.base_url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        yield client


@pytest.fixture
def browser(server, token):
    """Logged in: it sends the cookie with whatever any page has it send."""
    with httpx.Client(base_url=server.base_url, timeout=30) as client:
        assert client.post("/login", data={"token": token}).status_code == 303
        yield client


def refused(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def raw(head: str, body: bytes = b"", host: str = "127.0.0.1") -> bytes:
    return f"{head} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n".encode() + body


# -- getting at files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/..%5capp.py", "/static//etc/passwd",
        "/static/%252e%252e/app.py", "/static/....//app.py", "/static/%00", "/../../../../etc/passwd", "/etc/passwd",
        "/api/v1/pictures/../../../etc/passwd", "/api/v1/pictures/..%2f..%2fetc%2fpasswd/file", "/api/v1/pictures/1/file/../../x",
        "/s/../catalog.sqlite", "/s/..%2f..%2faccess.json", "/access.json", "/api/v1/pictures/%2Fetc%2Fpasswd/thumbnail",
    ],
)  # fmt: skip
def test_no_file_is_reached_by_a_path(server, token, path):
    got = sent_raw(server, raw(f"GET {path}", f"Authorization: Bearer {token}\r\n\r\n".encode()))
    assert got.split(b" ", 2)[1] in (b"400", b"404"), got
    assert not any(word in got for word in (b"root:", b"import", b"digest", b"SQLite"))


# -- who may ask -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "photos.example.evil.example", "127.0.0.1:80@evil.example", ""]
)
def test_a_name_that_was_bound_anew_to_this_address_is_refused(owner, host):
    refused(owner.get("/api/v1/search", headers={"Host": host}), 403)
    refused(owner.get("/api/v1/search", headers={"Host": host, "X-Forwarded-Host": "photos.example"}), 403)


def test_a_page_of_another_site_can_have_nothing_sent(browser, shown):
    ours = str(browser.base_url).rstrip("/")
    share = {"name": "all", "q": ""}
    foreign = [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": ours + ".evil.example"}, {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {},  # browsers say where a POST comes from; silence is refused
    ]  # fmt: skip
    for headers in foreign:
        refused(browser.post("/api/v1/shares", json=share, headers=headers), 403)
        # as a form sends it, without asking first
        plain = {**headers, "Content-Type": "text/plain"}
        refused(browser.post("/api/v1/shares", content=json.dumps(share), headers=plain), 403)
        refused(browser.post("/logout", headers=headers), 403)
    assert not Keys(shown.library.folder).all("link")
    assert (
        browser.get("/api/v1/search", headers={"Origin": "http://evil.example"}).headers.get(
            "access-control-allow-origin"
        )
        is None
    )
    refused(browser.get("/api/v1/search", headers={"Sec-Fetch-Site": "cross-site"}), 403)
    assert "SameSite=strict" in browser.post("/login", data={"token": "x"}).headers.get("set-cookie", "SameSite=strict")


def test_tokens_cannot_be_guessed_for_long_nor_from_many_browsers(shown, token):
    with serving(shown.library, BEYOND) as server:
        assert server.post("/login", data={"token": token}).status_code == 303
        statuses = [
            server.get("/api/v1/search", headers={"Authorization": f"Bearer {n}"}).status_code for n in range(30)
        ]
        assert statuses[0] == 401
        assert statuses[-1] == 429
        limited = server.post("/login", data={"token": "guess"})
        assert limited.status_code == 429
        assert int(limited.headers["retry-after"]) > 0
        # who is logged in at the same address goes on, and so does who has a token
        assert server.get("/api/v1/search").status_code == 200
        assert server.get("/api/v1/search", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_key_of_ones_own_making_opens_nothing(server, shown):
    digest = Keys(shown.library.folder).all("token")[0].digest
    for value in ("", "x", "0" * 64, "../access", '"', "a" * 4000, digest):
        refused(server.get("/api/v1/search", headers={"Cookie": f"imsearch={value}"}), 401)
    for header in ("Basic b3duZXI6eA==", "Bearer", f"Bearer {digest}", "Bearer \xff", "bearer a b c"):
        refused(server.get("/api/v1/search", headers={"Authorization": header.encode("latin-1")}), 401)


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/\r\nX: y",
    ],
)
def test_after_the_login_nobody_is_led_elsewhere(server, token, to):
    answer = server.post("/login", data={"token": token, "next": to})
    server.cookies.clear()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "evil.example" not in server.get("/login", params={"next": to}).text


# -- markup where words are expected -----------------------------------------------------------------------------------


def test_markup_in_names_captions_printed_words_and_exif_stays_words(tmp_path):
    with gallery(tmp_path) as made:
        info = Image.Exif()
        info[0x010E] = info[0x010F] = info[0x0110] = MARKUP  # description, make, model
        Image.new("RGB", (64, 48), "red").save(made.pictures / "exif.jpg", exif=info)
        (made.pictures / EVIL_NAME).write_bytes(paint(tmp_path / "x.png", "red", 77).read_bytes())
        Indexer(made.library.store, made.library.embedder).run([made.pictures])
        red = made.id("red.png")
        for kind in ("caption", "ocr", "note"):
            write(made.library.store.catalog, Text(red, kind, MARKUP, "user"))
        link = f"/s/{Keys(made.library.folder).add_link(MARKUP[:50], 'red', 7, True)}"
        with serving(made.library, Served()) as client:
            for address in (link, "/?q=red", "/?q=" + MARKUP, "/login?next=/" + MARKUP):
                page = client.get(address)
                assert "<script>alert" not in page.text, address
                assert "<img src=x" not in page.text, address
                assert "script-src 'self'" in page.headers["content-security-policy"]
                assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
            for name in ("red.png", "exif.jpg"):
                told = client.get(f"/api/v1/pictures/{made.id(name)}")
                assert told.headers["content-type"] == "application/json"
            sent = client.get(f"/api/v1/pictures/{made.id(EVIL_NAME)}/file")
            assert sent.status_code == 200
            assert "set-cookie" not in sent.headers


def test_what_is_two_things_at_once_is_only_ever_a_picture(tmp_path):
    with gallery(tmp_path) as made:
        buffer = io.BytesIO()
        Image.new("RGB", (64, 48), "red").save(buffer, "JPEG", comment=MARKUP.encode())
        (made.pictures / "page.jpg").write_bytes(buffer.getvalue() + b"<html>" + MARKUP.encode())
        (made.pictures / "script.gif").write_bytes(b"GIF89a/*" + MARKUP.encode())
        (made.pictures / "drawing.png").write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
        Indexer(made.library.store, made.library.embedder).run([made.pictures])
        assert not made.library.find(made.pictures / "drawing.png")
        assert not made.library.find(made.pictures / "script.gif")
        with serving(made.library, Served()) as client:
            sent = client.get(f"/api/v1/pictures/{made.id('page.jpg')}/file")
            assert sent.headers["content-type"] == "image/jpeg"
            assert sent.headers["x-content-type-options"] == "nosniff"
            assert sent.headers["content-security-policy"].startswith("default-src 'none'")
            assert MARKUP.encode() not in client.get(f"/api/v1/pictures/{made.id('page.jpg')}/thumbnail").content


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="links and pipes of POSIX")
def test_what_took_a_pictures_place_is_not_sent(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("only the owner reads this")
    with gallery(tmp_path) as made:
        names = ("red.png", "green.png", "sea 03.png")
        for name in names:
            (made.pictures / name).unlink()
        (made.pictures / "red.png").symlink_to(secret)
        os.mkfifo(made.pictures / "green.png")
        (made.pictures / "sea 03.png").write_text(MARKUP)
        with serving(made.library, Served()) as client:
            for name in names:
                refused(client.get(f"/api/v1/pictures/{made.id(name)}/file"), 404)
                assert client.get(f"/api/v1/pictures/{made.id(name)}/thumbnail?size=1024").status_code == 200
            ids = ",".join(str(made.id(name)) for name in names)
            with zipfile.ZipFile(io.BytesIO(client.get(f"/api/v1/pictures/zip?ids={ids}").content)) as archive:
                assert archive.namelist() == ["missing.txt"]


# -- pictures that do harm ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_hostile_file_is_answered_and_the_next_search_too(owner, tmp_path):
    fates = make_hostile(tmp_path)
    files = [tmp_path / name for name in fates if (tmp_path / name).is_file() and "/" not in name]
    assert len(files) > 25
    for file in files:
        answer = owner.post("/api/v1/search", files={"picture": ("a" + file.suffix[:5], file.read_bytes())})
        assert answer.status_code in (200, 422), (file.name, answer.text)
    assert owner.get("/api/v1/search?q=red").status_code == 200


def bombs() -> dict[str, bytes]:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    def head(width: int, height: int) -> bytes:
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))

    zeros = zlib.compress(b"\0" * 50_000_000, 1)
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "x" * 20_000_000, zip=True)
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9)).save(buffer, "PNG", pnginfo=words)
    return {
        "pixels": head(60_000, 60_000) + chunk(b"IDAT", zeros) + chunk(b"IEND", b""),
        "more behind the pixels": head(10, 10) + chunk(b"IDAT", zeros) * 9 + chunk(b"IEND", b""),
        "words": buffer.getvalue(),
        "colour profile": head(10, 10) + chunk(b"iCCP", b"x\0\0" + zeros) + chunk(b"IDAT", zeros) + chunk(b"IEND", b""),
        "negative": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 99, 0, 0, 54, 40, 2**31 - 1, -(2**31), 1, 24, 0, 0, 0, 0, 0, 0),
        "tiff in a circle": b"II*\0\x08\0\0\0" + b"\0\0\x08\0\0\0",
    }  # fmt: skip


@pytest.mark.slow
def test_bombs_are_refused_or_read_within_their_limits(owner):
    for kind, data in bombs().items():
        answer = owner.post("/api/v1/search", files={"picture": ("a.png", data)})
        assert answer.status_code in (200, 422), (kind, answer.text)


# -- forms, heads and bodies -------------------------------------------------------------------------------------------


# what Starlette read of a broken form is closed when it is collected
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
def test_forms_of_a_thousand_parts_and_odd_ones(owner):
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    part = b'--b\r\nContent-Disposition: form-data; name="q"\r\n\r\nx\r\n'
    file = b'--b\r\nContent-Disposition: form-data; name="picture"; filename="a"\r\n\r\nx\r\n'
    for body in (
        part * 20_000 + b"--b--\r\n", file * 5_000 + b"--b--\r\n", b"--b\r\n" * 100_000, b"--b\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
        b"--b\r\nContent-Disposition: form-data; name=" + b"n" * 1_000_000 + b"\r\n\r\nx\r\n--b--\r\n",
        file, b"", b"--b--", part.replace(b"x\r\n", b"x" * 2_000_000 + b"\r\n") + b"--b--\r\n", b"\0" * 100_000,
    ):  # fmt: skip
        refused(owner.post("/api/v1/search", content=body, headers=kind), 400, 413, 422)
    for boundary in ("", "b" * 5_000, '"', "\xff"):
        odd = {"Content-Type": f"multipart/form-data; boundary={boundary}".encode("latin-1")}
        refused(owner.post("/api/v1/search", content=part, headers=odd), 400)


def test_more_than_is_read(owner, monkeypatch):
    monkeypatch.setattr("web.server.SECONDS_TO_ASK", 1.0)
    refused(owner.post("/api/v1/search", files={"picture": b"\xff\xd8\xff" + b"\0" * 21_000_000}), 413)
    refused(owner.post("/api/v1/shares", content=b"[" * 2_000_000, headers={"Content-Type": "application/json"}), 413)

    def unending():
        while True:
            yield b"\0" * 100_000

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    # it may close before all was sent, which nobody could do
    with contextlib.suppress(httpx.WriteError):
        assert owner.post("/api/v1/search", content=unending(), headers=kind).status_code in (400, 413)


@pytest.mark.parametrize(
    "body",
    [
        "[" * 500_000,
        '{"name":' * 100_000,
        '{"days": 1e999}',
        '{"name": "\\ud800", "q": ""}',
        "9" * 5_000,
        "NaN",
        "",
        "\0",
    ],
)
def test_json_that_is_made_to_hurt(owner, body):
    refused(owner.post("/api/v1/shares", content=body, headers={"Content-Type": "application/json"}), 400)


@pytest.mark.parametrize(
    "sent",
    [
        raw("GET /" + "a" * 200_000, b"\r\n"),
        raw("GET /", b"X: " + b"y" * 200_000 + b"\r\n\r\n"),
        raw("GET /", b"X: y\r\n" * 50_000 + b"\r\n"),
        raw(
            "POST /api/v1/search",
            b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n",
        ),
        raw("POST /api/v1/search", b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"),
        raw("POST /api/v1/search", b"Content-Length: -1\r\n\r\n"),
        raw("POST /api/v1/search", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        raw("GET /", b"Host: evil.example\r\n\r\n"),
        raw("GET /", b" folded: x\r\n\r\n"),
        raw("TRACE /", b"\r\n"),
        raw("CONNECT evil.example:80", b"\r\n"),
        raw("GET http://evil.example/", b"\r\n"),
        raw("GET /api/v1/search", b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n"),
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"\0" * 500,
        b"\0" * 1000,
        b"GET / HTTP/9.9\r\n\r\n",
    ],
)
def test_what_is_no_proper_request_is_refused(server, sent):
    got = sent_raw(server, sent, patience=3)
    assert got == b"" or got.split(b" ", 2)[1] in (b"303", b"400", b"401", b"403", b"404", b"405"), got
    assert b"imsearch_requests" not in got
    assert server.get("/api/v1/health").status_code == 200


# -- those who take what is for all ------------------------------------------------------------------------------------


@pytest.fixture
def reader(server, shown):
    keys = Keys(shown.library.folder)
    headers = {"Authorization": f"Bearer {keys.add_token('reader', 'read')}"}
    with httpx.Client(base_url=server.base_url, headers=headers, timeout=30) as client:
        yield client
    keys.remove("token", "reader")


def test_streams_of_one_visitor_leave_room_for_the_others(reader, owner, monkeypatch):
    monkeypatch.setattr("web.limits.MOST_OF_ONE", 3)
    with contextlib.ExitStack() as held:
        for _ in range(3):
            assert held.enter_context(reader.stream("GET", "/api/v1/jobs/events")).status_code == 200
        refused(reader.get("/api/v1/search"), 429)
        assert owner.get("/api/v1/search").status_code == 200


def test_one_visitors_slow_questions_keep_that_visitor_alone_waiting(reader, owner, monkeypatch):
    monkeypatch.setattr("web.limits.TURNS", 1)
    body = b'--b\r\nContent-Disposition: form-data; name="picture"; filename="a"\r\n\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(len(body) + 10)}
    begun = threading.Event()
    ended = threading.Event()

    def slow():
        yield body
        begun.set()
        ended.wait(20)
        yield b"x\r\n--b--\r\n"

    with ThreadPoolExecutor(1) as beside:
        sent = beside.submit(reader.post, "/api/v1/uploads", content=slow(), headers=kind)
        begun.wait(10)
        with pytest.raises(httpx.ReadTimeout):
            reader.get("/api/v1/search", timeout=0.5)
        assert owner.get("/api/v1/search").status_code == 200
        ended.set()
        refused(sent.result(), 422)
    assert reader.get("/api/v1/search").status_code == 200


def test_a_search_by_more_parts_of_pictures_than_can_be_decoded_is_refused(reader, shown):
    upload = reader.post("/api/v1/uploads", files={"picture": (shown.pictures / "red.png").read_bytes()}).json()[
        "upload"
    ]
    for term in ({"upload": upload}, {"picture": shown.id("red.png")}):
        parts = [{**term, "box_xywh": [0, 0, 9, 9]}] * 11
        assert reader.post("/api/v1/search", json={"terms": parts[:10]}).status_code == 200
        refused(reader.post("/api/v1/search", json={"terms": parts}), 400)


def test_uploads_of_one_visitor_drive_out_only_that_visitors(reader, owner, shown):
    red = {"picture": (shown.pictures / "red.png").read_bytes()}
    kept = owner.post("/api/v1/uploads", files=red).json()
    for _ in range(65):
        last = reader.post("/api/v1/uploads", files=red).json()
    assert owner.get(kept["thumbnail"]).status_code == reader.get(last["thumbnail"]).status_code == 200


def test_what_ends_a_very_long_line_is_completed_as_ever(reader):
    for begun in ("a" * 9_000 + "(", "x" * 9_000 + " ", "a:" * 4_500 + " "):
        told = reader.get("/api/v1/complete", params={"q": begun + "orientation:land"}).json()
        assert (told["start"], told["end"]) == (len(begun), len(begun) + 16)
        assert [one["text"] for one in told["offers"]] == ["orientation:landscape"]


def test_every_route_asks_for_what_it_is_marked_with(server, owner, reader, shown):
    writer = {"Authorization": f"Bearer {Keys(shown.library.folder).add_token('writer', 'write')}"}
    paths = owner.get("/api/v1/openapi.json").json()["paths"]
    routes = [(method.upper(), path, told) for path, each in paths.items() for method, told in each.items()]
    assert len(routes) > 50
    for method, path, told in routes:
        address = re.sub(r"\{\w+\}", "999999", path)
        if path != "/api/v1/health":
            refused(server.request(method, address), 401)
        needed = told.get("x-scope", "read" if method == "GET" else "write")
        if needed != "read":
            refused(reader.request(method, address, json={}), 403)
        if needed == "admin":
            refused(server.request(method, address, json={}, headers=writer), 403)
    Keys(shown.library.folder).remove("token", "writer")


def test_who_may_write_steers_no_job_that_an_admin_began(tmp_path):
    with gallery(tmp_path) as made:
        keys = Keys(made.library.folder)
        admin, writer = ({"Authorization": f"Bearer {keys.add_token(s, s)}"} for s in ("admin", "write"))
        (tmp_path / "more").mkdir()
        with serving(made.library) as client:
            folder = {"folders": [str(tmp_path / "more")], "exclude": ["x"]}
            refused(client.post("/api/v1/folders", json=folder, headers=writer), 403)
            job = client.post("/api/v1/folders", json=folder, headers=admin).json()["id"]
            for act in ("pause", "resume", "cancel"):
                refused(client.post(f"/api/v1/jobs/{job}/{act}", headers=writer), 403)


# -- those who take their time -----------------------------------------------------------------------------------------


def test_a_head_that_never_ends_is_not_waited_for(shown, monkeypatch):
    monkeypatch.setattr("web.server.SECONDS_TO_ASK", 0.5)
    with serving(shown.library) as server:
        for begun in (
            b"",
            b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX:",
            b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /",
        ):
            since = time.monotonic()
            sent_raw(server, begun, patience=20)
            assert time.monotonic() - since < 15  # it closed: nobody's patience ended


def test_a_body_that_never_comes_is_not_waited_for(shown, token, monkeypatch):
    monkeypatch.setattr("web.security.SECONDS_TO_SEND", 0.5)
    with serving(shown.library, Served()) as server:
        body = b'--b\r\nContent-Disposition: form-data; name="picture"; filename="a"\r\n\r\n'
        kind = f"Authorization: Bearer {token}\r\nContent-Length: 9999\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n".encode()
        assert sent_raw(server, raw("POST /api/v1/search", kind + body), patience=20).startswith(b"HTTP/1.1 408")


def test_who_never_takes_the_answer_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("web.security.SECONDS_TO_TAKE", 0.5)
    with gallery(tmp_path) as made, serving(made.library, Served()) as server:
        with (made.pictures / "red.png").open("ab") as file:
            file.truncate(200_000_000)
        red = made.id("red.png")
        with server.stream("GET", f"/api/v1/pictures/{red}/file") as held:
            deadline = time.monotonic() + 20
            # this very question is the one that is being answered
            while "imsearch_answering 1.0" not in server.get("/metrics").text and time.monotonic() < deadline:
                time.sleep(0.1)
            with pytest.raises(httpx.RemoteProtocolError):
                held.read()
        assert "imsearch_answering 1.0" in server.get("/metrics").text
