"""Parts of SMS are counted as GSM 03.38 divides them; `gsm0338` judges the alphabet."""

import gsm0338
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekretarka.core.text import sms
from sekretarka.core.text.sms import Encoding

GSM = gsm0338.Codec()
ESCAPE = "\x1b"  # announces the second table and is no character itself
BASIC = [chr(code) for code in range(0x10000) if not 0xD800 <= code <= 0xDFFF and chr(code) != ESCAPE]


def septets(text: str) -> int | None:
    """How many the judge makes of a text; None when the alphabet lacks a character."""
    try:
        return len(GSM.encode(text)[0])
    except UnicodeEncodeError:
        return None


SEPTETS = {character: count for character in BASIC if (count := septets(character))}
encodable = st.sampled_from(sorted(SEPTETS))
texts = st.text(encodable, max_size=500) | st.text(st.sampled_from([*SEPTETS, *"ąćęłńóśźż", *"🙂👩‍🦰"]), max_size=200)


def test_alphabet_is_that_of_the_standard() -> None:
    assert len(SEPTETS) == 137
    for character in BASIC:
        counted = sms.size(character)
        expected = SEPTETS.get(character)
        assert counted.encoding is (Encoding.GSM7 if expected else Encoding.UCS2), repr(character)
        assert counted.units == (expected or 1), repr(character)
    assert sms.size(ESCAPE).encoding is Encoding.UCS2


@given(texts)
@example("")
def test_units_are_those_that_are_sent(text: str) -> None:
    counted = sms.size(text)
    assert counted.encoding is (Encoding.UCS2 if septets(text) is None else Encoding.GSM7)
    assert counted.units == (septets(text) or len(text.encode("utf-16-be")) // 2)


@pytest.mark.parametrize(
    ("text", "parts", "left"),
    [
        ("", 1, 160),
        ("a" * 160, 1, 0),
        ("a" * 161, 2, 145),
        ("a" * 306, 2, 0),
        ("a" * 307, 3, 152),
        ("€" * 80, 1, 0),
        ("€" * 80 + "a", 2, 144),
        ("a" * 152 + "€" * 5, 2, 143),  # the first would begin at the last septet of a part
        ("ą" * 70, 1, 0),
        ("ą" * 71, 2, 63),
        ("ą" * 134, 2, 0),
        ("ą" * 135, 3, 66),
        ("a" * 159 + "ą", 3, 41),
        ("🙂" * 35, 1, 0),
        ("ą" * 66 + "🙂" * 3, 2, 61),
    ],
)
def test_borders_of_parts(text: str, parts: int, left: int) -> None:
    counted = sms.size(text)
    assert (counted.parts, counted.left) == (parts, left)


@given(texts, st.sampled_from("a€ą🙂"))
def test_each_border_wastes_at_most_one_unit(text: str, more: str) -> None:
    counted = sms.size(text)
    alone, each = (160, 153) if counted.encoding is Encoding.GSM7 else (70, 67)
    used = (alone if counted.parts == 1 else counted.parts * each) - counted.left
    assert 0 <= used - counted.units < counted.parts
    assert counted.left < alone or not text
    longer = sms.size(text + more)
    if longer.encoding is counted.encoding and counted.parts > 1:
        assert longer.parts - counted.parts == (longer.units - counted.units > counted.left)


@given(texts)
def test_text_without_diacritics_keeps_what_the_alphabet_has(text: str) -> None:
    plain = sms.without_diacritics(text)
    assert sms.without_diacritics(plain) == plain
    if septets(text) is not None:
        assert plain == text


def test_polish_becomes_plain() -> None:
    pangram = "Zażółć gęślą jaźń – PCHNĄĆ W TĘ ŁÓDŹ JEŻA… „lub ośm skrzyń fig”"
    assert sms.without_diacritics(pangram) == 'Zazolc gesla jazn - PCHNAC W TE LODZ JEZA... "lub osm skrzyn fig"'
    assert sms.size(sms.without_diacritics(pangram)).encoding is Encoding.GSM7
    assert sms.without_diacritics("Ünlü é 🙂") == "Ünlü é 🙂"
