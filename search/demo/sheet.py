"""A contact sheet: searches and what they found, as one page and as one picture."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from search.demo.brushes import CJK, first_font, font

CELL, GAP, TITLE = 220, 14, 40


@dataclass(frozen=True, slots=True)
class Row:
    """One search: its title, and (thumbnail, why it was found, weak) for each hit."""

    title: str
    hits: tuple[tuple[Path, str, bool], ...]


def write_sheet(rows: Sequence[Row], folder: Path) -> tuple[Path, Path]:
    """contact-sheet.html and contact-sheet.png in `folder`, each complete in itself."""
    page, picture = folder / "contact-sheet.html", folder / "contact-sheet.png"
    page.write_text(_page(rows), encoding="utf-8")
    _picture(rows).save(picture)
    return page, picture


def _page(rows: Sequence[Row]) -> str:
    sections = "\n".join(
        f"<h2>{escape(row.title)}</h2><div>" + "".join(_figure(*hit) for hit in row.hits) + "</div>" for row in rows
    )
    style = (
        "body{font:16px system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#222;background:#fafafa}"
        "h2{margin:2rem 0 .6rem}div{display:flex;flex-wrap:wrap;gap:.8rem}figure{margin:0}"
        "img{height:11rem;border-radius:.5rem;display:block}figcaption{color:#666;font-size:.85rem}.weak{opacity:.45}"
        "@media(prefers-color-scheme:dark){body{color:#eee;background:#181818}figcaption{color:#aaa}}"
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>imsearch: a contact sheet</title><style>{style}</style><h1>What imsearch found</h1>\n{sections}</html>\n"
    )


def _figure(thumbnail: Path, why: str, weak: bool) -> str:
    data = base64.b64encode(thumbnail.read_bytes()).decode()
    kind = " class=weak" if weak else ""
    return f"<figure{kind}><img src='data:image/webp;base64,{data}' alt='{escape(why)}'><figcaption>{escape(why)}</figcaption></figure>"


def _font(title: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    other = None if title.isascii() else first_font(CJK, 24)
    return other or font(24)


def _picture(rows: Sequence[Row]) -> Image.Image:
    most = max((len(row.hits) for row in rows), default=1)
    sheet = Image.new("RGB", (GAP + most * (CELL + GAP), GAP + len(rows) * (CELL + TITLE + 24 + GAP)), (250, 250, 250))
    draw = ImageDraw.Draw(sheet)
    for line, row in enumerate(rows):
        top = GAP + line * (CELL + TITLE + 24 + GAP)
        draw.text((GAP, top + 8), row.title, font=_font(row.title), fill=(20, 20, 20))
        for column, (thumbnail, why, weak) in enumerate(row.hits):
            left = GAP + column * (CELL + GAP)
            with Image.open(thumbnail) as opened:
                cell = ImageOps.pad(opened.convert("RGB"), (CELL, CELL), color=(250, 250, 250))
            sheet.paste(
                Image.blend(cell, Image.new("RGB", cell.size, "white"), 0.55 if weak else 0), (left, top + TITLE)
            )
            draw.text((left, top + TITLE + CELL + 4), why, font=font(14), fill=(110, 110, 110))
    return sheet
