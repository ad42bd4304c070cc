"""A folder is named as it was pasted, dragged or typed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import imsearch
from indexer.typed import folder_typed
from tests.conftest import paint
from vlm.errors import UsageError


@pytest.mark.parametrize("around", ["'{}'", '"{}"', "{} ", " '{}' ", "“{}”", "\"'{}'\""])
def test_quotation_marks_and_spaces_that_came_along_are_left_out(tmp_path, around):
    folder = tmp_path / "our trip"
    folder.mkdir()
    assert folder_typed(around.format(folder)) == str(folder)


def test_a_file_address_is_its_folder(tmp_path):
    folder = tmp_path / "our trip à Paris"
    folder.mkdir()
    assert folder_typed(folder.as_uri()) == str(folder)
    assert folder_typed(folder.as_uri().replace("file://", "file://localhost")) == str(folder)


@pytest.mark.parametrize("name", ["'quoted'", "ends with a space ", "«x»"])
def test_a_folder_that_is_really_called_so_comes_first(tmp_path, monkeypatch, name):
    (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    assert folder_typed(name) == name


@pytest.mark.parametrize("typed", ["", " ", "''"])
def test_nothing_is_no_folder(typed):
    with pytest.raises(UsageError, match="empty"):
        folder_typed(typed)


@pytest.mark.parametrize("typed", ["smb://nas/photos", "https://example.org/a", "file://nas/photos"])
def test_an_address_elsewhere_is_no_folder(typed):
    with pytest.raises(UsageError, match=f"{typed} is an address"):
        folder_typed(typed)


def test_the_command_takes_it_and_tells_of_a_file(tmp_path):
    picture = paint(tmp_path / "our trip" / "a.png", "red")

    def typed(folder):
        return CliRunner().invoke(imsearch.cli, ["index", folder, "--no-ocr", "--library", str(tmp_path / "library")])

    refused = typed(str(picture))
    assert refused.exit_code == 2
    assert f"is a file, not a folder; name the folder that it lies in: {picture.parent}" in refused.output
    assert not (tmp_path / "library").exists()
    assert "1 added" in typed(f"'{picture.parent}' ").output
    assert "1 unchanged" in typed(picture.parent.as_uri()).output
