"""What a user has twice, and what the finder makes of it; real files, thumbnails, vectors and SQLite."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from indexer.duplicates import find_duplicates
from indexer.duplicates.best import is_copy
from indexer.duplicates.moving import bring_back
from indexer.indexer import utc_now
from indexer.records import Edit
from tests.conftest import shared


def scene(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A drawing with corners and shades, like no other of another seed."""
    chance = random.Random(seed)
    picture = Image.new("RGB", size, tuple(chance.randint(60, 200) for _ in range(3)))
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = chance.randint(-20, size[0]), chance.randint(-20, size[1])
        box = (x, y, x + chance.randint(8, 70), y + chance.randint(8, 70))
        shape = chance.choice((draw.rectangle, draw.ellipse))
        shape(box, fill=tuple(chance.randint(0, 255) for _ in range(3)))
    return picture


def save(picture: Image.Image, path: Path, taken: str = "", camera: str = "", **options) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if camera:
        exif[0x0110] = camera
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    picture.save(path, exif=exif, **options)
    return path


def names(groups) -> list[tuple[str, list[str]]]:
    return [(group.tier, sorted(picture.path.rpartition("/")[2] for picture in group.pictures)) for group in groups]


def decide(shelf, decision, *files):
    hashes = [shelf.catalog.find(str(file)).hash for file in files]
    pairs = [tuple(sorted(hashes))] if decision == "keep" else [(hashes[0], str(files[0]))]
    shelf.catalog.marks.decide(decision, pairs, utc_now())


def test_a_copied_file_is_identical_and_only_that(shelf):
    one = save(scene(1), shelf.pictures / "a.png")
    shutil.copy(one, shelf.pictures / "a (copy).png")
    save(scene(2), shelf.pictures / "b.png")
    shelf.index()
    found = find_duplicates(shelf.store)
    assert names(found.groups) == [("identical", ["a (copy).png", "a.png"])]
    assert found.groups[0].best.path == str(one)
    assert [picture.path for picture, _ in found.spare()] == [str(shelf.pictures / "a (copy).png")]


EDITS = {
    "smaller": lambda p: p.resize((200, 150)),
    "turned": lambda p: p.rotate(90, expand=True),
    "askew": lambda p: p.rotate(4, Image.Resampling.BICUBIC, expand=True),
    "mirrored": ImageOps.mirror,
    "cropped": lambda p: p.crop((20, 20, 290, 230)),
    "framed": lambda p: ImageOps.expand(p, 16, "white"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_copy_is_the_same_picture_and_the_whole_one_is_kept(shelf, edit):
    save(scene(1), shelf.pictures / "original.png", camera="Some Camera")
    save(EDITS[edit](scene(1)), shelf.pictures / "edited.jpg", quality=80)
    for other in range(2, 8):
        save(scene(other), shelf.pictures / f"{other}.png")
    shelf.index()
    found = find_duplicates(shelf.store, ["same"])
    assert names(found.groups) == [("same", ["edited.jpg", "original.png"])]
    assert found.groups[0].best.path.endswith("original.png")
    if edit in ("mirrored", "cropped", "framed"):
        assert edit in found.groups[0].how[0]


def test_two_blank_pages_are_not_taken_for_one(shelf):
    for number in range(2):
        noise = np.random.default_rng(number).integers(250, 256, (200, 150, 3), np.uint8)
        save(Image.fromarray(noise), shelf.pictures / f"page-{number}.png")
    shelf.index()
    assert find_duplicates(shelf.store, ["identical", "same"]).groups == ()


def test_pictures_that_look_alike_are_similar_and_never_chained(shelf):
    """Six shades, each near the next, the first far from the last: no group spans them all."""
    for step in range(6):
        shade = np.random.default_rng(step).integers(-2, 3, (48, 64, 3)) + np.array([220, 30 + 28 * step, 30])
        save(Image.fromarray(shade.clip(0, 255).astype(np.uint8)), shelf.pictures / f"{step}.png")
    save(scene(5), shelf.pictures / "other.png")
    shelf.index()
    groups = find_duplicates(shelf.store).groups
    assert {group.tier for group in groups} == {"similar"}
    vectors = {p.path: shelf.store.vectors([p.id])[0] for group in groups for p in group.pictures}
    ids = [[p.path for p in group.pictures] for group in groups]
    assert all(len(paths) < 6 for paths in ids)
    for paths in ids:  # each group has a picture that is near every other
        nearest = [min(vectors[a] @ vectors[b] for b in paths) for a in paths]
        assert max(nearest) > 0.9


def test_a_raw_file_and_its_jpeg_belong_together(shelf):
    raw = shared("data/formats") / "exiftool/DNG.dng"
    shutil.copy(raw, shelf.pictures / "IMG_0001.dng")
    save(scene(1), shelf.pictures / "IMG_0001.JPG", format="JPEG")
    save(scene(2), shelf.pictures / "elsewhere.jpg", "2005:08:03 18:59:18", "Canon EOS 350D DIGITAL")
    save(scene(3), shelf.pictures / "unrelated.jpg")
    assert shelf.index().added == 4
    found = find_duplicates(shelf.store)
    assert found.groups == ()
    assert [(group.kind, len(group.pictures), group.spare) for group in found.together] == [("raw+jpeg", 3, ())]


def frames(shelf, moments):
    for number, moment in enumerate(moments):
        picture = scene(1)
        ImageDraw.Draw(picture).ellipse((40 + 30 * number, 90, 100 + 30 * number, 160), fill="white")
        save(picture, shelf.pictures / f"IMG_{410 + number:04}.jpg", moment, "Some Camera", quality=95)


def test_a_burst_is_no_waste_and_a_copy_of_one_frame_is(shelf):
    frames(shelf, [f"2024:05:01 10:00:0{second}" for second in (0, 0, 2, 4)])
    small = scene(1)
    ImageDraw.Draw(small).ellipse((40, 90, 100, 160), fill="white")
    save(small.resize((200, 150)), shelf.pictures / "for the web.jpg", "2024:05:01 10:00:00", "Some Camera")
    shelf.index()
    found = find_duplicates(shelf.store)
    assert ("same", ["IMG_0410.jpg", "for the web.jpg"]) in names(found.groups)
    frame_names = {f"IMG_{410 + number:04}.jpg" for number in range(4)}
    assert all(len(frame_names & set(files)) < 2 for _, files in names(found.groups))
    assert [group.kind for group in found.together] == ["burst"]


def test_the_same_scene_hours_later_is_no_burst(shelf):
    frames(shelf, ["2024:05:01 10:00:00", "2024:05:01 18:00:00"])
    shelf.index()
    found = find_duplicates(shelf.store)
    assert (len(found.groups), found.together) == (1, ())


def test_keeping_both_holds_over_indexing_again_and_moving_the_files(shelf):
    one = save(scene(1), shelf.pictures / "a.png")
    two = save(scene(1).resize((200, 150)), shelf.pictures / "b.png")
    shelf.index()
    decide(shelf, "keep", one, two)
    assert find_duplicates(shelf.store).groups == ()
    (shelf.pictures / "sub").mkdir()
    two = two.rename(shelf.pictures / "sub/b.png")
    one = one.rename(shelf.pictures / "away.txt")  # gone for one run, then back
    shelf.index()
    one.rename(shelf.pictures / "a.png")
    shelf.index()
    assert find_duplicates(shelf.store).groups == ()
    shelf.catalog.marks.ask_again([shelf.catalog.find(str(two)).hash])
    assert len(find_duplicates(shelf.store).groups) == 1


def test_kept_twins_stay_kept_when_a_smaller_copy_joins_them(shelf):
    one = save(scene(1), shelf.pictures / "a.png")
    shutil.copy(one, shelf.pictures / "twin.png")
    save(scene(1).resize((200, 150)), shelf.pictures / "small.jpg")
    shelf.index()
    decide(shelf, "keep", one, shelf.pictures / "twin.png")
    spare = find_duplicates(shelf.store).spare()
    assert [picture.path.rpartition("/")[2] for picture, _ in spare] == ["small.jpg"]


def test_a_third_copy_is_offered_after_two_were_kept(shelf):
    one = save(scene(1), shelf.pictures / "a.png")
    two = save(scene(1).resize((200, 150)), shelf.pictures / "b.png")
    shelf.index()
    decide(shelf, "keep", one, two)
    save(scene(1).resize((160, 120)), shelf.pictures / "c.png")
    shelf.index()
    groups = find_duplicates(shelf.store).groups
    assert len(groups) == 1
    assert len(groups[0].spare) == 1


def test_the_best_is_what_was_asked_for_and_what_was_chosen_wins(shelf):
    big = save(scene(1), shelf.pictures / "big.png", "2024:01:01 10:00:00")
    old = save(scene(1).resize((200, 150)), shelf.pictures / "old.jpg", "2001:01:01 10:00:00", quality=60)
    shelf.index()
    assert find_duplicates(shelf.store, by="size").groups[0].best.path == str(big)
    assert "most pixels" in find_duplicates(shelf.store).groups[0].reason
    by_date = find_duplicates(shelf.store, by="date").groups[0]
    assert (by_date.best.path, by_date.reason) == (str(old), "the oldest (2001-01-01)")
    decide(shelf, "best", old)
    assert find_duplicates(shelf.store).groups[0].reason == "chosen by you"


def test_of_identical_files_the_chosen_one_stays_and_else_the_one_that_was_written_on(shelf):
    save(scene(1), shelf.pictures / "a.png")
    copies = [shelf.pictures / name for name in ("the copy with notes.png", "the copy that was chosen.png")]
    for copy in copies:
        shutil.copy(shelf.pictures / "a.png", copy)
    shelf.index()
    shelf.catalog.edits.make([shelf.catalog.find(str(copies[0])).id], Edit(note="Oslo"), utc_now())
    group = find_duplicates(shelf.store).groups[0]
    assert (group.best.path, group.reason) == (str(copies[0]), "you said something of it")
    decide(shelf, "best", copies[1])
    group = find_duplicates(shelf.store).groups[0]
    assert (group.best.path, group.reason) == (str(copies[1]), "chosen by you")


@pytest.mark.parametrize(
    "copy",
    [
        "Kopie von X", "Copy of X", "Copy (2) of X", "copie de X", "X - Copy", "X - Copy (2)", "X - Kopie", "X copy",
        "X copy 2", "X (1)", "X(1)", "X (another copy)", "X (2. Kopie)", "X_copy", "X \N{EM DASH} копия", "X - Co\u0301pia",
    ],
)  # fmt: skip
def test_what_is_named_as_a_copy_is_never_kept_before_its_original(shelf, copy):
    original = save(scene(1), shelf.pictures / "a folder with a much longer name" / "X.png")
    named = shelf.pictures / f"{copy}.png"
    shutil.copy(original, named)
    os.utime(named, (10**9, 10**9))  # files that were copied on have times of their own
    shelf.index()
    group = find_duplicates(shelf.store, ["identical"]).groups[0]
    assert (group.best.path, group.reason) == (str(original), "the others are named as copies")


@pytest.mark.parametrize("name", ["photocopy", "Copenhagen", "copy", "IMG_1234", "my copybook", "Kopi luwak"])
def test_other_names_are_no_copies(name):
    assert not is_copy(f"{name}.jpg")


def test_the_sharper_of_two_is_kept_when_asked(shelf):
    from PIL import ImageFilter

    sharp = save(scene(1), shelf.pictures / "z-sharp.jpg", quality=80)
    save(scene(1).filter(ImageFilter.GaussianBlur(2)), shelf.pictures / "a.png")
    shelf.index()
    assert find_duplicates(shelf.store, by="sharpness").groups[0].best.path == str(sharp)


def test_asking_again_compares_nothing_again_and_says_the_same(shelf):
    for number in range(5):
        save(scene(number), shelf.pictures / f"{number}.png")
        save(scene(number).resize((200, 150)), shelf.pictures / f"{number}-small.jpg")
    shelf.index()
    steps = []
    first = find_duplicates(shelf.store, on_step=lambda *step: steps.append(step))
    assert steps
    steps.clear()
    assert find_duplicates(shelf.store, on_step=lambda *step: steps.append(step)) == first
    assert steps == []
    assert [group.tier for group in first.groups].count("same") == 5


def test_pictures_of_a_disk_that_is_away_and_lost_thumbnails_are_no_trouble(shelf):
    save(scene(1), shelf.pictures / "a.png")
    save(scene(1).resize((200, 150)), shelf.pictures / "b.png")
    shelf.index()
    shutil.rmtree(shelf.library / "thumbnails")
    assert all(group.tier == "similar" for group in find_duplicates(shelf.store).groups)
    shelf.pictures.rename(shelf.pictures.with_name("away"))
    shelf.index()
    assert find_duplicates(shelf.store).groups == ()


def test_pictures_of_a_few_pixels_are_compared_like_all_others(shelf):
    for size in ((1, 1), (2, 1), (1, 2), (1, 300), (300, 1), (2, 2), (3, 2)):
        dots = scene(7, (64, 64)).resize(size)
        for name in ("a", "b"):
            save(dots, shelf.pictures / f"{size[0]}x{size[1]} {name}.png", compress_level=9 if name == "a" else 1)
            save(dots.convert("RGBA"), shelf.pictures / f"{size[0]}x{size[1]} {name} a.png")
    save(scene(1), shelf.pictures / "a.png")
    save(scene(1), shelf.pictures / "a.jpg", quality=90)
    shelf.index()
    found = find_duplicates(shelf.store)
    assert ("same", ["a.jpg", "a.png"]) in [(tier, files) for tier, files in names(found.groups)]


def test_an_empty_library_and_one_picture_have_no_duplicates(shelf):
    assert find_duplicates(shelf.store).groups == ()
    save(scene(1), shelf.pictures / "a.png")
    shelf.index()
    assert find_duplicates(shelf.store).groups == ()
    assert bring_back(shelf.store).done == ()
