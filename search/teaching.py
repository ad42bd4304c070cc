"""Commands for concepts: teach, concepts, forget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from indexer.concepts import Concept
from indexer.lock import writing
from search.commands import named_picture
from search.concepts import Concepts
from search.fitting import interval
from search.library import Library
from vlm.errors import UsageError
from vlm.wording import many

_JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")
# Below this the interval of the precision is wider than half of all there is: it is shown, and called a guess.
_ENOUGH = 5


class _ManyValues(click.Command):
    """Lets `--yes` and `--no` take every word up to the next option: --yes 1 2 3 --no 4."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        current, first = None, False
        for word in args:
            if word in ("--yes", "--no"):
                current, first = word, True
                spread.append(word)
            elif current and not word.startswith("-"):
                spread += [word] if first else [current, word]
                first = False
            else:
                current = None
                spread.append(word)
        return super().parse_args(ctx, spread)


@click.command(cls=_ManyValues)
@click.argument("name")
@click.option("--yes", multiple=True, metavar="ID…", help="Pictures that show it: ids or paths, as many as you like.")
@click.option("--no", multiple=True, metavar="ID…", help="Pictures that do not.")
@_JSON
@click.pass_obj
def teach(place: Path, name: str, yes: tuple[str, ...], no: tuple[str, ...], as_json: bool) -> None:
    """Teach the concept NAME by example; it is then a tag on every picture that seems to show it, old and new.

    Some ten examples are a good start, half of them --no. Run it again to correct it: examples add up, and the latest
    word on a picture holds.
    """
    if not yes and not no:
        raise UsageError(f"Nothing is said of {name}; name pictures with --yes and --no (ids are in any search).")
    with Library.open(place) as library, writing(library.folder):
        shown, others = ([named_picture(library, one) for one in names] for names in (yes, no))
        taught = Concepts(library.store).teach(name, shown, others)
    if as_json:
        click.echo(json.dumps(concept_json(taught.concept) | {"moved": taught.moved, "least_sure": taught.least_sure}))
        return
    click.echo(told(taught.concept))
    if taught.moved:
        click.echo(f"{many(taught.moved, 'example')} changed sides.")
    if taught.least_sure:
        ids = " ".join(map(str, taught.least_sure))
        click.echo(f"Least sure of: {ids} (imsearch show ID; say --yes or --no to these and it learns most).")


@click.command()
@_JSON
@click.pass_obj
def concepts(place: Path, as_json: bool) -> None:
    """The concepts that were taught, and how far each can be trusted."""
    with Library.open(place) as library:
        known = Concepts(library.store).all()
    if as_json:
        click.echo(json.dumps([concept_json(one) for one in known]))
        return
    for one in known:
        click.echo(told(one))
    if not known:
        click.echo("No concept was taught yet; begin with: imsearch teach NAME --yes ID… --no ID…")


@click.command()
@click.argument("name", required=False)
@click.option("--opened", is_flag=True, help="Forget which pictures you opened, in place of a concept.")
@click.pass_obj
def forget(place: Path, name: str | None, opened: bool) -> None:
    """Forget the concept NAME, its examples and the tags that came of it; tags of other origin stay."""
    if opened == bool(name):
        raise UsageError("Say what to forget: the NAME of a concept (imsearch concepts lists them), or --opened.")
    if not name:
        with Library.open(place) as library:
            click.echo(f"Forgot which pictures you opened ({library.store.catalog.opened.forget()}).")
        return
    with Library.open(place) as library, writing(library.folder):
        gone = Concepts(library.store).forget(name)
    click.echo(f"{gone.name} is forgotten; {many(gone.tagged, 'picture')} lost its tag.")


def concept_json(concept: Concept) -> dict[str, Any]:
    """A concept as scripts see it; the three figures are null where there is nothing to measure them on."""
    yes, no = _counts(concept)
    made: dict[str, Any] = {"name": concept.name, "yes": yes, "no": no, "tagged": concept.tagged}
    made |= {"taught_at": concept.taught_at, "fitted": concept.classifier is not None}
    made |= {"precision": None, "precision_interval": None, "recall": None}
    if concept.classifier:
        held = concept.classifier.held_out
        called = held.found + held.wrongly_tagged
        if no and called:
            made["precision"] = round(held.found / called, 3)
            made["precision_interval"] = [round(end, 3) for end in interval(held.found, called)]
        made["recall"] = round(held.found / max(1, held.found + held.missed), 3)
    return made


def told(concept: Concept) -> str:
    """One concept in a line or two: what it was taught from, what it tags, and how far that can be trusted."""
    yes, no = _counts(concept)
    start = f"{concept.name}: taught from {many(yes, 'picture')} with it and {no} without; {many(concept.tagged, 'picture')} tagged."
    if concept.classifier is None:
        return f"{start}\n  Too few of its examples are in the library now, so only they are tagged; teach it more."
    held = concept.classifier.held_out
    called = held.found + held.wrongly_tagged
    if not no or not called:
        return f"{start}\n  How precise it is cannot be told without examples that do not show it; add some with --no."
    low, high = interval(held.found, called)
    said = (
        f"  Cross-validation: {held.found} of {many(called, 'example')} that it would tag do show it (precision "
        f"{held.found / called:.0%}, 95 % between {low:.0%} and {high:.0%}); it misses {held.missed} of {yes}."
    )
    if min(yes, no) < _ENOUGH:
        said += f"\n  That is a guess: a figure needs {_ENOUGH} examples of each kind or more."
    # measured: 0.9 claimed was 0.6 true (docs/concepts.md), as half of the examples show it and few of the library do
    said += f'\n  Fewer of your library show it than of your examples, so expect less; look: imsearch search "{concept.name}"'
    return f"{start}\n{said}"


def _counts(concept: Concept) -> tuple[int, int]:
    yes = sum(concept.examples.values())
    return yes, len(concept.examples) - yes
