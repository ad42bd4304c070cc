"""What people type, how it is understood, and what they are told when it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.filters import FIELDS
from search.errors import ParseError
from search.parser import parse

# Typed -> printed: how each is understood. Several of every kind; what prints as itself is given once.
UNDERSTOOD = {
    "": "",
    "   ": "",
    "a dog on the beach": "a dog on the beach",
    "  two   spaces ": "two spaces",
    "t-shirt": "t-shirt",
    "state-of-the-art": "state-of-the-art",
    "5 - 3": "5 - 3",
    "a + b": "a + b",
    "rock & roll": "rock & roll",
    "what?!": "what?!",
    "#sunset": "#sunset",
    "caf\u00e9 in paris": "caf\u00e9 in paris",
    "東京の夜景": "東京の夜景",
    "шапка": "шапка",
    "📷": "📷",
    "12:30": "12:30",
    "text:: x": 'x text:":"',
    "http://example.com/a": "http://example.com/a",
    "cats and dogs": "cats and dogs",
    "cat or dog": "cat or dog",
    "or": "(or)",
    "not": "(not)",
    "no": "(no)",
    "why not": "(why not)",
    "not or": "(not or)",
    "(a b) c": "a b c",
    "()": "",
    "((a))": "a",
    "it's my cat's": "it's my cat's",
    # exact words
    '"exact words"': '"exact words"',
    "“curled quotes”": '"curled quotes"',
    "„unten“": '"unten"',
    '-"not these"': '-"not these"',
    'not "these"': '-"these"',
    '"a" or "b"': '"a" or "b"',
    '"a" "b"': '"a" "b"',
    r'"with \"quotes\" inside"': r'"with \"quotes\" inside"',
    '"like:12"': '"like:12"',
    '"  much   space "': '"much space"',
    'sign "STOP"': 'sign "STOP"',
    # leaving out
    "-people": "-people",
    "beach -people": "beach -people",
    "beach -people -cars": "beach -people -cars",
    "-(red car)": "-(red car)",
    "beach without people": "beach -people",
    "beach without any people": "beach -people",
    "Beach Without People": "Beach -People",
    "beach without people at sunset": "beach at sunset -people",
    "beach without people or dogs": "beach -people -dogs",
    "beach without people and dogs": "beach -people -dogs",
    "a room with no people": "a room -people",
    "a room with no people and a dog": "a room and a dog -people",
    "no people": "-people",
    "no people, no cars": "-people -cars",
    "street but no cars": "street -cars",
    "street not cars": "street -cars",
    "a dog not on a leash": "a dog -leash",
    "everything except snow": "everything -snow",
    "cats excluding black cats": "cats -(black cats)",
    "a man without a hat on a horse": "a man on a horse -hat",
    "without": "(without)",
    "days without": "(days without)",
    "without without": "(without without)",
    '"without" people': 'people "without"',
    # weights
    "+2*sunset": "+2*sunset",
    "+sunset": "+sunset",
    "+1*sunset": "+sunset",
    "+2*sunset -0.5*people": "+2*sunset -0.5*people",
    "+0.25*(red car)": "+0.25*(red car)",
    "+2*like:12": "+2*like:12",
    "-like:12": "-like:12",
    "-0.5*picture:cat.jpg": "-0.5*picture:cat.jpg",
    "2*4 planks": "2*4 planks",
    # pictures
    "like:12": "like:12",
    "+like:12": "like:12",
    "LIKE:12": "like:12",
    "like:12 like:13": "like:12 like:13",
    "like:12@1,2,30,40": "like:12@1,2,30,40",
    "red like:12": "red like:12",
    "picture:cat.jpg": "picture:cat.jpg",
    'picture:"my cat.jpg"': 'picture:"my cat.jpg"',
    'picture:"my cat.jpg"@1,2,3,4': 'picture:"my cat.jpg"@1,2,3,4',
    "picture:cat.jpg@1,2,3,4": "picture:cat.jpg@1,2,3,4",
    'picture:"a@b.jpg"@1,2,3,4': "picture:\"a@b.jpg\"@1,2,3,4",
    'picture:"C:\\\\Pictures\\\\cat.jpg"': 'picture:"C:\\\\Pictures\\\\cat.jpg"',
    # filters
    "in:Rome": "in:Rome",
    "folder:rome": "in:rome",
    "in:2023/rome/": "in:2023/rome",
    'in:"My Pictures"': 'in:"My Pictures"',
    'in:"a (b)"': 'in:"a (b)"',
    "name:IMG_20": "name:img_20",
    "type:JPG": "type:jpeg",
    "type:.heif": "type:heic",
    "TYPE:png": "type:png",
    "after:2024-5": "after:2024-05",
    "after:2024": "after:2024",
    "before:2024-06-15": "before:2024-06-15",
    "year:2019": "year:2019",
    "year:>=2019": "year:>=2019",
    "camera:Canon": "camera:canon",
    'camera:"Canon EOS"': 'camera:"canon eos"',
    "lens:50mm": "lens:50mm",
    "size:>2mp": "size:>2mp",
    "size:>=2.5MB": "size:>=2.5mb",
    "size:<500kb": "size:<500kb",
    "ratio:16:9": "ratio:16:9",
    "ratio:>1.5": "ratio:>1.5",
    "orientation:Portrait": "orientation:portrait",
    "tag:dog": "tag:dog",
    'tag:"our boat"': 'tag:"our boat"',
    "object:dog": "object:dog",
    "object:dog>=1": "object:dog",
    "object:dog>=2": "object:dog>=2",
    "object:dog=2": "object:dog=2",
    "objects:dog": "object:dog",
    'object:"wine glass"<3': 'object:"wine glass<3"',
    'text:"SALE"': 'text:"SALE"',
    "text:sale": 'text:"sale"',
    "color:Teal": "color:teal",
    "colour:gray": "color:grey",
    "has:ocr": "has:ocr",
    "has:GPS": "has:gps",
    "no:caption": "-has:caption",
    "-no:caption": "has:caption",
    "near:48.85,2.35,5km": "near:48.85,2.35,5km",
    "near:-33.9,151.2,500m": "near:-33.9,151.2,500m",
    "rating:5": "rating:5",
    "rating:>=4": "rating:>=4",
    "state:approved": "state:approved",
    # and, or, not, parentheses
    "-type:heic": "-type:heic",
    "not type:heic": "-type:heic",
    "not not type:heic": "type:heic",
    "type:jpeg type:png": "type:jpeg type:png",
    "type:jpeg or type:png": "type:jpeg or type:png",
    "type:jpeg OR type:png": "type:jpeg or type:png",
    "type:jpeg or type:png or type:gif": "type:jpeg or type:png or type:gif",
    "in:rome type:jpeg or type:png": "in:rome (type:jpeg or type:png)",
    "type:jpeg or type:png in:rome": "(type:jpeg or type:png) in:rome",
    "(in:rome type:jpeg) or year:2020": "(in:rome type:jpeg) or year:2020",
    "((in:rome))": "in:rome",
    "-(type:jpeg or type:png)": "-(type:jpeg or type:png)",
    "not (in:rome year:2020)": "-(in:rome year:2020)",
    "-(-in:rome)": "in:rome",
    "(in:a (in:b or (in:c in:d)))": "in:a (in:b or (in:c in:d))",
    "cat (type:jpeg or type:png) dog": "cat dog type:jpeg or type:png",
    "cat or dog type:jpeg": "cat or dog type:jpeg",
    "type:jpeg (or)": "(or) type:jpeg",
    "type:raw": "type:raw",
    "type:nef": "type:nef",
    "type:jfif": "type:jpeg",
    "size:>1500": "size:>1500",
    # order
    "dog sort:newest": "dog sort:newest",
    "sort:relevance dog": "dog",
    "SORT:Oldest": "sort:oldest",
    # all together
    'two people +2*(old barn) -rain like:7 in:Rome after:2024-05 "SALE" sort:newest':
        'two people +2*(old barn) -rain like:7 in:Rome after:2024-05 "SALE" sort:newest',
}  # fmt: skip

# Typed -> the word that is pointed at, and something that the reason or the offer holds.
REFUSED = {
    '"open': ('"open', "never closed"),
    'dog "and cat': ('"and cat', "never closed"),
    'in:"open': ('"open', "never closed"),
    "(red": ("(", "never closed"),
    "(in:rome": ("(", "never closed"),
    "red)": (")", "never opened"),
    "in:rome)": (")", "never opened"),
    "colr:red": ("colr:red", "did you mean color:red"),
    "typ:heic": ("typ:heic", "did you mean type:heic"),
    "tpye:png": ("tpye:png", "type:png"),
    "oject:dog": ("oject:dog", "object:dog"),
    "foobar:1": ("foobar:1", "no filter foobar:"),
    "note: milk": ("note:", "no filter note:"),
    'in:"" rome': ('in:""', "nothing follows the colon."),
    "words:x": ("words:x", "no filter words:"),
    "color:tael": ("color:tael", "color:teal"),
    "color:": ("color:", "nothing follows"),
    "type:": ("type:", "nothing follows"),
    "in:": ("in:", "nothing follows"),
    "in:/": ("in:/", "name a folder"),
    "in:  rome": ("in:", "nothing follows"),
    "has:gpd": ("has:gpd", "has:gps"),
    "no:captoin": ("no:captoin", "did you mean no:caption?"),
    "orientation:upright": ("orientation:upright", "portrait"),
    "orientation:protrait": ("orientation:protrait", "did you mean orientation:portrait"),
    "state:aproved": ("state:aproved", "state:approved"),
    "after:yesterday": ("after:yesterday", "YYYY-MM-DD"),
    "after:2024-13": ("after:2024-13", "YYYY"),
    "after:2024-02-30": ("after:2024-02-30", "YYYY"),
    "after:05/2024": ("after:05/2024", "YYYY"),
    "after:>2024": ("after:>2024", "after:2024-05"),
    "before:99999": ("before:99999", "YYYY"),
    "before:٢٠٢٤": ("before:٢٠٢٤", "YYYY"),
    "year:abc": ("year:abc", "a number"),
    "year:20245": ("year:20245", "a number"),
    "year:0": ("year:0", "a number"),
    "size:big": ("size:big", "size:>2mp"),
    "size:2mb": ("size:2mb", "size:>2mp"),
    "size:>2tb": ("size:>2tb", "2mp"),
    "size:>-2mb": ("size:>-2mb", "2mp"),
    "size:>": ("size:>", "2mp"),
    "size:>2": ("size:>2", "say of what: 2mb of the file, or 2mp (megapixels); did you mean size:>2mb?"),
    "size:2": ("size:2", "did you mean size:>2mb?"),
    "size:<999.5": ("size:<999.5", "did you mean size:<999.5mb?"),
    "type:foo": ("type:foo", "choose one of jpeg, png, heic, "),
    "type:jpge": ("type:jpge", "did you mean type:jpeg?"),
    "type:jpeg or": ("or", "nothing follows it"),
    '"sale" OR': ("OR", "or (OR) for the word"),
    "(type:jpeg or": ("or", "nothing follows it"),
    "-": ("-", "beach -people"),
    " + ": ("+", "write what to look for"),
    "ratio:wide": ("ratio:wide", "16:9"),
    "ratio:0:9": ("ratio:0:9", "16:9"),
    "ratio:16:0": ("ratio:16:0", "16:9"),
    "near:paris": ("near:paris", "LATITUDE"),
    "near:91,0,1km": ("near:91,0,1km", "LATITUDE"),
    "near:1,181,1km": ("near:1,181,1km", "LATITUDE"),
    "near:1,2": ("near:1,2", "LATITUDE"),
    "near:1,2,3": ("near:1,2,3", "LATITUDE"),
    "rating:6": ("rating:6", "from 0 to 5"),
    "rating:many": ("rating:many", "from 0 to 5"),
    "type:>png": ("type:>png", "type:heic"),
    "camera:<canon": ("camera:<canon", "camera:canon"),
    "object:>2": ("object:>2", "dog"),
    "like:cat": ("like:cat", "like:12"),
    "like:": ("like:", "like:12"),
    "like:-3": ("like:-3", "like:12"),
    "like:99999999999999999999": ("like:99999999999999999999", "like:12"),
    "like:12@": ("like:12@", "@x,y,width,height"),
    "simlar:12": ("simlar:12", "did you mean like:12?"),
    "in:italy or rome": ("or", "did you mean in:italy or in:rome?"),
    "name: \0": ("name:", "nothing follows the colon."),
    "tags:dog or cat": ("or", "did you mean tags:dog or tags:cat?"),
    "like:3 or 4": ("or", "not beside plain words."),
    "tag: dog": ("tag:", "nothing follows the colon; did you mean tag:dog?"),
    "year: 2019": ("year:", "did you mean year:2019?"),
    "date:2020": ("date:2020", "did you mean year:2020 or after:2020?"),
    "is:hidden": ("is:hidden", "did you mean state:hidden?"),
    "is:portrait": ("is:portrait", "did you mean orientation:portrait?"),
    "is:raw": ("is:raw", "did you mean type:raw?"),
    "is:damaged": ("is:damaged", "did you mean has:damage?"),
    "is:dog": ("is:dog", "did you mean tag:dog?"),
    "order:new": ("order:new", "did you mean sort:newest?"),
    "order:newest": ("order:newest", "did you mean sort:newest?"),
    "sort:date": ("sort:date", "did you mean sort:newest?"),
    "person:anna": ("person:anna", "did you mean tag:anna?"),
    "filename:a.jpg": ("filename:a.jpg", "did you mean name:a.jpg?"),
    "color:turqoise": ("color:turqoise", "did you mean color:teal?"),
    "orientation:vertical": ("orientation:vertical", "did you mean orientation:portrait?"),
    "after:2024/05": ("after:2024/05", "did you mean after:2024-05?"),
    "near:48.85,2.35": ("near:48.85,2.35", "did you mean near:48.85,2.35,5km?"),
    'near:"new york"': ('near:"new york"', 'did you mean place:"new york"?'),
    "city:rome": ("city:rome", "did you mean place:rome?"),
    "size:2MB": ("size:2MB", "did you mean size:>2mb?"),
    "has:location": ("has:location", "did you mean has:gps?"),
    "has:face": ("has:face", "date, camera, rating, damage."),
    "tag:": ("tag:", "nothing follows the colon."),
    "sort:name": ("sort:name", "relevance, newest, oldest, diverse."),
    "like:12@1,2": ("like:12@1,2", "@x,y,width,height"),
    "like:12@1,2,0,4": ("like:12@1,2,0,4", "one pixel"),
    "like:12@a,b,c,d": ("like:12@a,b,c,d", "like:12"),
    "picture:": ("picture:", "name a file"),
    "+0*dog": ("+0*dog", "between 0.01 and 100"),
    "+1000*dog": ("+1000*dog", "between 0.01 and 100"),
    "+2*type:png": ("+2*type:png", "only words and pictures"),
    '-0.5*"exact"': ('-0.5*"exact"', "only words and pictures"),
    "+2*(type:png)": ("+2*(", "only words and pictures"),
    "cat or type:png": ("or", "between two filters"),
    "type:png or cat": ("or", "between two filters"),
    '"sale" or shop': ("or", "between two filters"),
    "(cat type:png)": ("cat", "plain words cannot share parentheses"),
    "(type:png cat)": ("cat", "plain words cannot share parentheses"),
    "(cat -dog)": ("-dog", "only plain words"),
    "(cat like:3)": ("like:3", "only plain words"),
    "sort:newst": ("sort:newst", "sort:newest"),
    "sort:": ("sort:", "relevance, newest, oldest"),
    "sort:size": ("sort:size", "relevance, newest, oldest"),
    "-+5": ("-+5", "is enough"),
    "+--x": ("+--x", "is enough"),
    "--limit 5": ("--limit", "no such option"),
    "cat --json": ("--json", "no such option"),
    "(" * 60 + "type:png" + ")" * 60: ("(", "50 deep"),
    "a " * 501: ("a", "at most 500"),
}


@pytest.mark.parametrize(("typed", "printed"), UNDERSTOOD.items())
def test_a_query_is_understood_and_prints_back_to_the_same(typed, printed):
    asked = parse(typed)
    assert str(asked) == printed
    assert parse(printed) == asked


@pytest.mark.parametrize(("typed", "told"), REFUSED.items())
def test_what_does_not_parse_is_told_in_one_line_that_points_at_the_word(typed, told):
    word, reason = told
    with pytest.raises(ParseError) as caught:
        parse(typed)
    assert caught.value.word == word
    assert typed.translate(str.maketrans("“”", '""'))[caught.value.at :].startswith(word)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_enough_queries_are_written_by_hand():
    assert len(UNDERSTOOD) + len(REFUSED) >= 200


def test_every_filter_is_tried_by_its_own_example():
    for name, field in FIELDS.items():
        assert parse(field.example).filters.field == name


PIECES = st.sampled_from(
    ["dog", "red", "not", "or", "and", "without", "no", "(", ")", '"', '"a b"', "-", "+", "+2*", "-0.5*", "*", "like:3",
     "like:3@1,2,3,4", "picture:x.jpg", "type:png", "type:jpg", "in:rome", "year:>=2020", "has:gps", "no:gps", "object:dog>=2",
     "tag:x", "text:y", "sort:newest", "near:1,2,3km", "@1,2,3,4", ":", "::", "a:b", "\\", "\\\"", ",", "東京", "“", "\n", "\0"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join)))
def test_anything_typed_is_understood_or_refused_with_one_sentence(typed):
    try:
        asked = parse(typed)
    except ParseError as error:
        assert "\n" not in str(error)
        assert error.word
        return
    assert parse(str(asked)) == asked
    assert str(parse(str(asked))) == str(asked)


def test_every_filter_is_documented():
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "query-language.md").read_text(encoding="utf-8")
    assert [name for name in FIELDS if name != "words" and f"`{name}:" not in page] == []


def test_a_page_pasted_by_mistake_is_refused_with_a_short_sentence():
    with pytest.raises(ParseError) as caught:
        parse("x" * 5000 + ":" + "y" * 5000)
    assert len(str(caught.value)) < 300
    assert str(caught.value).startswith("xxx")


@given(st.lists(st.sampled_from([*REFUSED, "colr:" + "red" * 99, "or", "(", ")"]), max_size=4).map(" ".join))
def test_what_is_offered_parses(typed):
    try:
        parse(typed)
    except ParseError as error:
        assert "\n" not in str(error)
        for offer in error.offers:
            assert offer.endswith("…") or parse(offer)
