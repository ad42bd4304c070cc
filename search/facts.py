"""What is stored of pictures, told in words: an answer where no model is set up, and notes beside a picture where one is.

Pure functions of values. Numbers in brackets name the pictures, as in every answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from indexer.paths import printable
from indexer.plain import plain
from indexer.records import Picture, Text
from vlm.tasks.guard import quoted

# Words of a question that stand on many a sign and are not looked for there.
_ASKING = frozenset(
    "what which where when does say says said read text word words written the this that these those are".split()
)
# Pictures taken within so many days of each other are told as taken around the same time.
_APART = timedelta(days=3)
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture that a question is about, by its number in the answer, with what is stored of it."""

    number: int
    picture: Picture
    texts: tuple[Text, ...] = ()
    objects: tuple[tuple[str, int], ...] = ()

    def said(self, kind: str) -> list[str]:
        """Its texts of a kind, each cut to a few lines; what several have said alike once."""
        found = [_cut(text.text) for text in self.texts if text.kind == kind and text.text.strip()]
        return list({plain(one): one for one in reversed(found)}.values())[::-1]


def place_of(picture: Picture, digits: int = 6) -> str:
    """Where a picture was taken: by name, with its coordinates; empty where that is not known."""
    exif = picture.exif
    if exif.latitude is None or exif.longitude is None:
        return ""
    at = f"{round(exif.latitude, digits)}, {round(exif.longitude, digits)}"
    return f"{picture.place} ({at})" if picture.place else at


def notes(shown: Shown) -> str:
    """One line that stands beside a picture when a model is asked; what was read in it is quoted."""
    told = [f"file {_name(shown)}"]
    if shown.picture.exif.taken_at:
        told.append(f"taken {shown.picture.exif.taken_at[:16].replace('T', ' ')}")
    told += [f"caption: {quoted(caption)}" for caption in shown.said("caption")]
    told += [f"note of its owner: {quoted(note)}" for note in shown.said("note")]
    told += [f"words read in it: {quoted(words)}" for words in shown.said("ocr")]
    if shown.objects:
        told.append("seen in it: " + _counted(shown.objects))
    return "; ".join(told)


def facts(question: str, shown: Sequence[Shown]) -> str:
    """What the stored facts say to a question: those that it asks for, else all that there are."""
    asked = [tell for words, tell in _FACTS if words.search(question)]
    told = [line for tell in asked or [tell for _, tell in _FACTS] for line in tell(question, shown)]
    pictures = "One picture" if len(shown) == 1 else f"{len(shown)} pictures"
    first = f"{pictures}: {_numbers(shown)}."
    if told:
        return "\n".join([first, *told])
    return f"{first}\nNothing is stored of {'it' if len(shown) == 1 else 'them'} that answers this."


def _when(_: str, shown: Sequence[Shown]) -> list[str]:
    dated = sorted((_day(each), each.number) for each in shown if each.picture.exif.taken_at)
    if not dated:
        return ["No date is stored."]
    groups: list[list[tuple[date, int]]] = [[dated[0]]]
    for row in dated[1:]:
        if row[0] - groups[-1][-1][0] > _APART:
            groups.append([])
        groups[-1].append(row)
    told = []
    for group in groups:
        first, last = group[0][0], group[-1][0]
        days = f"{first}" if first == last else f"between {first} and {last}"
        told.append(f"Taken {'on ' if first == last else ''}{days}: {''.join(f'[{n}]' for _, n in group)}.")
    undated = [each for each in shown if not each.picture.exif.taken_at]
    return [*told, *([f"Without a date: {_numbers(undated)}."] if undated else [])]


def _where(_: str, shown: Sequence[Shown]) -> list[str]:
    told = [
        f"[{each.number}] was taken {'in' if each.picture.place else 'at'} {place}."
        for each in shown
        if (place := place_of(each.picture, 4))
    ]
    return [*told, *_by(shown, "In the folder", lambda each: printable(each.picture.path.split("/")[-2]))]


def _camera(_: str, shown: Sequence[Shown]) -> list[str]:
    return _by(shown, "Taken with", lambda each: each.picture.exif.camera or "")


def _read(question: str, shown: Sequence[Shown]) -> list[str]:
    """The lines that hold a word of the question, each with the next one (a total stands after its name); else how it begins."""
    asked = {word for word in re.findall(r"\w{3,}", question.lower()) if word not in _ASKING}
    told = []
    for each in shown:
        for text in each.texts:
            if text.kind == "ocr" and text.text.strip():
                lines = text.text.splitlines()
                at = [i for i, line in enumerate(lines) if asked & set(re.findall(r"\w{3,}", line.lower()))]
                near = sorted({j for i in at for j in (i, i + 1) if j < len(lines)})
                told.append(f"Read in [{each.number}]: {quoted(_cut(' / '.join(lines[j] for j in near) or text.text))}")
    return told


def _seen(question: str, shown: Sequence[Shown]) -> list[str]:
    words = set(re.findall(r"\w+", question.lower()))
    told = []
    for each in shown:
        asked = [(label, n) for label, n in each.objects if words & {label.lower(), f"{label.lower()}s"}]
        if asked or (each.objects and not _names_a_label(words, shown)):
            told.append(f"Seen in [{each.number}]: {_counted(asked or each.objects)}.")
    tagged = [f"Tags of [{each.number}]: {', '.join(each.said('tag'))}." for each in shown if each.said("tag")]
    return told or tagged


def _described(_: str, shown: Sequence[Shown]) -> list[str]:
    return [f"[{each.number}]: {said}" for each in shown for said in each.said("caption") + each.said("note")]


# The words of a question that ask for each of them. First those that a picture's file holds, then what models wrote.
_FACTS: tuple[tuple[re.Pattern[str], Callable[[str, Sequence[Shown]], list[str]]], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.I), tell)
    for words, tell in (
        ("when|dates?|days?|years?|months?|trips?|oldest|newest|time", _when),
        ("where|places?|folders?|trips?|location|city|country", _where),
        ("cameras?|lens|phone|taken with", _camera),
        ("read|reads|say|says|said|written|writes?|text|words?|sign|signs|label|price|total|number|name", _read),
        ("how many|count|objects?|things?|see|people|persons?|who|animals?", _seen),
        ("what|show|shows|describe|caption|about|happens?|happening", _described),
    )
)


def _names_a_label(words: set[str], shown: Sequence[Shown]) -> bool:
    labels = {label.lower() for each in shown for label, _ in each.objects}
    return bool(words & (labels | {f"{label}s" for label in labels}))


def _by(shown: Sequence[Shown], begins: str, key: Callable[[Shown], str]) -> list[str]:
    groups: dict[str, list[Shown]] = {}
    for each in shown:
        if name := key(each):
            groups.setdefault(name, []).append(each)
    return [f"{begins} {name}: {_numbers(those)}." for name, those in groups.items()]


def _day(shown: Shown) -> date:
    return date.fromisoformat((shown.picture.exif.taken_at or "")[:10])


def _name(shown: Shown) -> str:
    return printable("/".join(shown.picture.path.split("/")[-2:]))


def _numbers(shown: Sequence[Shown]) -> str:
    return "".join(f"[{each.number}]" for each in shown)


def _counted(objects: Sequence[tuple[str, int]]) -> str:
    return ", ".join(label if n == 1 else f"{n} x {label}" for label, n in objects)


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rpartition(' ')[0]} …"
