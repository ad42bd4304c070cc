"""Which embedders there are, and getting one (the only command that downloads): parts of the command `models`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from vlm.cache import download, download_model, model_snapshot, snapshot
from vlm.choices import CHOICES, on_this_machine
from vlm.errors import UnknownModel
from vlm.models.checkpoint import Checkpoint
from vlm.registry import FROM_HUB


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_models(as_json: bool) -> None:
    """The named models: quality as published, size, languages, licence, and whether each is here."""
    if as_json:
        click.echo(json.dumps([asdict(choice) | {"here": on_this_machine(choice)} for choice in CHOICES]))
        return
    from rich.table import Table

    from vlm.console import Terminal

    table = Table(box=None)
    table.add_column("name", no_wrap=True)  # it is to be typed
    for heading in ("here", "COCO", "Flickr", "size", "languages", "licence"):
        table.add_column(heading)
    for c in CHOICES:
        figures = [f"{v:.1f}" if v else "-" for v in (c.coco, c.flickr)]
        size = f"{c.megabytes / 1000:.1f} GB" if c.megabytes else "built in"
        languages = c.languages.removesuffix(" languages")
        table.add_row(c.name, "yes" if on_this_machine(c) else "", *figures, size, languages, c.licence)
    Terminal().print(table)
    click.echo("COCO, Flickr: how often (%) a caption finds its picture first, as published; see docs/models.md.")
    click.echo("Get one with: imsearch models get NAME")
    click.echo("Models that caption, answer or find things are got the same way; their names are in docs/vision.md.")


@click.command()
@click.argument("name")
def get(name: str) -> None:
    """Download NAME: one of the list, ARCHITECTURE/PRETRAINED as open_clip names them, hf-hub:ORG/NAME, or a model that
    writes words by its spec, FAMILY:ORG/NAME[@REVISION] (gemma, idefics, blip).
    """
    family, _, rest = name.partition(":")
    if family in FROM_HUB:
        _get_checkpoint(name, Checkpoint.parse(family, rest))
        return
    choice = next((choice for choice in CHOICES if choice.name == name), None)
    if choice and not choice.automatic:
        click.echo(f"Note: {choice.name} is licensed for research only ({choice.licence}).")
    if choice and not choice.hub:
        click.echo(f"{name} is built in.")
        return
    repository = choice.hub if choice else _repository(name)
    if snapshot(repository) is None:
        download(name, repository)
    click.echo(f"{name} is on this machine.")


def _get_checkpoint(name: str, checkpoint: Checkpoint) -> None:
    revision = checkpoint.revision or None
    # a folder is asked for what it lacks, a repository is downloaded
    if Path(checkpoint.name).is_absolute():
        _ = checkpoint.folder
    elif model_snapshot(checkpoint.name, revision) is None:
        download_model(name, checkpoint.name, revision)
    click.echo(f"{name} is on this machine.")


def _repository(name: str) -> str:
    if "/" not in name:
        raise UnknownModel(f"There is no named model {name!r}; known are: {', '.join(c.name for c in CHOICES)}.")
    from vlm.embedders.openclip import OpenClipEmbedder

    return OpenClipEmbedder(name.removeprefix("openclip:")).hub
