"""Text as the full-text index sees it. Whatever a person types is words, never query syntax.

SQLite's unicode61 tokenizer takes a run of Chinese, Japanese, Korean or Thai for one word, so that nothing inside it
could be found. Such runs are stored as overlapping pairs of characters, and the last character alone: a query of one
character is then a prefix, a longer one a phrase of pairs.
"""

from __future__ import annotations

import re
import unicodedata

# Scripts that put no space between words: Thai, Lao, Myanmar, Khmer, kana, Han, Hangul and their extensions.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
_RUN = re.compile(f"[{_UNSPACED}]+")
_WORD = re.compile(f"[{_UNSPACED}]+|[^\\W_{_UNSPACED}]+")
_PART = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_BORDER = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")

STOP = frozenset(
    (
        "a an and are as at be by for from has have he her his in into is it its my of "
        "on or our she some that the their there these they this those to was we were with you your"
    ).split()
)
# A query of more words than this says no more about what is looked for; each costs a look-up.
MOST_WORDS = 24


def clean(text: str) -> str:
    """Composed characters (NFKC), without NUL and lone surrogates, which SQLite cannot hold."""
    return unicodedata.normalize("NFKC", "".join(" " if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text))


def folded(text: str) -> str:
    """Text for comparing names in any script: SQLite's own lower() knows ASCII alone."""
    return clean(text).casefold()


def pairs(run: str) -> list[str]:
    """'東京都' -> ['東京', '京都', '都']."""
    return [run[i : i + 2] for i in range(len(run))]


def indexable(text: str) -> str:
    """Text with its unspaced runs taken apart."""
    return _RUN.sub(lambda run: f" {' '.join(pairs(run[0]))} ", clean(text))


def indexable_name(name: str) -> str:
    """A file or folder name: as it is, and taken apart at borders such as beachParty2024."""
    whole = clean(name)
    apart = _BORDER.sub(" ", whole)
    return indexable(whole if apart == whole else f"{whole} {apart}")


def query_words(text: str) -> list[str]:
    """The distinct words of a query, in order, without stop words unless it has no others; at most MOST_WORDS."""
    words = list(dict.fromkeys(word.lower() for word in _WORD.findall(clean(text))))
    return ([word for word in words if word not in STOP] or words)[:MOST_WORDS]


def tokens_with_places(text: str) -> list[tuple[str, int]]:
    """Each word of a text, as it stands there, and the character it begins at; a run of an unspaced script is one."""
    return [(found[0], found.start()) for found in _WORD.finditer(text)]


def match(word: str) -> str:
    """The FTS5 expression that finds one word of `query_words`: always quoted."""
    if not _RUN.fullmatch(word):
        return f'"{word}"'
    return f'"{word}" *' if len(word) == 1 else '"' + " ".join(pairs(word)[:-1]) + '"'


def contains(word: str) -> str | None:
    """The trigram expression that finds a word inside longer ones, or None for one too short to have a trigram."""
    return f'"{word}"' if len(word) >= 3 else None


def phrase(text: str) -> str | None:
    """The FTS5 expression that finds exactly these words side by side, or None when the text holds none."""
    parts = [
        match(part) if _RUN.fullmatch(part) else f'"{" ".join(words)}"'
        for part in _PART.findall(clean(text).lower())
        if (words := _WORD.findall(part))
    ]
    return f"({' AND '.join(parts)})" if parts else None
