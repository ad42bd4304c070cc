from __future__ import annotations

import pytest
from click.testing import CliRunner

from imsearch import cli


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty HF_HOME, of this process too."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "home/hub"))
    return tmp_path / "home"


@pytest.fixture
def get(home, monkeypatch):
    """`imsearch models get NAME` from a hub's URL, in this process, which has loaded all that it needs."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)

    def run(name, url):
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", url)
        # made of the former when the client was imported
        where = f"{url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", where)
        return CliRunner().invoke(cli, ["models", "get", name])

    return run
