"""The command `serve`."""

from __future__ import annotations

import socket
from pathlib import Path

import click

from search.blurring import Blur, blurring
from search.library import Library
from vlm.errors import UsageError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="SPEC",
    help="A model that may be asked and annotate, e.g. gemma:google/gemma-4-E2B-it; the first one answers.",
)
@blurring
@click.pass_obj
def serve(place: Path, host: str, port: int, models: tuple[str, ...], blur_above: Blur) -> None:
    """The page and the API, on this machine only."""
    import uvicorn

    from web.app import create_app

    if host not in ("127.0.0.1", "localhost", "::1"):
        raise UsageError(f"imsearch serves this machine only for now, not {host}; use 127.0.0.1.")
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used ({error.strerror}); choose another with --port.") from None
    with Library.open(place) as library:
        click.echo(f"imsearch is at http://{host}:{port} (stop with Ctrl+C)")
        uvicorn.run(create_app(library, blur_above, models), host=host, port=port, log_level="warning")
