"""docs/api.md names every route, its parameters and every status of the error table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.gallery import gallery
from web.api.errors import TABLE
from web.app import create_app

TEXT = (Path(__file__).parents[2] / "docs/api.md").read_text()


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    with gallery(tmp_path_factory.mktemp("gallery")) as made:
        yield create_app(made.library).openapi()["paths"]


def test_every_route_is_documented(paths):
    assert len(paths) >= 7
    for path, methods in paths.items():
        for method in methods:
            assert f"`{method.upper()} {path}`" in TEXT


def test_every_parameter_is_documented(paths):
    for methods in paths.values():
        for told in methods.values():
            for parameter in told.get("parameters", []):
                assert f"`{parameter['name']}`" in TEXT or f"{{{parameter['name']}}}" in TEXT


def test_every_status_of_the_error_table_is_documented():
    for _, status, _ in TABLE:
        assert f"| {status} |" in TEXT
