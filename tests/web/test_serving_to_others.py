"""A library served beyond its machine: tokens, logging in on the page, links that show one search."""

from __future__ import annotations

import json
import stat
from io import BytesIO

import pytest
from click.testing import CliRunner
from PIL import Image

import imsearch
from indexer.gazetteer import Part
from tests.web.served import BEYOND, serving
from web.access import Served
from web.keys import Keys


def command(*words: str) -> str:
    done = CliRunner().invoke(imsearch.cli, words)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def token(made, name: str, scope: str = "read", *more: str) -> str:
    return command("token", "add", name, "--scope", scope, *more, "--library", str(made.library.folder))


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def made(shown):
    yield shown
    (shown.library.folder / "access.json").unlink(missing_ok=True)


def test_without_a_token_nothing_is_served_to_others(made):
    for words in (["--host", "0.0.0.0"], ["--name", "photos.example"]):
        done = CliRunner().invoke(
            imsearch.cli, ["serve", *words, "--port", "18799", "--library", str(made.library.folder)]
        )
        assert done.exit_code == 2
        assert "imsearch token add NAME" in done.output


def test_a_program_asks_with_its_token(made):
    secret = token(made, "script")
    with serving(made.library) as client:
        assert client.get("/api/v1/search").status_code == 401
        assert client.get("/api/v1/search").headers["www-authenticate"].startswith("Bearer")
        assert client.get("/api/v1/search", headers=bearer(secret)).json()["total"] == 28
        assert client.get("/api/v1/search", headers=bearer(secret + "x")).status_code == 401
        assert client.get("/api/v1/openapi.json").status_code == 401
        assert client.get("/api/v1/health").json() == {"alive": True}


def test_a_person_logs_in_and_out_on_the_page(made):
    secret = token(made, "phone")
    with serving(made.library) as client:
        led = client.get("/?q=red", headers={"Accept": "text/html"})
        assert (led.status_code, led.headers["location"]) == (303, "/login?next=%2F%3Fq%3Dred")
        page = client.get(led.headers["location"])
        assert 'value="/?q=red"' in page.text
        assert client.get("/static/styles/login.css").status_code == 200

        ours = {"Origin": str(client.base_url).rstrip("/")}
        wrong = client.post("/login", data={"token": "guess", "next": "/"}, headers=ours)
        assert wrong.status_code == 401
        assert 'role="alert"' in wrong.text
        done = client.post("/login", data={"token": f" {secret} ", "next": "/?q=red"}, headers=ours)
        assert (done.status_code, done.headers["location"]) == (303, "/?q=red")
        cookie = done.headers["set-cookie"]
        assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/"))
        assert secret not in cookie
        assert client.get("/?q=red", headers={"Accept": "text/html"}).status_code == 200
        assert client.get("/api/v1/search?q=red").status_code == 200
        assert "phone" in client.get("/login").text

        assert client.post("/logout", headers=ours).status_code == 303
        assert client.get("/api/v1/search?q=red").status_code == 401


def test_what_a_token_is_for_is_all_it_may(made):
    read, write = token(made, "guest"), token(made, "family", "write")
    share = {"name": "sea", "q": "sea"}
    with serving(made.library) as client:
        red = (made.pictures / "red.png").read_bytes()
        # looking by an uploaded picture changes nothing
        assert client.post("/api/v1/search", files={"picture": red}, headers=bearer(read)).status_code == 200
        refused = client.post("/api/v1/shares", json=share, headers=bearer(read))
        assert refused.status_code == 403
        assert refused.json()["detail"] == 'The token "guest" may read; this needs one that may write.'
        assert client.post("/api/v1/shares", json=share, headers=bearer(write)).status_code == 201


def test_a_revoked_or_ended_token_opens_nothing_at_once(made):
    secret, short = token(made, "phone"), token(made, "visit", "read", "--days", "0.00001")
    with serving(made.library) as client:
        client.post("/login", data={"token": secret})
        assert client.get("/api/v1/search").status_code == 200
        command("token", "revoke", "phone", "--library", str(made.library.folder))
        assert client.get("/api/v1/search").status_code == 401
        client.cookies.clear()
        assert client.get("/api/v1/search", headers=bearer(secret)).status_code == 401
        assert client.get("/api/v1/search", headers=bearer(short)).status_code in (200, 401)
        while not Keys(made.library.folder).all("token")[0].ended:
            pass
        assert client.get("/api/v1/search", headers=bearer(short)).status_code == 401


def test_tokens_are_kept_hashed_in_a_file_of_ones_own(made):
    secret = token(made, "phone")
    path = made.library.folder / "access.json"
    with serving(made.library) as client:
        client.post("/login", data={"token": secret})
        login = client.cookies["imsearch"]
    assert secret not in path.read_text()
    assert login not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    listed = json.loads(command("token", "list", "--json", "--library", str(made.library.folder)))
    assert [(one["name"], one["scope"], one["logins"]) for one in listed] == [("phone", "read", 1)]


def test_on_this_machine_a_token_is_asked_for_as_soon_as_there_is_one_and_from_then_on(made):
    with serving(made.library, Served()) as client:
        assert client.get("/api/v1/search").status_code == 200
        token(made, "phone")
        assert client.get("/api/v1/search").status_code == 401
        command("token", "revoke", "phone", "--library", str(made.library.folder))
        assert client.get("/api/v1/search").status_code == 401


def test_a_link_shows_what_one_search_finds_and_nothing_else(made):
    secret = token(made, "owner", "write")
    red, sea = made.id("red.png"), made.id("sea 03.png")
    with serving(made.library, BEYOND) as client:
        answer = client.post("/api/v1/shares", json={"name": "for Ann", "q": "red"}, headers=bearer(secret)).json()
        link = answer["link"]
        page = client.get(link)
        assert page.status_code == 200
        assert f"{link}/{red}/thumbnail" in page.text
        assert "<script" not in page.text
        thumbnail = client.get(f"{link}/{red}/thumbnail")
        assert Image.open(BytesIO(thumbnail.content)).format == "WEBP"
        # without originals the file is the thumbnail, which tells nothing of where it was taken
        assert client.get(f"{link}/{red}/file").content == thumbnail.content
        # the weak rest of the ranking is not shared
        assert client.get(f"{link}/{sea}/thumbnail").status_code == 404
        for other in ("/", "/api/v1/search", f"/api/v1/pictures/{red}", f"/s/guess/{red}/file", "/s/guess"):
            assert client.get(other).status_code in (401, 404), other

        listed = client.get("/api/v1/shares", headers=bearer(secret)).json()
        assert [(one["name"], one["q"]) for one in listed] == [("for Ann", "red")]
        assert link.rpartition("/")[2] not in json.dumps(listed)
        assert client.delete("/api/v1/shares/for Ann", headers=bearer(secret)).status_code == 204
        ended = client.get(link)
        assert ended.status_code == 404 and "Ask whoever sent it" in ended.text and "for Ann" not in ended.text
        assert client.get(f"{link}/{red}/thumbnail").status_code == 404


def test_a_link_tells_of_places_only_where_its_query_asks_for_one(made):
    sea = made.id("sea 03.png")
    made.library.store.catalog.places.put([sea], [(Part("Oslo"), Part("Norway"))])
    links = [command("token", "share", q, q, "--library", str(made.library.folder)) for q in ("norway", "place:norway")]
    assert made.library.search("norway").hits[0].picture.id == sea
    with serving(made.library) as client:
        assert [client.get(f"{link}/{sea}/thumbnail").status_code for link in links] == [404, 200]
        assert "Oslo" not in client.get(links[1]).text


def test_a_link_ends_with_the_token_that_it_was_made_with(made):
    family, visit = token(made, "family", "write"), token(made, "visit", "write", "--days", "2")
    with serving(made.library) as client:
        links = [
            client.post(
                "/api/v1/shares", json={"name": secret[:9], "q": "red", "days": 900}, headers=bearer(secret)
            ).json()
            for secret in (family, visit)
        ]
        tokens = {key.name: key for key in Keys(made.library.folder).all("token")}
        assert links[1]["ends_at"] == tokens["visit"].ends_at
        assert client.get(links[0]["link"]).status_code == 200
        command("token", "revoke", "family", "--library", str(made.library.folder))
        assert client.get(links[0]["link"]).status_code == 404
        assert client.get(links[1]["link"]).status_code == 200


def test_a_link_made_on_the_command_line_may_give_the_files_themselves(made):
    link = command("token", "share", "reds", "red", "-sea", "--originals", "--library", str(made.library.folder))
    red = made.id("red.png")
    with serving(made.library) as client:
        assert client.get(f"{link}/{red}/file").content == (made.pictures / "red.png").read_bytes()
    assert "reds: a link that shows red -sea" in command("token", "list", "--library", str(made.library.folder))
