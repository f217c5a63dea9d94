"""Numbers as people and telephone systems write them; who withholds theirs is nobody."""

from collections.abc import Iterator

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sekretarka.core.text import phone

MOBILE = "+48601000219"
NATIONAL = (
    "601000219",
    "601 000 219",
    "601-000-219",
    "601.000.219",
    "601/000/219",
    "601\u00a0000\u00a0219",
    "601\u2011000\u2011219",
    "\uff16\uff10\uff11 000 219",
    "\u202a601 000 219\u202c",
    "601\u200b000\u200b219",
    "0601000219",
    "0 601 000 219",
    "0-601-000-219",
    "(0) 601 000 219",
    "(0601) 000 219",
)
INTERNATIONAL = (
    "+48601000219",
    "+48 601 000 219",
    "(+48) 601-000-219",
    "+48 (0) 601 000 219",
    "+48(0)601000219",
    "+48 0601 000 219",
    "++48601000219",
    "%2B48601000219",
    "%2b48%20601%20000%20219",
    " 48601000219",
    "48 601 000 219",
    "0048601000219",
    "00 48 601-000-219",
    "+0048601000219",
)
ADDRESSES = (
    "sip:{}@voice.example",
    "sip:{}@voice.example;user=phone",
    "sips:{}@voice.example:5061;transport=tls",
    "SIP:{}@10.0.0.1:5060",
    "sip:{}@[2001:db8::1]:5060",
    "sip:{};ext=5@voice.example",
    "sip:{}:secret@voice.example",
    "sip:{}",
    "<sip:{}@voice.example:5060>",
    "<sip:{}@voice.example:5060;user=phone>;tag=81f0",
    '"Anna" <sip:{}@voice.example>',
    '"Anna <3 (2)" <sip:{}@voice.example>',
    "Anna Nowak <sip:{}@voice.example;user=phone>",
    "Recepcja 12 <{}>",
    "<sip:{}@voice.example>, <tel:+48586774478>",
    "sip%3A{}%40voice.example%3Buser%3Dphone",
    "{}@voice.example",
    "tel:{}",
    "tel:{};ext=5",
    "<tel:{};isub=1>",
    "tel. {}",
    "whatsapp:{}",
    "{};ext=5",
    "{} ext. 5",
    "{} x5",
    "{} wew. 5",
    "{}, wewn. 12",
    "  {}  ",
    '"{}"',
)
NOBODY = (
    "",
    " ",
    "anonymous",
    "Anonymous",
    "withheld",
    "unavailable",
    "unknown",
    "restricted",
    "private",
    "blocked",
    "266696687",
    "+266696687",
    "<sip:266696687@host>",
    "7378742833",
    "86282452253",
    "No Caller ID",
    "zastrze\u017cony",
    "null",
    "{{call.from}}",
    "sip:anonymous@anonymous.invalid",
    "<sip:anonymous@anonymous.invalid>",
    '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=601000219',
    '"601000219" <sip:anonymous@anonymous.invalid>',
    "sip:restricted@601000219.example",
    "sip:jan601000219@voice.example",
    "anna.601000219@mail.example",
    "sip:58.123.123.1:5060",
    "sip:1001@pbx.example",
    "sip:@voice.example",
    "tel:",
    "+7378742833",
    "+86282452253",
    "+48ANONYMOUS",
    "0",
    "000000000",
    "+48000000000",
    "00000000000000",
    "112",
    "1" * 255,
    "<" * 255,
    '"' * 255,
    "%" * 255,
    "\ud800",
)


@pytest.fixture
def region(request: pytest.FixtureRequest) -> Iterator[None]:
    token = phone.default_region.set(request.param)
    yield
    phone.default_region.reset(token)


@pytest.mark.parametrize("address", ["{}", *ADDRESSES])
@pytest.mark.parametrize("number", [*NATIONAL, *INTERNATIONAL])
def test_a_number_is_read_in_every_spelling(number: str, address: str) -> None:
    assert phone.normalise(address.format(number)) == MOBILE


@pytest.mark.parametrize("value", ["058 677 44 78", "(058) 677-44-78", "+48 (58) 677.44.78", "sip:0586774478@host"])
def test_area_codes_are_read_with_their_old_zero(value: str) -> None:
    assert phone.normalise(value) == "+48586774478"


@pytest.mark.parametrize("value", NOBODY)
def test_who_withholds_the_number_is_nobody(value: str) -> None:
    number, raw = phone.parse_caller(value)
    assert number is None
    assert raw is None or (raw.strip() and len(raw) <= 64)
    with pytest.raises(phone.InvalidPhone):
        phone.normalise(value)


@pytest.mark.parametrize("region", ["US", "DE", "IT"], indirect=True)
@pytest.mark.parametrize(
    "value",
    [
        *INTERNATIONAL[:9],
        "0048601000219",
        "tel. 0048601000219",
        "sip:0048601000219@host",
        "tel:601000219;phone-context=+48",
    ],
)
@pytest.mark.usefixtures("region")
def test_a_country_in_the_number_outweighs_that_of_the_business(value: str) -> None:
    assert phone.normalise(value) == MOBILE


@pytest.mark.parametrize(
    ("region", "value", "expected"),
    [
        ("IT", "06 698 12345", "+390669812345"),  # this zero is a part of the number
        ("DE", "030 901820", "+4930901820"),
        ("US", "(202) 456-1111", "+12024561111"),
    ],
    indirect=["region"],
)
@pytest.mark.usefixtures("region")
def test_numbers_of_other_countries_stay_as_they_are(value: str, expected: str) -> None:
    assert phone.normalise(value) == expected


def test_inputs_read_the_same() -> None:
    kind = TypeAdapter(phone.Phone)
    assert {kind.validate_python(address.format(MOBILE)) for address in ADDRESSES} == {MOBILE}
    for value in NOBODY:
        with pytest.raises(ValidationError):
            kind.validate_python(value)


def test_every_valid_number_is_itself() -> None:
    for region in phonenumbers.SUPPORTED_REGIONS:
        example = phonenumbers.example_number(region)
        assert example is not None
        written = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        assert phone.normalise(written) == written
        assert phone.normalise(f'"+1 0" <sip:{written}@voice.example:5060;user=phone>') == written


@given(st.text(max_size=255))
def test_no_text_breaks_the_reading(value: str) -> None:
    number, raw = phone.parse_caller(value)
    assert number is None or phonenumbers.is_valid_number(phonenumbers.parse(number))
    assert raw is None or len(raw) <= 64
