"""What was written elsewhere is imported, and what is known here is exported: nothing is lost on the way, nothing of others is overwritten."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

import imsearch
from indexer.decode import decode  # noqa: F401 - loaded before the runner swaps the streams
from indexer.indexer import Indexer
from indexer.manifest import Manifest, write_manifest
from indexer.records import Edit
from indexer.xmp import read_xmp
from search import Library
from tests.conftest import paint, shared
from tests.pictures.written import put_xmp, xmp
from tests.small import ColourEmbedder
from tests.small import said as by_model
from vlm.protocols import Annotation, DetectedObject

MANIFEST = Manifest("colour", "1", 4)
NAMES = ("2019/barn.png", "2019/boat.png", "2020/boat.png", "cow.jpg")


class Home:
    """A folder of pictures with its library, and the command line on it."""

    def __init__(self, folder):
        self.pictures, self.place = folder / "pictures", folder / "library"
        for i, name in enumerate(NAMES):
            paint(self.pictures / name, "red", seed=i)
        self.place.mkdir()
        write_manifest(self.place, MANIFEST)
        self.library = Library(self.place, MANIFEST, ColourEmbedder())
        self.index()

    def index(self):
        return Indexer(self.library.store, self.library.embedder).run([self.pictures])

    def run(self, *args):
        made = CliRunner().invoke(imsearch.cli, ["--library", str(self.place), *map(str, args)])
        assert made.exception is None or isinstance(made.exception, SystemExit), made.exception
        return made.exit_code, made.output

    def id(self, name):
        return self.library.find(self.pictures / name).id

    def said(self, name, kind="caption"):
        return [text.text for text in self.library.store.texts(self.id(name)) if text.kind == kind]

    def all(self):
        """What is known of each picture, whoever said it; captions as one line each."""
        made = {}
        for name in NAMES:
            picture = self.library.find(self.pictures / name)
            objects = [
                (o.label, o.score, *(round(side, 2) for side in o.box_xyxy))
                for o in self.library.store.objects(picture.id)
            ]
            made[name] = (sorted(self.said(name)), sorted(self.said(name, "tag")), picture.exif.rating, sorted(objects))
        return made

    def found(self, query):
        hits = self.library.search(query, mode="lexical").hits
        return {hit.picture.path.removeprefix(f"{self.pictures}/") for hit in hits}


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path)
    yield made
    made.library.close()


@pytest.fixture
def other(tmp_path):
    """The same pictures in another library."""
    (tmp_path / "other").mkdir()
    made = Home(tmp_path / "other")
    yield made
    made.library.close()


def detected(*objects):
    return Annotation(
        "yolox", "1", datetime(2024, 5, 1, tzinfo=UTC), objects=tuple(DetectedObject(*one) for one in objects)
    )


# -- import ------------------------------------------------------------------------------------------------------------


def test_captions_beside_the_pictures_are_imported_one_a_line(home):
    (home.pictures / "cow.txt").write_bytes("﻿a cow, grass\r\n\r\nÖl auf Leinwand\r\n".encode())
    (home.pictures / "2019/boat.txt").write_bytes("ein weißes Boot".encode("cp1252"))
    (home.pictures / "readme.txt").write_text("nothing of a picture")
    code, told = home.run("import", home.pictures)
    assert code == 0 and "3 captions for 2 pictures" in told and "1 name of no indexed picture: readme.txt" in told
    assert home.said("cow.jpg") == ["a cow, grass", "Öl auf Leinwand"]
    assert home.said("2020/boat.png") == []
    assert home.found("weißes") == {"2019/boat.png"}


def test_what_cannot_be_read_is_named_with_the_reason(home, tmp_path):
    captions = tmp_path / "captions"
    captions.mkdir()
    for name in ("cow.txt", "cow.xmp", "cow.json"):
        (captions / name).symlink_to(tmp_path / "gone")
    (captions / "boat.caption").write_text("x" * 200_000)
    shutil.rmtree(home.pictures / "2020")
    home.index()
    code, told = home.run("import", captions)
    assert code == 0 and "Nothing was imported" in told
    for name in ("cow.txt", "cow.xmp", "cow.json"):
        assert f"1 left out: {captions / name} cannot be read (No such file or directory)." in told
    assert "1 left out: no plain file, or longer than 100 kB." in told


def test_importing_again_takes_the_place_of_what_was_imported(home):
    for caption in ("a cow", "a cow", "a brown cow"):
        (home.pictures / "cow.txt").write_text(caption)
        home.run("import", home.pictures)
    assert home.said("cow.jpg") == ["a brown cow"]


def test_a_raw_file_and_its_jpeg_share_a_caption_and_names_in_several_folders_are_reported(home, tmp_path):
    shutil.copy(home.pictures / "cow.jpg", home.pictures / "cow.jpeg")
    home.index()
    captions = tmp_path / "captions"
    captions.mkdir()
    (captions / "cow.txt").write_text("both of them")
    (captions / "boat.txt").write_text("which of them?")
    code, told = home.run("import", captions)
    assert code == 0 and "1 name of pictures in several folders: boat.txt" in told
    assert home.said("cow.jpg") == home.said("cow.jpeg") == ["both of them"]
    assert home.said("2019/boat.png") == []


def test_xmp_sidecars_of_a_folder_elsewhere(home, tmp_path):
    away = tmp_path / "export" / "2020"
    away.mkdir(parents=True)
    (away / "boat.png.xmp").write_bytes(xmp("Regatta", "at Oslo", ["Ada"], ["Places|Norway"], 4))
    (away.parent / "cow.xmp").write_bytes(xmp(rating=2))
    (away.parent / "barn.xmp").write_bytes(b"no xmp at all")
    code, told = home.run("import", away.parent)
    assert code == 0 and "1 caption, 3 tags, 2 ratings for 2 pictures" in told and "1 left out" in told
    everything = home.all()
    assert everything["2020/boat.png"] == (["Regatta. at Oslo"], ["Ada", "Norway", "Places"], 4, [])
    assert everything["cow.jpg"][2] == 2 and everything["2019/boat.png"] == ([], [], None, [])


def test_a_sidecar_beside_its_picture_is_left_to_indexing(home):
    (home.pictures / "cow.xmp").write_bytes(xmp("Cow"))
    home.index()
    assert "where indexing reads them" in home.run("import", home.pictures)[1]
    assert home.said("cow.jpg") == ["Cow"]


def test_what_was_said_here_holds_against_what_is_imported(home, tmp_path):
    home.library.edit([home.id("cow.jpg")], Edit(caption="Bella", untags=("cattle",), rating=5))
    (tmp_path / "cow.xmp").write_bytes(xmp("a cow", "", ["Cattle", "farm"], rating=1))
    home.run("import", tmp_path / "cow.xmp")
    assert home.all()["cow.jpg"] == (["Bella"], ["farm"], 5, [])


def test_what_was_imported_outlasts_models_and_a_changed_file(home, tmp_path):
    data = {
        "images": [{"id": 1, "file_name": "cow.jpg", "width": 64, "height": 48}],
        "annotations": [{"image_id": 1, "category_id": 3, "bbox": [1, 2, 30, 40]}, {"image_id": 1, "caption": "a cow"}],
        "categories": [{"id": 3, "name": "cow"}],
    }
    (tmp_path / "mixed.json").write_text(json.dumps(data))
    picture = home.id("cow.jpg")
    home.library.store.catalog.texts.annotate(picture, "object", detected(("horse", 0.6, (0, 0, 9, 9))))
    assert home.run("import", tmp_path / "mixed.json")[0] == 0
    home.library.store.catalog.texts.annotate(picture, "object", detected(("dog", 0.9, (0, 0, 9, 9))))
    home.library.store.catalog.texts.annotate(picture, "caption", by_model(caption="an animal"))
    put_xmp(home.pictures / "cow.jpg", xmp("Bella", rating=3))
    assert home.index().updated == 1
    assert home.all()["cow.jpg"] == (["Bella", "a cow"], [], 3, [("cow", 1.0, 1, 2, 31, 42)])
    assert home.found("object:cow") == {"cow.jpg"} and home.found("object:horse or object:dog") == set()


def test_boxes_are_fitted_to_pictures_of_another_size_and_left_out_where_the_shape_differs(home, tmp_path):
    data = {
        "images": [
            {"id": 1, "file_name": "photos\\cow.jpg", "width": 640, "height": 480},
            {"id": 2, "file_name": "barn.png", "width": 480, "height": 640},
            {"id": 3, "file_name": "nowhere.png"},
            {"file_name": 7},
            None,
        ],
        "annotations": [
            *({"image_id": i, "category_id": 1, "bbox": [10, 20, 300, 400]} for i in (1, 2, 3, 4)),
            {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3]},
            {"image_id": 1, "category_id": 9, "bbox": [1, 2, 3, 4]},
            {"image_id": [1]},
            "x",
        ],
        "categories": [{"id": 1, "name": "cow"}, {"id": 2}, 3],
    }
    (tmp_path / "a.json").write_text(json.dumps(data))
    code, told = home.run("import", tmp_path / "a.json")
    assert code == 0
    assert home.all()["cow.jpg"][3] == [("cow", 1.0, 1, 2, 31, 42)] and home.all()["2019/barn.png"][3] == []
    for part in (
        "1 object for",
        "1 name of no indexed picture: nowhere.png",
        "1 left out: boxes of",
        "5 left out: annotations",
    ):
        assert part in told


@pytest.mark.parametrize("content", [b"{}", b"[1", b"[" * 100_000, b"\xff", b'{"images": 1, "annotations": []}'])
def test_json_that_is_not_coco_is_refused_by_name_and_passed_over_in_a_folder(home, tmp_path, content):
    path = tmp_path / "json" / "a.json"
    path.parent.mkdir()
    path.write_bytes(content)
    code, told = home.run("import", path)
    assert code == 2 and "is no COCO JSON" in told
    assert home.run("import", path.parent) == (0, "Nothing was imported.\n")


def test_what_cannot_be_imported_is_told_in_a_sentence(home):
    assert home.run("import", "/nowhere/at/all")[0] == 2
    assert "cannot be imported" in home.run("import", home.pictures / "cow.jpg")[1]


# -- export ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(home):
    """Words of people, programs and models."""
    put_xmp(home.pictures / "cow.jpg", xmp("Bella", "on the meadow", ["Alm & Hütte", "<b>"], rating=3))
    home.index()
    home.library.edit([home.id("2019/boat.png")], Edit(caption="two\nlines", tags=("our boat",), rating=0))
    texts = home.library.store.catalog.texts
    texts.annotate(home.id("2020/boat.png"), "caption", by_model(caption="a boat by a model"))
    texts.annotate(
        home.id("2020/boat.png"),
        "object",
        detected(("boat", 0.75, (1.5, 2.25, 30, 40.1)), ("dog", 1.0, (0, 0, 64, 48))),
    )
    return home


def in_lines(everything):
    """Sidecars hold a caption on one line."""
    return {name: ([" ".join(c.split()) for c in captions], *rest) for name, (captions, *rest) in everything.items()}


def test_what_is_exported_and_imported_elsewhere_is_the_same(full, other, tmp_path):
    for form in ("xmp", "coco"):
        assert full.run("export", "--format", form, "--output", tmp_path / "out")[0] == 0
    before = full.all()
    assert other.run("import", tmp_path / "out")[0] == 0
    assert other.all() == in_lines(before)
    assert full.all() == before


def test_captions_as_text_files_keep_their_folders(full, other, tmp_path):
    assert "3 files written" in full.run("export", "--format", "txt", "--output", tmp_path / "out")[1]
    assert (tmp_path / "out/2019/boat.txt").read_text() == "two lines\n"
    other.run("import", tmp_path / "out")
    assert {name: words[0] for name, words in other.all().items()} == {n: w[0] for n, w in in_lines(full.all()).items()}


def test_only_what_a_query_finds_is_exported(full, tmp_path):
    full.run("export", "rating:>=3", "--format", "xmp", "--output", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").rglob("*.xmp")] == ["cow.jpg.xmp"]
    assert read_xmp((tmp_path / "out/cow.jpg.xmp").read_bytes()).keywords == ("Alm & Hütte", "<b>")


def test_nothing_is_written_beside_the_pictures_unless_it_is_asked_for(full):
    code, told = full.run("export", "--format", "txt", "--output", full.pictures)
    assert code == 2 and "--beside" in told
    assert full.run("export", "--format", "txt")[0] == 2
    assert not list(full.pictures.rglob("*.txt"))
    assert full.run("export", "--format", "txt", "--beside")[0] == 0
    assert (full.pictures / "cow.txt").read_text() == "Bella. on the meadow\n"


def test_the_pictures_are_never_changed(full):
    before = {name: (full.pictures / name).read_bytes() for name in NAMES}
    for form in ("xmp", "txt"):
        full.run("export", "--format", form, "--beside", "--overwrite")
    assert {name: (full.pictures / name).read_bytes() for name in NAMES} == before


def test_files_of_others_stay_unless_they_may_be_overwritten(full):
    theirs = full.pictures / "cow.xmp"
    theirs.write_bytes(xmp("of darktable"))
    code, told = full.run("export", "--format", "xmp", "--beside")
    assert code == 0 and "1 file (cow.xmp) not written by this library" in told
    assert theirs.read_bytes() == xmp("of darktable") and not (full.pictures / "cow.jpg.xmp").exists()
    full.run("export", "--format", "xmp", "--beside", "--overwrite")
    assert read_xmp(theirs.read_bytes()).description == "Bella. on the meadow"


def test_our_own_files_are_brought_up_to_date_until_somebody_changes_them(full):
    target, picture = full.pictures / "cow.txt", full.id("cow.jpg")
    full.run("export", "--format", "txt", "--beside")
    full.library.edit([picture], Edit(caption="Bella again"))
    full.run("export", "--format", "txt", "--beside")
    assert target.read_text() == "Bella again\n"
    target.write_text("corrected by hand")
    full.library.edit([picture], Edit(caption="Bella once more"))
    assert "changed since" in full.run("export", "--format", "txt", "--beside")[1]
    assert target.read_text() == "corrected by hand"


def test_our_own_sidecars_are_not_taken_for_words_of_another_program(full):
    before = full.all()
    full.run("export", "--format", "xmp", "--beside")
    full.index()
    assert full.all() == before
    sidecar = full.pictures / "2020/boat.png.xmp"
    sidecar.write_bytes(sidecar.read_bytes().replace(b"by a model", b"by digiKam"))
    full.index()
    assert "a boat by digiKam" in full.said("2020/boat.png")


def test_pictures_that_share_a_text_file_are_told(full):
    shutil.copy(full.pictures / "cow.jpg", full.pictures / "cow.jpeg")
    full.index()
    assert "1 file (cow.txt) left out" in full.run("export", "--format", "txt", "--beside")[1]


def test_a_disk_that_is_away_gets_no_folders_made_in_its_place(full):
    full.pictures.rename(full.pictures.with_name("unplugged"))
    code, told = full.run("export", "--format", "xmp", "--beside")
    assert code == 0 and "4 pictures in folders that are not there now" in told
    assert not full.pictures.exists()


def test_tags_that_the_search_model_guessed_are_not_exported(full, tmp_path):
    full.library.store.catalog.texts.tag("colour", "1", {full.id("cow.jpg"): ["reddish"]}, "now")
    full.run("export", "--format", "xmp", "--output", tmp_path / "out")
    assert b"reddish" not in (tmp_path / "out/cow.jpg.xmp").read_bytes()


# -- real annotations --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_real_coco_annotations_are_found_exactly(tmp_path):
    photos = shared("data/photos")
    rows = [json.loads(line) for line in (photos / "annotations.jsonl").read_text().splitlines()]
    labels = sorted({one["label"] for row in rows for one in row["objects"]})
    captions, boxes, images = [], [], []
    (tmp_path / "pictures").mkdir()
    for row in rows:
        image = row["coco_image_id"]
        (tmp_path / "pictures" / row["file"]).symlink_to(photos.resolve() / row["file"])
        images.append({"id": image, "file_name": row["file"], "width": row["width"], "height": row["height"]})
        captions += [{"image_id": image, "caption": caption} for caption in row["captions"]]
        for one in row["objects"]:
            x1, y1, x2, y2 = one["box_xyxy"]
            boxes.append(
                {"image_id": image, "category_id": labels.index(one["label"]), "bbox": [x1, y1, x2 - x1, y2 - y1]}
            )
    categories = [{"id": i, "name": label} for i, label in enumerate(labels)]
    (tmp_path / "instances.json").write_text(
        json.dumps({"images": images, "annotations": boxes, "categories": categories})
    )
    (tmp_path / "captions.json").write_text(json.dumps({"images": images, "annotations": captions}))
    (tmp_path / "library").mkdir()
    write_manifest(tmp_path / "library", MANIFEST)
    with Library(tmp_path / "library", MANIFEST, ColourEmbedder()) as library:
        Indexer(library.store, library.embedder).run([tmp_path / "pictures"])
        args = [
            "--library",
            str(library.folder),
            "import",
            str(tmp_path / "captions.json"),
            str(tmp_path / "instances.json"),
        ]
        told = CliRunner().invoke(imsearch.cli, args).output
        assert "Imported 1,010 captions, 940 objects for 202 pictures." in told
        assert len(labels) == 77
        for label in labels:
            for least in (1, 2):
                hits = library.search(f'object:"{label}>={least}"', limit=202).hits
                right = {row["file"] for row in rows if sum(one["label"] == label for one in row["objects"]) >= least}
                assert {hit.picture.path.rpartition("/")[2] for hit in hits} == right, label
        exported = CliRunner().invoke(imsearch.cli, ["--library", str(library.folder), "export", "--format", "coco", "--output", str(tmp_path / "out")])  # fmt: skip
        assert exported.exit_code == 0
        assert len(json.loads((tmp_path / "out/instances.json").read_text())["annotations"]) == 940
        assert len(json.loads((tmp_path / "out/captions.json").read_text())["annotations"]) >= 1000
