"""The program as its user runs it: the real command, the built-in model, real files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from imsearch import cli
from search.demo.brushes import CJK, first_font
from search.demo.gallery import draw_gallery
from tests.conftest import heed_interrupts, paint

ROOT = Path(__file__).parents[2]


def imsearch(*arguments, library, check=True, **options):
    environment = os.environ | {"IMSEARCH_LIBRARY": str(library), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "imsearch", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        **options,
    )
    assert "Traceback" not in done.stderr
    if check:
        assert done.returncode == 0, done.stderr
    return done


def here(*arguments, library):
    """The command in this process: where a start of its own, which takes longer than it does, would tell no more."""
    done = CliRunner().invoke(cli, ["--library", str(library), *map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


# A boat, snow, a cat, a cake, a car, two papers and three posters: to read the words of a picture takes a second.
KEPT = ("0403", "0407", "0411", "0412", "0418", "0423", "0424", "0427", "0431", "0432")


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gallery")
    drawn = draw_gallery(folder / "pictures")
    for path in drawn:
        if not path.stem.endswith(KEPT):
            path.unlink()
    left = sum(path.exists() for path in drawn)
    done = imsearch("index", folder / "pictures", "--json", library=folder / "library")
    assert json.loads(done.stdout.splitlines()[-1])["added"] == left >= 8
    return folder


def search(gallery, *arguments):
    return json.loads(imsearch("search", *arguments, "--json", library=gallery / "library").stdout)


def test_a_slip_in_the_folder_s_name_leaves_no_library_behind(tmp_path):
    done = imsearch("index", tmp_path / "pictrues", library=tmp_path / "library", check=False)
    assert done.returncode == 2
    assert "pictrues is not a folder that is there" in done.stderr
    assert not (tmp_path / "library").exists()


def test_damaged_pictures_are_told_of_by_imsearch_alone(tmp_path):
    """LibTIFF prints of its own."""
    damaged = tmp_path / "pictures/damaged.tif"
    damaged.parent.mkdir()
    Image.effect_noise((200, 200), 60).save(damaged, compression="tiff_lzw")
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:3000] + b"\xff" * 6000 + whole[9000:])
    done = imsearch("index", damaged.parent, library=tmp_path / "library")
    assert "1 file could not be used" in done.stdout
    assert done.stderr == ""
    assert "damaged.tif" in imsearch("failures", library=tmp_path / "library").stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_others_of_the_machine_may_search_a_library_as_far_as_its_owner_s_umask_lets_them(tmp_path):
    paint(tmp_path / "pictures/a.png", "red")
    imsearch("index", tmp_path / "pictures", "--no-ocr", library=tmp_path / "library", umask=0o027)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "library").rglob("*") if path.is_file()}
    assert {"manifest.json", "catalog.sqlite", "index"} <= set(modes) and set(modes.values()) == {0o640}


def test_indexing_again_changes_nothing(gallery):
    report = json.loads(imsearch("index", gallery / "pictures", "--json", library=gallery / "library").stdout)
    assert report["unchanged"] >= 8
    assert (report["added"], report["failed"]) == (0, 0)
    assert set(report) == {
        "added",
        "updated",
        "moved",
        "unchanged",
        "removed",
        "offline",
        "failed",
        "damaged",
        "seconds",
    }


@pytest.mark.parametrize("typed", ["音乐节", "ラーメン", "京"])
def test_words_in_scripts_without_spaces_find_their_poster(gallery, typed):
    if not first_font(CJK, 20):
        pytest.skip("no font for Chinese and Japanese on this machine: the posters are not drawn")
    said = here("search", typed, "--limit", "1", "--json", library=gallery / "library").stdout
    first = json.loads(said)["hits"][0]
    assert "posters" in first["path"]
    assert "text" in first["signals"]


def test_which_model_knows_a_language_is_told_once_in_a_library_and_in_every_answer_to_scripts(gallery, tmp_path):
    place = shutil.copytree(gallery / "library", tmp_path / "library")
    first, second = (here("search", "dog собака", library=place).stdout for _ in range(2))
    assert "mini does not know собака" in " ".join(first.split())
    assert "imsearch models use ViT-B-32-SigLIP2-256" in first
    assert "mini does not know собака" in " ".join(second.split())
    assert "models use" not in second
    assert "models use" in json.loads(here("search", "собака", "--json", library=place).stdout)["advice"]


def test_any_option_may_be_set_in_the_environment(gallery, monkeypatch):
    monkeypatch.setenv("IMSEARCH_SEARCH_LIMIT", "2")
    assert len(search(gallery, "a cat")["hits"]) == 2


def test_printed_words_find_their_poster(gallery):
    hits = search(gallery, "jazz festival", "--limit", "3")["hits"]
    assert "posters" in hits[0]["path"]
    assert "text" in hits[0]["signals"]
    assert set(hits[0]) >= {"rank", "id", "path", "score", "weak", "signals"}


def test_an_example_finds_itself_first_and_like_leaves_it_out(gallery):
    example = sorted((gallery / "pictures/home").iterdir())[0]
    first = search(gallery, "--picture", example)["hits"][0]
    assert first["path"] == str(example)
    alike = here("search", f"like:{first['id']}", "--json", library=gallery / "library").stdout
    assert all(hit["id"] != first["id"] for hit in json.loads(alike)["hits"])


def test_lists_for_scripts(gallery):
    paths = imsearch("search", "--in", "papers", "--paths0", library=gallery / "library").stdout.split("\0")
    assert len([path for path in paths if path]) == 2
    csv = here("export", "--in", "papers", library=gallery / "library").stdout.splitlines()
    assert len(csv) == 3
    assert json.loads(here("failures", "--json", library=gallery / "library").stdout) == []
    assert here("doctor", library=gallery / "library").stdout == "All is well.\n"


@pytest.mark.skipif(sys.platform != "linux", reason="names on disk are text elsewhere")
def test_a_list_of_paths_opens_the_file_whatever_its_name(gallery, tmp_path):
    picture = next((gallery / "pictures").rglob("*.jpg"))
    odd = os.fsencode(tmp_path) + b"/pictures/caf\xe9.jpg"
    (tmp_path / "pictures").mkdir()
    shutil.copy(picture, odd)
    imsearch("index", tmp_path / "pictures", "--no-ocr", library=tmp_path / "library")
    imsearch("export", "--format", "paths", "--output", tmp_path / "list.txt", library=tmp_path / "library")
    assert (tmp_path / "list.txt").read_bytes() == odd + b"\n"


def test_in_a_pipe_no_path_is_folded(gallery):
    said = imsearch("search", "boat", "--limit", 5, library=gallery / "library").stdout
    assert said.count(str(gallery / "pictures")) == 5


@pytest.mark.parametrize("arguments", [("search", "boat"), ("search", "boat", "--paths0"), ("export",)])
def test_a_reader_that_has_gone_is_no_failure(gallery, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "imsearch", *arguments, "--library", gallery / "library"],
        cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_damaged_vector_index_is_noticed_mended_and_never_trusted(gallery):
    index = gallery / "library/vectors/mini/index"
    index.write_bytes(index.read_bytes()[:-100])
    assert len(search(gallery, "snow")["hits"]) > 0
    assert here("doctor", library=gallery / "library").exit_code == 1
    assert here("doctor", "--mend", library=gallery / "library").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("search", "x", "--after", "someday"), 2, "someday"),
        (("search", "like:999"), 2, "like:999"),
        (("show", "nowhere.jpg"), 2, "nowhere.jpg"),
        (("evaluate", "nowhere.jsonl"), 2, "nowhere.jsonl"),
        (("search", "--picture", "nowhere.jpg"), 2, "nowhere.jpg is not a file that is there"),
        (("search", "--picture", __file__), 2, "cannot be searched by"),
        (("search", "cat", "--limit", "0"), 2, "limit 0"),
        (("similar", "99999"), 2, "There is no picture 99999"),
        (("index", "/nowhere/at/all"), 2, "/nowhere/at/all is not a folder that is there"),
        (("export", "--output", "/nowhere/x.csv"), 1, "/nowhere/x.csv: No such file"),
        (("index", "pictures", "--model", "minny"), 4, "mini"),
        (("serve", "--host", "0.0.0.0"), 2, "127.0.0.1"),
    ],
)
def test_mistakes_get_one_sentence_and_their_exit_code(gallery, arguments, code, said):
    done = here(*arguments, library=gallery / "library")
    assert done.exit_code == code
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("word", ["-night", "-h", "-help"])
def test_a_word_that_is_left_out_asks_for_no_help(gallery, word):
    assert here("parse", "beach", word, library=gallery / "library").stdout == f"beach {word}\n"


def test_a_port_that_there_is_not_is_refused(gallery):
    done = here("serve", "--port", 99999, library=gallery / "library")
    assert (done.exit_code, "99999 is not in the range" in done.stderr) == (2, True)


def test_a_mistyped_command_is_told_the_nearest(gallery):
    done = here("serch", "cat", library=gallery / "library")
    assert (done.exit_code, "Did you mean search?" in done.stderr) == (2, True)


def test_without_a_library_the_next_step_is_named(tmp_path):
    done = imsearch("search", "x", library=tmp_path / "none", check=False)
    assert done.returncode == 3
    assert "imsearch index" in done.stderr


def test_searching_never_loads_torch(gallery):
    code = "import sys; from imsearch import Library; Library.open(sys.argv[1]).search('snow'); assert not {'torch', 'transformers', 'fastapi'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code, str(gallery / "library")], check=True, cwd=ROOT)


def test_killed_at_any_moment_it_resumes_to_the_same_library(tmp_path):
    for i in range(100):
        paint(tmp_path / f"pictures/{i % 7}/{i}.png", ("red", "green", "blue", "yellow")[i % 4], seed=i)

    def rows(library):
        with closing(sqlite3.connect(library / "catalog.sqlite")) as db:
            sql = "SELECT path, hash, width, vector FROM pictures JOIN embeddings ON picture_id = id ORDER BY path"
            return db.execute(sql).fetchall()

    def begun(pictures):
        with suppress(sqlite3.OperationalError):  # before there is a catalog, and its tables
            return len(rows(tmp_path / "killed")) >= pictures
        return False

    environment = os.environ | {"IMSEARCH_LIBRARY": str(tmp_path / "killed")}
    command = [sys.executable, "-m", "imsearch", "index", str(tmp_path / "pictures"), "--no-ocr", "--json"]
    moments = [
        (tmp_path / "killed").exists,
        lambda: begun(1),
        (tmp_path / "killed/vectors").exists,
    ]
    for come in moments:
        running = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while running.poll() is None and not come():
            time.sleep(0.01)
        running.kill()
        running.wait()
    imsearch("index", tmp_path / "pictures", "--no-ocr", library=tmp_path / "killed")
    assert here("index", tmp_path / "pictures", "--no-ocr", library=tmp_path / "whole").exit_code == 0
    killed, whole = rows(tmp_path / "killed"), rows(tmp_path / "whole")
    assert [row[:3] for row in killed] == [row[:3] for row in whole]
    assert len(killed) == 100
    assert here("doctor", library=tmp_path / "killed").exit_code == 0


def test_interrupted_it_says_that_nothing_is_lost(gallery, tmp_path):
    """Reading words takes long enough to be interrupted in."""
    command = [sys.executable, "-m", "imsearch", "index", str(gallery / "pictures"), "--library", str(tmp_path / "l")]
    running = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts
    )
    while running.poll() is None and not (tmp_path / "l/vectors").exists():
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "nothing is lost" in said
    assert "Traceback" not in said
    assert search(tmp_path, "jazz", "--library", tmp_path / "l")["hits"]


def test_the_page_and_the_api_answer(gallery):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "imsearch", "serve", "--library", str(gallery / "library"), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            base = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                try:
                    with urllib.request.urlopen(f"{base}/api/v1/ready") as response:
                        assert response.status == 200
                    break
                except OSError:
                    time.sleep(0.2)
            with urllib.request.urlopen(f"{base}/api/v1/search?q=jazz+festival&limit=5") as response:
                hits = json.load(response)["hits"]
            assert "posters" in hits[0]["path"]
            with urllib.request.urlopen(f"{base}/?q=jazz") as response:
                assert "/thumbnail" in response.read().decode()
        finally:
            server.kill()


def test_a_new_folder_is_served_while_it_is_indexed(tmp_path):
    paint(tmp_path / "pictures/a.png", "red")
    none = imsearch("serve", tmp_path / "picturs", library=tmp_path / "library", check=False)
    assert (none.returncode, (tmp_path / "library").exists()) == (2, False) and "picturs is not a folder" in none.stderr
    imsearch("index", tmp_path / "pictures", "--no-ocr", library=tmp_path / "known")
    again = imsearch("serve", tmp_path / "picturs", library=tmp_path / "known", check=False, timeout=60)
    assert again.returncode == 2 and "picturs is not a folder" in again.stderr
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [
        sys.executable,
        "-m",
        "imsearch",
        "--library",
        tmp_path / "library",
        "serve",
        "--port",
        port,
        tmp_path / "pictures",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert port in server.stdout.readline()
            deadline, found = time.monotonic() + 60, []
            while not found and time.monotonic() < deadline:
                with (
                    suppress(OSError),
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/search?q=red") as response,
                ):
                    found = json.load(response)["hits"]
                time.sleep(0.1)
            assert [hit["name"] for hit in found] == ["a.png"]
        finally:
            server.kill()


def test_the_library_may_be_named_after_any_command(gallery, tmp_path):
    place = gallery / "library"
    done = here("search", "snow", "--library", place, "--json", library=tmp_path / "none")
    assert json.loads(done.stdout)["hits"]
    assert str(place) in here("--library", place, "status", library=tmp_path / "none").stdout
