from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

from indexer.catalog import Catalog
from indexer.indexer import Indexer
from indexer.local import LocalStore
from indexer.manifest import Manifest
from indexer.records import Choice
from tests import plugin
from tests.small import COLOURS, ColourEmbedder
from vlm import registry

if TYPE_CHECKING:
    from tests.web.gallery import Gallery

# how long an example takes is no matter of right or wrong: a busy machine is slow
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

SHARED = Path(__file__).parent.parent.parent / "shared"


def shared(part: str) -> Path:
    """A folder of the shared data, or the test is skipped by name."""
    path = SHARED / part
    if not path.exists():
        pytest.skip(f"../shared/{part} is not beside this checkout (data to measure on, no part of the repository)")
    return path


def heed_interrupts() -> None:
    """For `preexec_fn`: a suite that runs in the background passes on that SIGINT, or SIGHUP, is ignored."""
    for one in (signal.SIGINT, signal.SIGHUP):
        signal.signal(one, signal.SIG_DFL)


def paint(path: Path, colour: str, seed: int = 0, size: tuple[int, int] = (64, 48)) -> Path:
    """A picture of one colour with a little noise, so that no two of different seeds have the same content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(-8, 9, (size[1], size[0], 3))
    Image.fromarray((np.array(COLOURS[colour]) + noise).clip(0, 255).astype(np.uint8)).save(path)
    return path


class Shelf:
    """A folder of pictures with its library, indexed with the colour embedder."""

    def __init__(self, folder: Path) -> None:
        self.pictures = folder / "pictures"
        self.library = folder / "library"
        self.pictures.mkdir()
        self.library.mkdir()
        self.embedder = ColourEmbedder()
        self.catalog = Catalog.open(self.library / "catalog.sqlite")
        self.store = LocalStore(self.library, self.catalog, Manifest("colour", "1", 4))

    def index(self, retry=False, **choice):
        """Without a word on which files, those of the run before."""
        chosen = Choice(**choice) if choice else None
        return Indexer(self.store, lambda: self.embedder).run([self.pictures], chosen, retry)

    def paths(self) -> set[str]:
        return {
            picture.path.rpartition("/")[2]
            for picture in self.catalog.get(self.catalog.ids(self.store.model_id).tolist())
        }


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """The small library of the tests of the API and of the page."""
    from tests.web.gallery import gallery

    with gallery(tmp_path_factory.mktemp("gallery")) as made:
        yield made


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a package that is installed too: its models are `colour` and `colour-chat`."""
    folder = plugin.install(tmp_path / "installed")
    monkeypatch.syspath_prepend(folder)
    registry._families.cache_clear()
    yield folder
    registry._families.cache_clear()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.store.close()
