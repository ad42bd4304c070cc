"""Words in any script are found as people type them: without accents, in another case or width, without spaces."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.filters import condition
from indexer.plain import plain, plain_with_places
from indexer.records import Text
from indexer.words import phrase, query_words
from search.parser import parse
from search.reasons import spans
from tests.conftest import paint
from tests.small import write

# what stands in a picture, what is typed, and the part of it that is marked
FOUND = [
    ("Café de Flore", "cafe", "Café"),
    ("the cafe", "CAFÉ", "cafe"),
    (unicodedata.normalize("NFD", "Café Müller"), "müller", unicodedata.normalize("NFD", "Müller")),
    ("Ärger im Büro", "arger", "Ärger"),
    ("STRASSE 12", "straße", "STRASSE"),
    ("Hauptstraße", "STRASSE", "straße"),
    ("Łódź Fabryczna", "lodz", "Łódź"),
    ("Blåbærsyltetøy", "blabaersyltetoy", "Blåbærsyltetøy"),
    ("İSTANBUL Kapalıçarşı", "istanbul", "İSTANBUL"),
    ("istanbul", "İstanbul", "istanbul"),
    ("Kapalıçarşı", "kapalicarsi", "Kapalıçarşı"),
    ("Việt Nam: Hà Nội", "ha noi", "Hà"),
    ("oﬃce ﬁle", "office", "oﬃce"),
    ("ＡＢＣ１２３ラボ", "abc123", "ＡＢＣ１２３"),
    ("co\u00adop\u200eerate", "cooperate", "co\u00adop\u200eerate"),
    ("ΑΘΉΝΑ ΟΔΟΣ", "οδος", "ΟΔΟΣ"),
    ("Αθήνα", "αθηνα", "Αθήνα"),
    ("Зелёная ёлка", "елка", "ёлка"),
    ("ЁЛКА", "ёлка", "ЁЛКА"),
    ("Київ — Львів", "львів", "Львів"),
    ("مُحَمَّد", "محمد", "مُحَمَّد"),
    ("مكتبـــة الإسكندرية", "مكتبه", "مكتبـــة"),
    ("كتاب فارسی", "فارسي", "فارسی"),
    ("٢٠٢٤", "2024", "٢٠٢٤"),
    ("שָׁלוֹם עולם", "שלום", "שָׁלוֹם"),
    ("昨日は東京都庁の夜景を見た", "夜景", "夜景"),
    ("昨日は東京へ", "京", "京"),
    ("佐々木さんの家", "佐々木", "佐々木"),
    ("ｶﾒﾗ ﾊﾟﾝ", "カメラ", "ｶﾒﾗ"),
    ("ﾊﾟﾝ屋", "パン", "ﾊﾟﾝ"),
    ("ラーメン大好き", "ラーメン", "ラーメン"),
    ("スター・ウォーズ", "ウォーズ", "ウォーズ"),
    ("我爱北京天安门", "天安门", "天安门"),
    ("서울특별시에서 찍은 사진", "서울", "서울"),
    (unicodedata.normalize("NFD", "부산 바다"), "바다", unicodedata.normalize("NFD", "바다")),
    ("ภาพทะเลสวยมาก", "ทะเล", "ทะเล"),
    ("ร้านกาแฟ", "กาแฟ", "กาแฟ"),
    ("हिन्दी में लिखा", "हिन्दी", "हिन्दी"),
    ("नमस्ते दिल्ली", "दिल्ली", "दिल्ली"),
    ("फ़ोटो", "फोटो", "फ़ोटो"),
    ("বাংলাদেশ ভ্রমণ", "ভ্রমণ", "ভ্রমণ"),
    ("தமிழ் நாடு", "தமிழ்", "தமிழ்"),
    ("iPhone 15手机", "手机", "手机"),
    ("iPhone 15手机", "IPHONE", "iPhone"),
    ("東京Tower", "tower", "Tower"),
    ("東京Tower", "東京", "東京"),
]
SIDE_BY_SIDE = [
    ("GRAND Hôtel de la Gare", "hotel de la gare"),
    ("Pixel 9手机壳", "9手机"),
    ("Pixel 9手机壳", "pixel 9 手"),
    ("大阪Tower", "大阪tower"),
    ("昨日は東京タワーへ", "東京タワー"),
    ("ภาพทะเล Phuket", "ทะเล phuket"),
    ("नमस्ते मुंबई", "नमस्ते मुंबई"),
    ("서울 강남구", "서울 강남"),
    ("مُحَمَّد عَلِيّ", "محمد علي"),
]
NOT_FOUND = [
    ("大阪城", "東京"), ("京都東", "東京"), ("हिन्दी", "हन्द"), ("दिन", "दान"), ("がく", "かく"), ("พ่อ", "พอ"),
    ("বাড়ি", "বাডি"), ("где", "де"),
]  # fmt: skip


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    """A library in which each of these texts is the name, print, caption and tag of a picture of its own."""
    from tests.conftest import Shelf

    shelf = Shelf(tmp_path_factory.mktemp("scripts"))
    texts = list(dict.fromkeys(text for text, *_ in [*FOUND, *SIDE_BY_SIDE, *NOT_FOUND]))
    named = {text: shelf.pictures / f"{text}.png" for text in texts}
    others = [(text, kind) for text in texts for kind in ("ocr", "caption", "tag")]
    for seed, path in enumerate(named.values()):
        paint(path, "red", seed, (8, 8))
    for seed in range(len(others)):
        paint(shelf.pictures / f"{seed}.png", "blue", 1000 + seed, (8, 8))
    shelf.index()
    made = {(text, "name"): shelf.catalog.find(str(path)).id for text, path in named.items()}
    for seed, (text, kind) in enumerate(others):
        made[text, kind] = shelf.catalog.find(str(shelf.pictures / f"{seed}.png")).id
        write(shelf.catalog, Text(made[text, kind], kind, text, "test"))
    yield shelf, made
    shelf.store.close()


def marked(text, typed):
    return [text[start:end] for start, end in spans(text, query_words(typed))]


@pytest.mark.parametrize(("text", "typed", "part"), FOUND)
def test_words_are_found_as_people_type_them_and_marked_as_they_stand(kinds, text, typed, part):
    shelf, made = kinds
    found = {match.id: match.fields for match in shelf.catalog.lexical(typed, 500)}
    for kind in ("name", "ocr", "caption", "tag"):
        assert found[made[text, kind]] == (kind,)
    assert part in marked(text, typed)


@pytest.mark.parametrize(("text", "typed"), SIDE_BY_SIDE)
def test_quotations_are_found_in_any_script(kinds, text, typed):
    shelf, made = kinds
    kept = set(shelf.catalog.filter(parse(f'"{typed}"').filters).tolist())
    assert kept == {made[text, kind] for kind in ("name", "ocr", "caption", "tag")}


@pytest.mark.parametrize(("text", "typed"), NOT_FOUND)
def test_marks_that_make_another_word_are_kept(kinds, text, typed):
    shelf, made = kinds
    found = {match.id for match in shelf.catalog.lexical(typed, 500)}
    assert not found & {made[text, kind] for kind in ("name", "ocr", "caption", "tag")}
    assert marked(text, typed) == []


def test_every_place_is_marked_and_places_that_overlap_are_one():
    assert marked("東京から東京へ", "東京") == ["東京", "東京"]
    assert marked("beachparty", "beach party") == ["beach", "party"]
    assert marked("東京都庁", "東京都 京都") == ["東京都"]


@pytest.mark.parametrize(
    "typed", ["in:Malmö", "in:malmo", "name:cafe", "name:CAFÉ", "name:strasse", "tag:lodz", "tag:ŁÓDŹ", "camera:fuji"]
)
def test_filters_fold_as_words_do(shelf, typed):
    paint(shelf.pictures / unicodedata.normalize("NFD", "Malmö") / "café an der Straße.png", "red")
    shelf.index()
    write(shelf.catalog, Text(1, "tag", "Łódź", "user"))
    shelf.catalog._db.execute("UPDATE pictures SET camera = 'ＦＵＪＩ X'")
    assert shelf.catalog.filter(parse(typed).filters).tolist() == [1]


def test_a_filter_of_nothing_that_can_be_seen_is_refused():
    with pytest.raises(ValueError, match="nothing follows"):
        condition("name", "\u200b\u0301")


@given(st.text())
def test_plain_text_knows_where_each_of_its_characters_stood(text):
    folded, places = plain_with_places(text)
    assert folded == plain(text)
    assert len(places) == len(folded)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(text):
    once = plain(text)
    assert plain(once) == once
    assert phrase(once) == phrase(text)
