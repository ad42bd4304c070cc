"""Requests made up from the OpenAPI document: whatever comes, it is a sentence and never a fault of ours."""

from __future__ import annotations

import contextlib

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from tests.web.served import serving
from web.access import Served

# What begins long work or talks to others is tried elsewhere.
LEFT_OUT = ("/events",)
# Of each route; more find little that is new, and routes are many.
EXAMPLES = 5


@pytest.fixture(scope="module")
def server(shown):
    with serving(shown.library, Served()) as client:
        while client.get("/api/v1/ready").status_code != 200:
            pass
        yield client


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as told", "otherwise"])
def test_whatever_is_asked_is_answered(server, mode):
    schema = schemathesis.openapi.from_dict(server.get("/api/v1/openapi.json").json())
    tried = set()
    for operation in (found.ok() for found in schema.get_all_operations()):
        if operation.path.endswith(LEFT_OUT) or (
            mode is GenerationMode.NEGATIVE and not _asks_for_something(operation)
        ):
            continue
        tried.add(operation.label)
        _try(operation, mode, str(server.base_url))
    assert len(tried) > 5


def _asks_for_something(operation) -> bool:
    return bool(operation.body or operation.query or operation.path_parameters)


def _try(operation, mode, base_url) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        # what this machine's own client does not send
        with contextlib.suppress(httpx.InvalidURL, requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader):
            case.validate_response(case.call(base_url=base_url, timeout=30), checks=[not_a_server_error])

    # some routes take whatever there is: nothing is otherwise
    with contextlib.suppress(Unsatisfiable):
        ask()
