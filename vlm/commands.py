"""The command `models`: which embedders there are, and getting one. The only command that downloads."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import click

from vlm.choices import CHOICES, choice_of, on_this_machine
from vlm.errors import ModelUnavailable


@click.group()
def models() -> None:
    """The models that turn pictures and phrases into vectors."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_models(as_json: bool) -> None:
    """The named models: quality as published, size, languages, licence, and whether each is here."""
    if as_json:
        click.echo(json.dumps([asdict(choice) | {"here": on_this_machine(choice)} for choice in CHOICES]))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "here", "COCO R@1", "Flickr R@1", "size", "languages", "licence", box=None)
    for c in CHOICES:
        figures = [f"{v:.1f}" if v else "-" for v in (c.coco, c.flickr)]
        size = f"{c.megabytes / 1000:.1f} GB" if c.megabytes else "built in"
        table.add_row(c.name, "yes" if on_this_machine(c) else "", *figures, size, c.languages, c.licence)
    Console().print(table)
    click.echo("Get one with: imsearch models get NAME")


@models.command()
@click.argument("name")
def get(name: str) -> None:
    """Download the named model NAME."""
    choice = choice_of(name)
    if not choice.automatic:
        click.echo(f"Note: {choice.name} is licensed for research only ({choice.licence}).")
    if not on_this_machine(choice):
        # The hub's own patience is minutes; a person should know within seconds.
        os.environ.setdefault("HF_HUB_ETAG_TIMEOUT", "5")
        os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", "15")
        from huggingface_hub import snapshot_download

        try:
            snapshot_download(choice.hub, allow_patterns=["*.json", "*.txt", "*.model", "open_clip_model.safetensors"])
        except Exception as error:  # noqa: BLE001 - the hub client raises kinds of a dozen libraries; all mean: not here
            raise ModelUnavailable(
                f"{choice.name} cannot be downloaded ({type(error).__name__}); is there a network?"
            ) from None
    click.echo(f"{choice.name} is on this machine.")
