"""What to tell of words in a language that the model does not know."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from vlm.choices import CHOICES, many_languages


def told(spec: str, said: Sequence[str], unknown: Sequence[str]) -> tuple[str, str]:
    """(what became of these words, which model knows them and how to use it), each "" where there is nothing to tell.

    Of the texts `said`, the `unknown` ones had no meaning for the model. An English model of the CLIP kind makes
    something of any script: that is told too.
    """
    english = any(choice.spec == spec and choice.languages == "English" for choice in CHOICES)
    guessed = [text for text in said if text not in unknown and english and _is_foreign(text)]
    note = ""
    if unknown:
        note = f"{spec} does not know {', '.join(unknown)}: only names and words in pictures were searched for it."
    elif guessed:
        note = f"{spec} was trained on English: by meaning, {', '.join(guessed)} may have been misunderstood."
    return note, many_languages() if any(map(_is_foreign, [*unknown, *guessed])) else ""


def _is_foreign(text: str) -> bool:
    """Whether it has letters and none of them is Latin: of a word in Latin letters its language cannot be told."""
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and not any("LATIN" in unicodedata.name(character, "") for character in letters)
