"""Addresses as users type them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from sekretarka.domain.accounts.fields import EmailAddress, ImageUrl, WebUrl, email_key

EMAIL: TypeAdapter[str] = TypeAdapter(EmailAddress)
WEB: TypeAdapter[str] = TypeAdapter(WebUrl)
PICTURE: TypeAdapter[str] = TypeAdapter(ImageUrl)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("iga@example.com", "iga@example.com"),
        ("  Iga.Nowak+salon@Example.COM \n", "Iga.Nowak+salon@example.com"),
        ("zażółć@poczta.pl", "zażółć@poczta.pl"),
        ("a@żółw.pl", "a@żółw.pl"),
        ("x@a-b.co.uk", "x@a-b.co.uk"),
        ("zaz\u0307ółć@poczta.pl", "zażółć@poczta.pl"),
        ("a@z\u0307o\u0301łw.pl", "a@żółw.pl"),
        ("a@xn--w-uga1v8h.pl", "a@żółw.pl"),
        ("a@ＥＸＡＭＰＬＥ。com", "a@example.com"),
    ],
)
def test_valid_email_addresses(typed: str, stored: str) -> None:
    assert EMAIL.validate_python(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "", "iga", "iga@", "@example.com", "iga@example", "iga@@example.com", "iga@exa mple.com", "i ga@example.com",
        "iga@example.com\r\nBcc: x@y.pl", "iga@-example.com", "iga@example-.com", "iga@example..com",
        ".iga@example.com", "iga.@example.com", "i..ga@example.com", "<iga@example.com>", "iga@[127.0.0.1]",
        "iga@example.1", "iga\x00@example.com", "iga\u202e@example.com", "x" * 65 + "@example.com",
        "iga@" + "a" * 250 + ".com", "a,b@example.com",
    ],
)  # fmt: skip
def test_invalid_email_addresses(typed: str) -> None:
    with pytest.raises(ValidationError):
        EMAIL.validate_python(typed)


# Format characters, ignorable ones, fillers and blanks of every block; none of them is seen.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u202e\u2060\u2064\u2800\u3164"
    "\ufe00\ufe0f\ufeff\uffa0\ufff9\U000e0020\U000e0100\U0001d173\u00a0\u2009"
)


@pytest.mark.parametrize("character", INVISIBLE, ids=lambda it: f"U+{ord(it):04X}")
def test_nothing_in_an_email_address_is_invisible(character: str) -> None:
    for typed in (f"i{character}ga@example.com", f"iga{character}@example.com", f"iga@exa{character}mple.com"):
        with pytest.raises(ValidationError) as raised:
            EMAIL.validate_python(typed)
        assert raised.value.errors()[0]["type"] == "invalid_email"


def test_email_spelling_variants_are_one_user() -> None:
    assert email_key("a@xn--w-uga1v8h.pl") == email_key("A@ŻÓŁW.pl")
    assert email_key("no address") == "no address"
    assert email_key(" IGA@Example.com") == email_key("iga@EXAMPLE.COM ")
    assert email_key("zaz\u0307o\u0301łć@x.pl") == email_key("ZAŻÓŁĆ@x.pl")


@pytest.mark.parametrize(
    "typed", ["https://lawenda.example", "http://lawenda.example:8080/a?b=c#d", "https://żółw.pl/ł"]
)
def test_web_addresses(typed: str) -> None:
    assert WEB.validate_python(typed) == typed


@pytest.mark.parametrize(
    "typed",
    ["", "lawenda.example", "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "ftp://x.pl",
     "https://", "https://a@b.pl", "https://x.pl/ y", "https://x.pl/\nx", "//x.pl", "https://x.pl:port/",
     "https://[::1", 'https://x.pl/"'],
)  # fmt: skip
def test_invalid_web_addresses(typed: str) -> None:
    with pytest.raises(ValidationError):
        WEB.validate_python(typed)


def test_pictures_are_fetched_over_https_only() -> None:
    assert PICTURE.validate_python("https://cdn.example/a.png") == "https://cdn.example/a.png"
    with pytest.raises(ValidationError):
        PICTURE.validate_python("http://cdn.example/a.png")
