"""Emails say what they should, and nothing that users typed becomes more than text (security.md#t13, #t18)."""

from html.parser import HTMLParser
from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.text.i18n import LANGUAGES, texts, translate
from sekretarka.domain.accounts import email_templates, mail
from tests.support.jobs import mailed

LINK = "http://localhost:8000/reset/new#token=" + "a" * 64
HOSTILE = {
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "Iga\r\nBcc: ofiara@example.com": "Iga Bcc: ofiara@example.com",
    "Iga\u2028\u202eagI\x00\u200b": "Iga agI",
    '"><img src=x onerror=alert(1)>': '"><img src=x onerror=alert(1)>',
    "Wygrana: https://zly.example/odbierz teraz": "Wygrana: … teraz",
    "zly.example/odbierz": "…",
    "{link} {organization}": "{link} {organization}",
    "x" * 500: "x" * 199 + "…",
    "Salon Żółć & Córki": "Salon Żółć & Córki",
}


class _Seen(HTMLParser):
    """The text of a page, its links, and the names of its elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str | None] = []
        self.elements: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_ical_text_cannot_inject_lines(name: str) -> None:
    email = email_templates.render("invitation", "pl", LINK, {"organization": name, "inviter": name})
    assert email.subject == translate("pl", "mail.invitation.subject").replace("{organization}", HOSTILE[name])
    assert email.subject.isprintable()
    seen = _Seen(email.html)
    assert email.subject in seen.words
    assert seen.links == [LINK]
    assert not seen.elements & {"script", "img", "iframe"}
    assert LINK in email.text
    assert email.text.startswith(f"{email.subject}\n\n")


def test_summary_of_a_call_is_longer_and_as_harmless() -> None:
    summary = "Proszę oddzwonić.\x00 https://zly.example/odbierz " + "Pilne! " * 1_000
    text = email_templates.render("call", "pl", None, {"summary": summary}).text
    [body] = [line for line in text.splitlines() if line.startswith("Proszę")]
    assert (len(body), body[:26], body[-1]) == (1_000, "Proszę oddzwonić. … Pilne!", "…")


TEMPLATES = sorted({key.split(".")[1] for key in texts("pl") if key.startswith("mail.") and key.count(".") == 2})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_renders(template: str, language: Any) -> None:
    has_link = f"mail.{template}.action" in texts(language)
    email = email_templates.render(template, language, LINK if has_link else None, {})
    assert f'lang="{language}"' in email.html
    assert (LINK in email.html, LINK in email.text) == (has_link, has_link)


async def test_an_email_is_queued_with_the_change_that_causes_it(database: engine.Database) -> None:
    async with begin(actor.system(), write=True) as uow:
        await mail.send(
            uow, "invitation", to="ola@example.com", language="en", link=LINK, organization="Lawenda", inviter="Iga"
        )
    [email] = await mailed("ola@example.com")
    assert email["subject"] == translate("en", "mail.invitation.subject", organization="Lawenda")
    assert LINK in email["text"]
    assert await mailed() == []
