"""The hub's cache on this machine: what lies in it, and putting something in. Only `download` uses the network."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vlm.errors import ModelUnavailable, UnknownModel

# How long the hub may take to answer before it counts as out of reach: its own client tries for half a minute.
PATIENCE_SECONDS = 5.0
CONFIG = "open_clip_config.json"
WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")


def snapshot(repository: str) -> Path | None:
    """The folder of a downloaded open_clip repository, ORG/NAME, or None. Raises UnknownModel for no such form."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        config = try_to_load_from_cache(repository, CONFIG)
    except HFValidationError:
        raise UnknownModel(f"{repository!r} names no repository of the hub; write hf-hub:ORG/NAME.") from None
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    return folder if any((folder / name).exists() for name in WEIGHTS) else None


def model_snapshot(repository: str, revision: str | None = None) -> Path | None:
    """The folder of a downloaded transformers repository with all its weights, or None. Raises UnknownModel."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        config = try_to_load_from_cache(repository, "config.json", revision=revision)
    except HFValidationError:
        raise UnknownModel(f"{repository!r} names no repository of the hub; write ORG/NAME.") from None
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    return folder if _all_weights(folder) else None


def _all_weights(folder: Path) -> bool:
    """Whether the weights of one form are whole. A repository may hold the same ones in several, with an index for each."""
    for index in folder.glob("*.index.json"):
        shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        if all((folder / shard).exists() for shard in shards):
            return True
    return any((folder / name).exists() for name in ("model.safetensors", "pytorch_model.bin"))


def download_model(name: str, repository: str, revision: str | None = None) -> None:
    """Get a transformers repository: its weights last, safetensors rather than pickles. Raises ModelUnavailable."""
    from huggingface_hub import HfApi, snapshot_download

    with _fetching(name, repository, "choose another name (docs/vision.md).", "."):
        info = HfApi().model_info(repository, revision=revision, timeout=PATIENCE_SECONDS)
        # other forms of the same weights lie in folders; InstructBLIP's second tokenizer does too
        files = [
            file
            for file in (sibling.rfilename for sibling in info.siblings or ())
            if "/" not in file or file.startswith("qformer_tokenizer/")
        ]
        forms = (
            [file for file in files if file.startswith(begins) and file.endswith(ends)]
            for begins, ends in (("model", ".safetensors"), ("pytorch_model", ".bin"))
        )
        weights = next((form for form in forms if form), None)
        if weights is None or "config.json" not in files:
            raise ModelUnavailable(f"{name}: {repository} holds no transformers model; see docs/vision.md for names.")
        told = [file for file in files if file.endswith((".json", ".txt", ".model", ".jinja"))]
        # one after the other, so that where the weights are (`model_snapshot`) all else is
        for part in (told, weights):
            snapshot_download(repository, revision=revision, allow_patterns=part)


def download(name: str, repository: str) -> None:
    """Get the repository of the model called `name`. Raises ModelUnavailable.

    The weights come last, so that where they are (`snapshot`) all else is. What fails leaves whole files only.
    """
    from huggingface_hub import HfApi, snapshot_download

    with _fetching(name, repository, "see imsearch models list.", "; mini works without."):
        files = {file.rfilename for file in HfApi().model_info(repository, timeout=PATIENCE_SECONDS).siblings or ()}
        weights = next((file for file in WEIGHTS if file in files), None)
        if weights is None or CONFIG not in files:
            raise ModelUnavailable(
                f"{name}: {repository} holds no open_clip model; choose another (imsearch models list)."
            )
        folder = Path(snapshot_download(repository, allow_patterns=["*.json", "*.txt", "*.model"]))
        text = json.loads((folder / CONFIG).read_text(encoding="utf-8"))["model_cfg"]["text_cfg"]
        if "hf_model_name" in text:
            # XLM-R, NLLB: the shape of the text tower is told by another repository; its weights are in this one
            snapshot_download(text["hf_model_name"], allow_patterns=["config.json"])
        snapshot_download(repository, allow_patterns=[weights])


@contextmanager
def _fetching(name: str, repository: str, names: str, comfort: str) -> Iterator[None]:
    """Whatever the hub's client raises, as a sentence that ends with where `names` are; the client sends no telemetry."""
    from huggingface_hub import constants
    from huggingface_hub.errors import (
        GatedRepoError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    # "no telemetry" holds here too: the client would name its Python, torch and the program that started it
    constants.HF_HUB_DISABLE_TELEMETRY = True
    try:
        yield
    except ModelUnavailable:
        raise
    except GatedRepoError:
        raise ModelUnavailable(
            f"{name}: who wants {repository} must accept its terms on its page of the hub, and set HF_TOKEN."
        ) from None
    except RepositoryNotFoundError:
        raise ModelUnavailable(f"{name}: the hub has no {repository}, or it is not public; {names}") from None
    except RevisionNotFoundError:
        raise ModelUnavailable(f"{name}: {repository} has no such revision; leave it away for the newest.") from None
    except OfflineModeIsEnabled:
        raise ModelUnavailable(
            f"{name} cannot be downloaded while HF_HUB_OFFLINE is set; unset it and try again."
        ) from None
    except Exception as error:  # noqa: BLE001 - the client raises kinds of a dozen libraries; all mean: not here
        # an error of the disk names its file, but for a full one
        if isinstance(error, OSError) and (error.filename or error.errno in (errno.ENOSPC, errno.EDQUOT)):
            reason, remedy = f"to {constants.HF_HUB_CACHE}", "Make room there, or set HF_HOME to another folder"
        else:
            reason, remedy = f"from {constants.ENDPOINT}", "Check the network and try again"
        said = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".:")
        raise ModelUnavailable(f"{name} cannot be downloaded {reason} ({said}). {remedy}{comfort}") from None


_offline = threading.Lock()


@contextmanager
def no_hub() -> Iterator[None]:
    """Loading asks the hub whether its files are the newest, for half a minute where there is no network: not here."""
    from huggingface_hub import constants

    with _offline:
        before = constants.HF_HUB_OFFLINE
        constants.HF_HUB_OFFLINE = True
        try:
            yield
        finally:
            constants.HF_HUB_OFFLINE = before
