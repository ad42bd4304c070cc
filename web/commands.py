"""The commands `serve` and `mcp`."""

from __future__ import annotations

import signal
import socket
import sys
import time
import webbrowser
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click

from indexer.indexer import check_roots
from indexer.paths import to_path
from search.blurring import Blur, blurring
from search.indexing import FolderPath, opened
from search.library import Library
from vlm import load_model
from vlm.errors import UsageError
from vlm.tasks.asked import can_answer

if TYPE_CHECKING:
    import uvicorn


@click.command()
@click.argument("folders", nargs=-1, type=FolderPath())
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Listen here; 0.0.0.0 for every network. Others than 127.0.0.1 need a token.",
)
@click.option(
    "--name", "names", multiple=True, metavar="NAME", help="Also a name others reach it by (a proxy's); once each."
)
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="SPEC",
    help="A model that may be asked and annotate, e.g. gemma:google/gemma-4-E2B-it; the first one answers.",
)
@click.option("--open", "show", is_flag=True, help="Open the page in the browser.")
@click.option("--allow-urls", is_flag=True, help="Fetch pictures by address from the public web to search by them.")
@blurring
@click.pass_obj
def serve(
    place: Path,
    folders: tuple[Path, ...],
    host: str,
    names: tuple[str, ...],
    port: int,
    models: tuple[str, ...],
    show: bool,
    allow_urls: bool,
    blur_above: Blur,
) -> None:
    """The page and the API, for this machine alone; with --host or --name for others, each with a token.

    With FOLDERS their new and changed pictures are indexed meanwhile, and appear on the page as they come.
    """
    from web.access import Access, Served
    from web.app import create_app
    from web.fetching import Fetcher
    from web.memory import keep_little
    from web.server import server

    keep_little()
    served = Served(host, names)
    _must_be_free(host, port)
    wanted = [folder.absolute() for folder in folders]
    with opened(place, folders) if folders else Library.open(place) as library:
        # said here, not only on the page when the job comes to it
        check_roots(wanted, [to_path(root) for root in library.store.catalog.roots.paths().values()])
        if served.beyond and not Access(library.folder, served).keys.all("token"):
            raise UsageError(
                f"{' '.join((host, *names))} serves others too, and each needs a token; make one first with: "
                "imsearch token add NAME (or serve this machine alone, at 127.0.0.1)"
            )
        click.echo(f"imsearch is at http://{_reached(host)}:{port} (stop with Ctrl+C)")
        if served.beyond:
            click.echo(
                "Over http others on the way can read what is sent; docs/security.md says how to put https before it."
            )
        fetcher = Fetcher() if allow_urls else None
        app = create_app(library, blur_above, models, served, fetcher, index=wanted)
        serving = server(app, served, port)
        # a terminal that is closed stops it as Ctrl+C does
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
            signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
        if show:
            Thread(target=_show, args=(serving, f"http://{_reached(host)}:{port}"), daemon=True).start()
        serving.run()


@click.command()
@click.option("--model", "spec", metavar="SPEC", help="The model that answers `ask`, e.g. gemma:google/gemma-4-E2B-it.")
@click.option("--places", is_flag=True, help="Also tell where pictures were taken (coordinates, places by name).")
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
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family):
            pass
    except OSError as error:
        raise UsageError(
            f"Port {port} of {host} cannot be used ({error.strerror}); choose another with --port."
        ) from None


def _show(serving: uvicorn.Server, address: str) -> None:
    """Open the page once it answers."""
    while not serving.started:
        time.sleep(0.05)
    webbrowser.open(address)


def _reached(host: str) -> str:
    """What others write to reach this machine. Nothing is sent: the system only says from where it would be."""
    if host in ("0.0.0.0", "::"):
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect(("192.0.2.1", 9))
            return str(asking.getsockname()[0])
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
