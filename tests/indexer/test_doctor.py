"""What the doctor notices, and what mending makes of it."""

from __future__ import annotations

from indexer.doctor import examine, mend
from tests.conftest import paint


def test_the_doctor_notices_words_that_are_out_of_step_and_mends_them(shelf):
    paint(shelf.pictures / "a.png", "red")
    shelf.index()
    assert examine(shelf.store) == []
    shelf.catalog.connections.mine().execute(
        "INSERT INTO texts (picture_id, kind, text, model, revision, prompt_version, created_at, lines) "
        "VALUES (1, 'note', 'behind its back', 'user', '', '', '', '[]')"
    )
    assert any("out of step" in problem for problem in examine(shelf.store))
    mend(shelf.store)
    assert examine(shelf.store) == []
    assert shelf.catalog.lexical("behind", 3)[0].id == 1
