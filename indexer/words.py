"""Text as the full-text index sees it. Whatever a person types is words, never query syntax.

SQLite takes a run of Chinese, Japanese, Korean or Thai for one word, so that nothing inside it could be found. Such runs
are stored as overlapping pairs of characters, and the last character alone: a query of one character is then a prefix,
a longer one a phrase of pairs.
"""

from __future__ import annotations

import re
import unicodedata

from indexer.plain import plain

# Scripts that put no space between words: Thai, Lao, Myanmar, Khmer, kana, Han, Hangul and their extensions.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
)
# The scripts of India and Tibet, whose vowels are marks: `re` takes them for the ends of words.
_MARKED = "\u0900-\u0963\u0966-\u096f\u0971-\u0dff\u0f71-\u0f84\u0f90-\u0fbc"
_RUN = re.compile(f"[{_UNSPACED}]+")
_WORD = re.compile(f"[{_UNSPACED}]+|(?:[^\\W_{_UNSPACED}]|[{_MARKED}])+")
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
    """A name that is unique whatever its case: é and e are two. For finding, see `plain`."""
    return clean(text).casefold()


def pairs(run: str) -> list[str]:
    """'東京都' -> ['東京', '京都', '都']."""
    return [run[i : i + 2] for i in range(len(run))]


def indexable(text: str) -> str:
    """The words of a text in their plain form, with a space between; unspaced runs taken apart."""
    return " ".join(token for word in _WORD.findall(plain(text)) for token in _stored(word))


def indexable_name(name: str) -> str:
    """A file or folder name: as it is, and taken apart at borders such as beachParty2024."""
    whole = clean(name)
    apart = _BORDER.sub(" ", whole)
    return indexable(whole if apart == whole else f"{whole} {apart}")


def query_words(text: str) -> list[str]:
    """The distinct words of a query, plain, in order, without stop words unless it has no others; at most MOST_WORDS."""
    words = list(dict.fromkeys(_WORD.findall(plain(text))))
    return ([word for word in words if word not in STOP] or words)[:MOST_WORDS]


def as_called(name: str) -> str:
    """A name as names are compared: 'Saint-Denis' -> 'saint denis'."""
    return " ".join(_WORD.findall(plain(name)))


def words_with_places(text: str) -> list[tuple[str, int]]:
    """Each word of a plain text, and the character it begins at; a run of an unspaced script is one."""
    return [(found[0], found.start()) for found in _WORD.finditer(text)]


def is_run(word: str) -> bool:
    """Whether a word is of a script without spaces, so that another one may begin anywhere in it."""
    return _RUN.fullmatch(word) is not None


def phrase(text: str) -> str | None:
    """The FTS5 expression that finds exactly these words side by side, always quoted; None when the text holds none."""
    words = _WORD.findall(plain(text))
    if not words:
        return None
    *before, last = words
    # the last run may go on in what is found: its last character alone is not looked for, unless it has no other
    ending = pairs(last)[:-1] or [last] if is_run(last) else [last]
    tokens = [token for word in before for token in _stored(word)] + ending
    return f'"{" ".join(tokens)}"' + (" *" if is_run(last) and len(last) == 1 else "")


def match(word: str) -> str:
    """The FTS5 expression that finds one word of `query_words`."""
    return phrase(word) or '""'


def contains(word: str) -> str | None:
    """The trigram expression that finds a word inside longer ones, or None for one too short to have a trigram."""
    return f'"{word}"' if len(word) >= 3 else None


def _stored(word: str) -> list[str]:
    return pairs(word) if is_run(word) else [word]
