"""The commands `serve` and `mcp`."""

from __future__ import annotations

import signal
import socket
import sys
from contextlib import closing, suppress
from pathlib import Path

import click

from search.blurring import Blur, blurring
from search.library import Library
from vlm import load_model
from vlm.errors import UsageError
from vlm.tasks.asked import can_answer


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True)
@blurring
@click.pass_obj
def serve(place: Path, host: str, port: int, blur_above: Blur) -> None:
    """The page and the API, on this machine only."""
    import uvicorn

    from web.app import create_app

    if host not in ("127.0.0.1", "localhost", "::1"):
        raise UsageError(f"imsearch serves this machine only for now, not {host}; use 127.0.0.1.")
    _must_be_free(host, port)
    with Library.open(place) as library:
        click.echo(f"imsearch is at http://{host}:{port} (stop with Ctrl+C)")
        uvicorn.run(create_app(library, blur_above), host=host, port=port, log_level="warning")


@click.command()
@click.option("--model", "spec", metavar="SPEC", help="The model that answers `ask`, e.g. gemma:google/gemma-4-E2B-it.")
@click.option("--places", is_flag=True, help="Also tell where pictures were taken (latitude, longitude).")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Answer at http://127.0.0.1:PORT/mcp, not on standard input and output.",
)
@blurring
@click.pass_obj
def mcp(place: Path, spec: str | None, places: bool, port: int | None, blur_above: Blur) -> None:
    """Let an assistant (Claude, an editor ...) search this library, look at pictures and ask about them; it can change nothing.

    The assistant starts this by itself: docs/mcp.md says what to write into its settings. What is blurred on the page is
    not shown to it.
    """
    model = load_model(spec) if spec else None
    if model and not can_answer(model):
        raise UsageError(f"{spec} answers no questions; name a model that does (docs/vision.md).")
    if port is not None:
        _must_be_free("127.0.0.1", port)
    with Library.open(place) as library:
        from web.mcp import Assisted, create_server, run_here

        with closing(Assisted(library, blur_above, model, places)) as assisted:
            server = create_server(assisted)
            if port is None:
                if sys.stdin.isatty():
                    click.echo("An assistant should start this (docs/mcp.md says how); stop with Ctrl+C.", err=True)
                # a thread waits for the next line and cannot be interrupted; nothing is written that could break off
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                server.run("stdio")
            else:
                click.echo(f"imsearch answers assistants at http://127.0.0.1:{port}/mcp (stop with Ctrl+C)", err=True)
                with suppress(KeyboardInterrupt):
                    run_here(server, port)


def _must_be_free(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used ({error.strerror}); choose another with --port.") from None
