"""How many harmless pictures would be shown blurred, at which threshold: false alarms, by folder.

    python -m benchmarks.moderation ../shared/data/photos ../shared/data/receipts ../shared/data/ocr_scripts

Looks at every picture of the folders and says for each threshold how many of them any category reaches. Pictures that
belong to a category are nowhere here, so nothing is measured of how many of those are found.
"""

from __future__ import annotations

from pathlib import Path

import click

from indexer.errors import PictureError
from indexer.looking import look
from vlm.choices import choose
from vlm.errors import PictureRefused
from vlm.tasks.moderate import moderator

THRESHOLDS = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9)


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--model", help="A spec; else the best on this machine.")
def main(folders: tuple[Path, ...], model: str | None) -> None:
    judge = moderator(model or choose().spec)
    click.echo(f"{judge.spec}, version {judge.prompt_version}; blurred above {THRESHOLDS}")
    for folder in folders:
        rows = []
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            try:
                rows.append({label.word: label.chance for label in look(file, judge).labels})
            except (PictureError, PictureRefused):
                continue  # what is no picture: READMEs, captions
        total = [sum(max(row.values()) > threshold for row in rows) for threshold in THRESHOLDS]
        click.echo(f"{folder.name}: {len(rows)} pictures, blurred {total}")
        for name in rows[0] if rows else ():
            counts = [sum(row[name] > threshold for row in rows) for threshold in THRESHOLDS]
            if any(counts):
                click.echo(f"    {name} {counts}")


if __name__ == "__main__":
    main()
