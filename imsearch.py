"""imsearch: find pictures by what they mean, by the words in them and by example.

    from imsearch import Library

The table of contents: where the library lies, and the command line's root. Each package brings its own commands.
Every option may also be set in the environment: IMSEARCH_LIBRARY, IMSEARCH_SERVE_PORT, IMSEARCH_INDEX_MODEL ...
"""

from __future__ import annotations

import importlib
import os
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from indexer import Edit, Filter
    from search import Hit, Library, Query, Results
    from vlm import ImsearchError

__all__ = ["Edit", "Filter", "Hit", "ImsearchError", "Library", "Query", "Results", "main"]

# Loaded on first use: whoever presses Ctrl+C while they load sees one sentence too.
_HOMES = {
    "Edit": "indexer", "Filter": "indexer", "Hit": "search", "ImsearchError": "vlm", "Library": "search", "Query": "search",
    "Results": "search",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


# A command's module is imported when that command runs: `search` must not pay for the others.
COMMANDS = {
    "index": "search.indexing",
    "watch": "search.indexing",
    "retry": "search.indexing",
    "status": "search.health",
    "annotate": "search.annotating",
    "failures": "search.health",
    "doctor": "search.health",
    "search": "search.commands",
    "ask": "search.asking",
    "parse": "search.commands",
    "explain": "search.explain",
    "where": "search.where",
    "similar": "search.commands",
    "show": "search.commands",
    "export": "search.commands",
    "import": "search.importing",
    "evaluate": "search.commands",
    "duplicates": "search.duplicates",
    "judge": "search.judging",
    "save": "search.saved",
    "saved": "search.saved",
    "edit": "search.editing",
    "teach": "search.teaching",
    "concepts": "search.teaching",
    "forget": "search.teaching",
    "models": "search.models",
    "adapt": "vlm.adapting",
    "ocr": "search.looking",
    "detect": "search.looking",
    "moderate": "search.looking",
    "caption": "search.telling",
    "classify": "search.telling",
    "describe": "search.telling",
    "generate": "search.telling",
    "serve": "web.commands",
    "token": "web.token_commands",
    "mcp": "web.commands",
    "demo": "search.demo.commands",
}
WITHOUT_LIBRARY = (
    "adapt", "demo", "parse", "models list", "models get",
    "ocr", "detect", "moderate", "caption", "classify", "describe", "generate",
)  # fmt: skip


def default_library() -> Path:
    """`imsearch/library` in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("imsearch", appauthor=False) / "library"


class Root(click.Group):
    """The commands by name, loaded lazily; every error of ours ends as one sentence and its exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name])
        command: click.Command = getattr(module, f"{cmd_name}_command", None) or getattr(module, cmd_name)
        _ask_for_library(command, cmd_name)
        if command.context_settings.get("ignore_unknown_options"):
            # in a query -night leaves out the night: its h asks for no help
            command.context_settings["help_option_names"] = ["--help"]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Click's own; a command that there is not is refused with the nearest one that there is."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], COMMANDS, 1)
            raise click.UsageError(f"{error.message} Did you mean {near[0]}?" if near else error.message, ctx) from None

    def invoke(self, ctx: click.Context) -> object:
        try:
            done = super().invoke(ctx)
            sys.stdout.flush()
            return done
        except BrokenPipeError:
            # the reader of our output (head, less) has gone: nothing is wrong
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except OSError as error:
            click.echo(f"imsearch: {error.filename or 'a file'}: {error.strerror or error}.", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("imsearch: interrupted; nothing is lost: run it again to go on.", err=True)
            ctx.exit(130)
        except Exception as error:
            from vlm import ImsearchError

            if not isinstance(error, ImsearchError):
                raise
            click.echo(f"imsearch: {error}", err=True)
            ctx.exit(error.exit_code)


def _ask_for_library(command: click.Command, name: str) -> None:
    """The option --library for a command and those below it, so that it may stand after any of their words."""
    if name not in WITHOUT_LIBRARY and all(p.name != "library" for p in command.params):
        command.params.append(
            click.Option(
                ["--library"], type=click.Path(path_type=Path), expose_value=False, callback=_use_library,
                help="The library's folder (or set IMSEARCH_LIBRARY).",
            )
        )  # fmt: skip
    if isinstance(command, click.Group):
        for below, inner in command.commands.items():
            _ask_for_library(inner, f"{name} {below}")


def _use_library(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.obj = value


@click.command(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "IMSEARCH"})
@click.version_option(package_name="imsearch")
@click.option("--library", type=click.Path(path_type=Path), default=default_library, help="The library's folder.")
@click.pass_context
def cli(ctx: click.Context, library: Path) -> None:
    """Find pictures by what they mean, by the words in them and by example.

    Begin with: imsearch index FOLDER, then: imsearch search "a dog on the beach".

    Exit codes: 0 done, 1 failed, 2 not understood, 3 the library, 4 a model, 130 interrupted.
    """
    ctx.obj = library


def main() -> None:
    """The command `imsearch`."""
    sys.exit(cli(standalone_mode=True))


if __name__ == "__main__":
    main()
