"""Natural words to a query of the query language, by a language model; visible and editable like any other."""

from __future__ import annotations

from datetime import date

from search.errors import ParseError
from search.parser import parse
from search.query import Example, Query
from vlm import Chat, Generation, Turn

_LANGUAGE = """You write queries for an image search engine. Plain words are matched with what pictures show, by a model of \
vision and language. Filters decide which pictures are looked at: in:FOLDER after:YYYY-MM-DD before:YYYY-MM-DD year:YYYY \
type:jpeg camera:NAME orientation:portrait|landscape|square has:gps|ocr|caption object:dog>=2 text:"WORDS IN PICTURE" \
color:red place:"Rome, Italy" near:LATITUDE,LONGITUDE,5km rating:>=4. A minus before a word leaves out what it names. sort:newest and sort:oldest order. \
Use only filters that the words clearly ask for; leave all else as plain words. Answer with the query alone, on one line.
Today is {today}.
Words: pictures of the sea from last year, without people
Query: sea year:{last} -people
Words: receipts that say TOTAL, newest first
Query: receipt text:"TOTAL" sort:newest"""


def rephrased(words: str, chat: Chat, today: date) -> Query:
    """The query that these words ask for; as they stand where the model makes none that parses. Raises ModelError."""
    turns = [
        Turn("system", (_LANGUAGE.format(today=today, last=today.year - 1),)),
        Turn("user", (f"Words: {' '.join(words.split())}\nQuery:",)),
    ]
    for _ in range(2):
        said = chat.replies([turns], Generation(most_tokens=100))[0]
        line = next((line for line in said.splitlines() if line.strip(" `")), "")
        line = line.strip(" `").removeprefix("Query:").strip()
        try:
            query = parse(line)
            if line and not _files(query):
                return query
            error = "It names a file." if line else "There was no query."
        except ParseError as wrong:
            error = str(wrong)
        turns += [Turn("assistant", (said,)), Turn("user", (f"This does not parse: {error} Write it anew.\nQuery:",))]
    return Query(text=words)


def _files(query: Query) -> bool:
    """Whether it searches by files. Nobody but a person says which files are opened."""
    return any(isinstance(term, Example) and bool(term.path) for term in query.terms)
