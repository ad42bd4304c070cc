"""Searching by a picture's address: what is fetched, and what a stranger cannot make the server fetch."""

from __future__ import annotations

import ipaddress
import socket
from io import BytesIO

import pytest
from PIL import Image

from tests.conftest import paint
from tests.web.elsewhere import Answers, OneIsPublic, elsewhere
from tests.web.served import serving
from web.access import Served
from web.api.errors import TooBig
from web.fetching import Fetcher, NotFetched, is_public


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with elsewhere(paint(tmp_path_factory.mktemp("site") / "a.png", "green", size=(96, 64)).read_bytes()) as made:
        yield made


def test_a_picture_of_the_web_is_fetched_and_searched_by(shown, site):
    with serving(shown.library, Served(), fetcher=OneIsPublic()) as client:
        answer = client.post("/api/v1/fetched", json={"url": f"{site}/to?{site}/a.png"})
        assert answer.headers["content-type"] == "image/webp"
        assert Image.open(BytesIO(answer.content)).size == (96, 64)
        found = client.post("/api/v1/search", files={"picture": answer.content}).json()
        assert found["hits"][0]["name"] == "green.png"
        # what is no picture is never passed on
        assert client.post("/api/v1/fetched", json={"url": f"{site}/gone"}).status_code == 400
    assert Answers.asked[0][1] == site.removeprefix("http://")


def test_it_is_off_unless_it_was_allowed(shown, site):
    before = len(Answers.asked)
    with serving(shown.library, Served()) as client:
        refused = client.post("/api/v1/fetched", json={"url": site})
        assert refused.status_code == 403
        assert "--allow-urls" in refused.json()["detail"]
    assert len(Answers.asked) == before


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://0/", "http://0.0.0.0/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[fec0::1]/",
        "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/", "http://224.0.0.1/", "http://255.255.255.255/", "http://168.63.129.16/", "http://192.0.0.192/",
        "http://[::ffff:168.63.129.16]/", "http://192.88.99.1/", "http://[3fff::1]/", "http://[64:ff9b:1::7f00:1]/", "http://100.100.100.200/",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_never_connected_to(url, monkeypatch):
    def connected(*_, **__):
        raise AssertionError("a connection was begun")

    monkeypatch.setattr(socket, "create_connection", connected)
    with pytest.raises(NotFetched, match=r"not on the public web|There is no"):
        Fetcher().fetch(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.com/", "gopher://127.0.0.1:25/_x", "data:image/png;base64,xx", "//example.com/", "a.jpg",
        "javascript:alert(1)", "http://", "http://user:word@example.com/", "http://example.com:22/", "http://example.com:99999/",
        "http://example.com/\r\nX: y", "http://exa mple.com/", "http://example.com\\@127.0.0.1/", "http://[::1", "http://" + "a" * 3000,
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(NotFetched):
        Fetcher().fetch(url)


@pytest.mark.parametrize(
    "leads", ["http://127.0.0.2/", "http://[::1]/", "file:///etc/passwd", "http://169.254.169.254/", "//10.0.0.1/"]
)
def test_every_redirect_is_judged_anew(site, leads):
    with pytest.raises(NotFetched, match=r"not on the public web|Only addresses that begin|There is no"):
        OneIsPublic().fetch(f"{site}/to?{leads}")


def test_redirects_in_a_circle_end(site):
    with pytest.raises(NotFetched, match="on and on"):
        OneIsPublic().fetch(f"{site}/to?" * 8)


def test_a_name_that_means_something_else_a_moment_later_changes_nothing(site, monkeypatch):
    looked_up = []
    real = socket.getaddrinfo

    def changing(host, port, *given, **named):
        """First the public address, from then on another: DNS with a time to live of 0."""
        if host == "rebinding.example":
            looked_up.append(host)
            host = "127.0.0.1" if len(looked_up) == 1 else "127.0.0.2"
        return real(host, port, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    port = site.rpartition(":")[2]
    assert OneIsPublic().fetch(f"http://rebinding.example:{port}/a.png") == Answers.picture
    assert len(looked_up) == 1
    with pytest.raises(NotFetched, match="not on the public web"):
        OneIsPublic().fetch(f"http://rebinding.example:{port}/a.png")


def test_what_never_ends_is_ended(site, monkeypatch):
    with pytest.raises(TooBig):
        OneIsPublic().fetch(f"{site}/endless")
    monkeypatch.setattr("web.fetching.SECONDS", 0.5)
    with pytest.raises(NotFetched, match="did not come within"):
        OneIsPublic().fetch(f"{site}/drip")


def test_addresses_of_the_public_web_are_public():
    for address in ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"):
        assert is_public(ipaddress.ip_address(address))
