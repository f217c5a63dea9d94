"""Emails as their readers see them: one layout, texts from the locales, every value escaped."""

import re
from dataclasses import dataclass
from html import escape
from typing import Any

from sekretarka.core.text.characters import visible
from sekretarka.core.text.i18n import Language, translate

MAX_VALUE_LENGTH = 200
LONGER_VALUES = {"summary": 1_000}
# Names are chosen by users we do not know: nobody sends links to strangers through ours.
_LINK = re.compile(r"://|www\.|\w\.\w+/", re.IGNORECASE)

_PAGE = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>
@media (prefers-color-scheme: dark) {{
.page {{ background: #16131c !important }} .card {{ background: #201c28 !important; border-color: #3a3444 !important }}
.ink {{ color: #f3f0f8 !important }} .soft {{ color: #b5adc2 !important }}
}}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f7f6fa">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f7f6fa">
<tr><td align="center" style="padding:40px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:480px;{font}">
<tr><td class="ink" style="padding:0 4px 20px;color:#282430;font-size:16px;font-weight:600">{sender}</td></tr>
<tr><td class="card" style="background:#ffffff;border:1px solid #e4e1ea;border-radius:14px;padding:32px 28px">
<h1 class="ink" style="margin:0 0 12px;color:#282430;font-size:20px;line-height:28px;font-weight:600">{title}</h1>
<p class="ink" style="margin:0;color:#282430;font-size:15px;line-height:24px">{body}</p>
{button}<p class="soft" style="margin:24px 0 0;color:#6d6778;font-size:13px;line-height:20px">{note}</p>
</td></tr>
<tr><td class="soft" style="padding:20px 4px 0;color:#6d6778;font-size:12px;line-height:18px">{footer}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""
_BUTTON = """\
<p style="margin:24px 0 0"><a href="{link}" style="display:inline-block;background:#7447d6;color:#ffffff;\
text-decoration:none;font-size:15px;font-weight:600;line-height:20px;border-radius:8px;padding:12px 20px">\
{action}</a></p>
<p class="soft" style="margin:16px 0 0;color:#6d6778;font-size:12px;line-height:18px;word-break:break-all">{link}</p>
"""
_FONT = "font-family:Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"


@dataclass(frozen=True)
class Email:
    """One rendered email: subject, plain text and HTML."""

    subject: str
    text: str
    html: str


def render(template: str, language: Language, link: str | None, values: dict[str, Any]) -> Email:
    """The rendered email of a template, its texts `mail.<template>.subject`, `.body`, `.note` and, with a link,
    `.action`. `values` fill the placeholders: links and control characters are taken out, `MAX_VALUE_LENGTH` characters
    of each are left, or those of `LONGER_VALUES`."""
    plain_values = {
        name: without_links(str(value), LONGER_VALUES.get(name, MAX_VALUE_LENGTH)) for name, value in values.items()
    }
    subject = translate(language, f"mail.{template}.subject", **plain_values)
    body = translate(language, f"mail.{template}.body", **plain_values)
    note = translate(language, f"mail.{template}.note", **plain_values)
    action = translate(language, f"mail.{template}.action", **plain_values) if link else ""
    footer, product = translate(language, "mail.footer"), translate(language, "product.name")
    offer = f"{action}:\n{link}\n\n" if link else ""
    html = _PAGE.format(
        language=language,
        font=_FONT,
        subject=escape(subject),
        sender=escape(product),
        title=escape(subject),
        body=escape(body),
        button=_BUTTON.format(link=escape(link), action=escape(action)) if link else "",
        note=escape(note),
        footer=escape(footer),
    )
    return Email(subject, f"{subject}\n\n{body}\n\n{offer}{note}\n\n-- \n{footer}\n", html)


def client_email(language: Language, sender: str, subject: str, text: str, link: str = "") -> str:
    """The HTML of a text that an organization sends to a client: what stands around the `link`, which is a button; the
    whole text without one."""
    before, found, after = text.partition(link) if link else (text, "", "")
    action = translate(language, "client_mail.action")
    return _PAGE.format(
        language=language,
        font=_FONT,
        subject=escape(subject),
        sender=escape(sender),
        title=escape(subject),
        body=_lines(before),
        button=_BUTTON.format(link=escape(link), action=escape(action)) if found else "",
        note=_lines(after),
        footer=escape(translate(language, "client_mail.footer", organization=sender)),
    )


def _lines(text: str) -> str:
    return escape(text.strip()).replace("\n", "<br>")


def without_links(value: str, longest: int = MAX_VALUE_LENGTH) -> str:
    """At most `longest` visible characters in one line, links taken out, whatever somebody called themselves."""
    words = visible(value).split()
    text = " ".join("…" if _LINK.search(word) else word for word in words)
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
