"""The hub's cache on this machine: what lies in it, and putting something in. Only `download` uses the network."""

from __future__ import annotations

from pathlib import Path

from vlm.errors import ModelUnavailable

# How long the hub may take to answer before it counts as out of reach: its own client tries for half a minute.
PATIENCE_SECONDS = 5.0
NEEDED = ("open_clip_config.json", ("open_clip_model.safetensors", "open_clip_pytorch_model.bin"))


def snapshot(repository: str) -> Path | None:
    """The folder of a downloaded open_clip repository with its config and weights, or None."""
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(repository, NEEDED[0])
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    return folder if any((folder / name).exists() for name in NEEDED[1]) else None


def download(repository: str) -> None:
    """Get an open_clip repository; an interrupted download goes on where it was. Raises ModelUnavailable."""
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        files = {file.rfilename for file in HfApi().model_info(repository, timeout=PATIENCE_SECONDS).siblings or ()}
        weights = next((name for name in NEEDED[1] if name in files), None)
        if weights is None:
            raise ModelUnavailable(f"{repository} holds no open_clip weights; choose another (imsearch models list).")
        snapshot_download(repository, allow_patterns=["*.json", "*.txt", "*.model", weights])
    except ModelUnavailable:
        raise
    except RepositoryNotFoundError:
        raise ModelUnavailable(f"The hub has no {repository}, or it is not public; see imsearch models list.") from None
    except Exception as error:  # noqa: BLE001 - the client raises kinds of a dozen libraries; all mean: not here
        raise ModelUnavailable(
            f"{repository} cannot be downloaded: {constants.ENDPOINT} does not answer ({type(error).__name__}). "
            "Check the network and try again; mini works without."
        ) from None
