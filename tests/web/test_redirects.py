"""Whatever is asked for, a browser ends at home (security.md#t16)."""

import itertools
import json
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekretarka.web.redirects import safe_redirect
from tests.support import npm
from tests.web.browser import Browser, Open

ORIGIN = "https://app.example"
HOME = f"{ORIGIN}/dashboard"

HOSTS = (
    "evil.com", "evil.com:443", "app.example.evil.com", "app.example@evil.com", "evil.com/app.example",
    "evil.com?app.example", "evil.com#app.example", "xn--pp-example-q2a.com", "\u0430pp.example",
    "app\u3002example.evil.com", "app.example%2eevil.com", "evil%E3%80%82com", "\u24d4\u24e5\u24d8\u24db.com",
    "2130706433", "0x7f.1", "[::1]", "[::ffff:1.2.3.4]", "127.1", "localhost", "app.example.", "app.example:444",
    "app.example:80", "user@app.example", "user:secret@app.example", "APP.example@evil.com", "app-example.com",
    "appxexample", "sub.app.example", "evil.com\\app.example", "evil.com%5capp.example", "evil.com;app.example",
)  # fmt: skip
PREFIXES = (
    "https://", "http://", "HTTPS://", "hTTps://", "https:", "https:/", "https:///", "https:////", "https:\\\\",
    "https:/\\", "//", "///", "////", "/\\", "\\/", "\\\\", "\\", "/\t/", "/\n/", "/\r\n/", "\t//", " //", "/ /",
    "/%09/", "/%2f", "/%2F", "/%2f%2f", "%2f%2f", "/%5c", "/%5C%5c", "/%252f", "/%25252f", "/.//", "/..//",
    "/../..//", "/x/..//", "/%2e//", "/%2e%2e//", "/%2e%2f/", "//%00", "ftp://", "ws://", "blob:https://",
    "view-source:https://", "\u2028//", "/\u2028/", "\u200b//", "/\xa0/", "/\xad/", "\x00//", "/\x7f/",
)  # fmt: skip
CODES = (
    "javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)",
    "javascript://app.example/%0aalert(1)", "/javascript:alert(1)//\\", "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)", "file:///etc/passwd", "about:blank", "mailto:x@evil.com", "tel:+48601000111", "evil.com",
    "evil.com/dashboard", ".evil.com", "@evil.com", ":evil.com", "?//evil.com", "", "#//evil.com", "dashboard",
    "./dashboard", "../dashboard", "https", "https://", "https://app.example:443/x", "http://app.example/x",
    "https://app.example.", "https://app.example%00.evil.com", "https://app.examplE/x", "null", "undefined",
    "[object Object]", "%", "/\\evil.com", "/dash\\board", "/a\\..\\..\\\\evil.com", "https://app.example\\@evil.com",
    "https://app.example//evil.com", "https://app.example/\\evil.com", "https://app.example/%2f/evil.com",
    "https://app.example/..//evil.com", "/" + "a" * 2_048, "https://app.example/" + "a" * 2_048,
    "/a\r\nSet-Cookie: x=1", "/a\r\n\r\n<script>", "/a%0d%0aSet-Cookie:x", "/a\x00", "/a b", "/\u202e/moc.live",
    "/\ud800", "/./", "/..", "/../", "/a/../b", "/a/./b", "/%2e%2e/%2e%2e/", "//", "///", "/%2f", "/%2f%2f", "/%5c",
)  # fmt: skip
CORPUS = [*(prefix + host for prefix, host in itertools.product(PREFIXES, HOSTS)), *CODES]

GOOD = {
    "/": f"{ORIGIN}/",
    "/dashboard": HOME,
    "/dashboard/conversations?status=missed&search=ż ółw".replace(
        " ", "+"
    ): f"{HOME}/conversations?status=missed&search=%C5%BC+%C3%B3%C5%82w",
    "/dashboard?next=https://evil.com//x": f"{HOME}?next=https://evil.com//x",
    "/dashboard#a//b": f"{HOME}#a//b",
    "/a%20b?c=%2F%2F": f"{ORIGIN}/a%20b?c=%2F%2F",
    "/łódź": f"{ORIGIN}/%C5%82%C3%B3d%C5%BA",
    "/@iga:8": f"{ORIGIN}/@iga:8",
    ORIGIN: f"{ORIGIN}/",
    f"{ORIGIN}/": f"{ORIGIN}/",
    f"{ORIGIN}/dashboard?x=1#y": f"{HOME}?x=1#y",
    f"{ORIGIN}?x=1": f"{ORIGIN}/?x=1",
    f"{ORIGIN}#x": f"{ORIGIN}/#x",
    "https://other.example/dashboard/agents": f"{HOME}/agents",
}


def test_the_corpus_is_long_enough() -> None:
    assert len(set(CORPUS)) >= 1_500


@pytest.mark.parametrize(("address", "went"), GOOD.items())
def test_pages_of_ours_are_reached(address: str, went: str) -> None:
    assert safe_redirect(address, ORIGIN, ("https://other.example",)) == went


@pytest.mark.parametrize("address", [None, *CODES], ids=lambda value: ascii(value)[:60])
def test_what_is_not_plainly_ours_leads_home(address: str | None) -> None:
    assert safe_redirect(address, ORIGIN) == HOME
    assert safe_redirect(address, ORIGIN, fallback="/login") == f"{ORIGIN}/login"


def at_home(address: str) -> bool:
    parts = urlsplit(address)
    return (parts.scheme, parts.netloc) == ("https", "app.example") and address.isascii() and address.isprintable()


def test_every_address_of_the_corpus_ends_at_home() -> None:
    assert [address for address in CORPUS if not at_home(safe_redirect(address, ORIGIN))] == []


@given(st.text(max_size=60) | st.text(alphabet="/\\.%25fcFC:@?#ahtps \t\n", max_size=24))
def test_any_text_at_all_ends_at_home(value: str) -> None:
    for address in (value, f"/{value}", f"{ORIGIN}{value}", f"{ORIGIN}/{value}"):
        assert at_home(safe_redirect(address, ORIGIN))


def test_a_browser_agrees_and_so_does_a_page_that_takes_the_path_only(tmp_path: Path) -> None:
    """The address as the URL standard reads it, and its path resolved by itself, as scripts like to do."""
    cases = [*CORPUS, *GOOD]
    went = [safe_redirect(address, ORIGIN) for address in cases]
    listed = tmp_path / "addresses.json"
    listed.write_text(json.dumps(went))
    hosts_by_case = json.loads(npm.node("addresses.mjs", str(listed), ORIGIN))
    assert len(hosts_by_case) == len(cases)
    assert [case for case, hosts in zip(cases, hosts_by_case, strict=True) if set(hosts) != {ORIGIN}] == []


OWN = "http://localhost:8000"


HOSTILE = [*(f"{prefix}evil.com" for prefix in PREFIXES), *(code for code in CODES if "\ud800" not in code)]


@pytest.mark.parametrize("source", ["body", "query", "cookie"])
async def test_every_redirect_source_stays_on_our_origin(visitor: Browser, source: str) -> None:
    token = await visitor.token()
    csrf = visitor.cookies["authjs.csrf-token"]
    for address in HOSTILE:
        visitor.cookies.clear()
        path, fields, cookie = "/api/auth/signout", {"csrfToken": token}, f"authjs.csrf-token={csrf}"
        if source == "body":
            fields["callbackUrl"] = address
        elif source == "query":
            path += f"?callbackUrl={quote(address, safe='')}"
        else:
            cookie += f"; authjs.callback-url={quote(address, safe='')}"
        response = await visitor.post(path, data=fields, headers={"Cookie": cookie})
        assert response.headers["location"] == f"{OWN}/login"


async def test_callback_url_is_read_from_body_query_cookie(open_browser: Open) -> None:
    visitor = await open_browser()
    await visitor.send_form("/api/auth/signin", callbackUrl="/cookie")
    response = await visitor.send_form("/api/auth/signout?callbackUrl=/query", callbackUrl="/body")
    assert response.headers["location"] == f"{OWN}/body"
    response = await visitor.send_form("/api/auth/signout?callbackUrl=/query")
    assert response.headers["location"] == f"{OWN}/query"
    response = await visitor.send_form("/api/auth/signout")
    assert response.headers["location"] == f"{OWN}/cookie"
