"""The mailbox in the browser: a list that reloads itself, and one email as text and as its recipient sees it."""

import base64
import hashlib
from html import escape
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sekretarka.core.text.i18n import Language, format_datetime, language, translate
from sekretarka.sandbox.mail.mailbox import Mailbox, StoredEmail

PATH = "/sandbox/mail"
ZONE = "Europe/Warsaw"
RELOAD_SECONDS = 3
STYLE = """\
:root{color-scheme:light dark;--page:#f7f6fa;--card:#fff;--line:#e4e1ea;--ink:#282430;--soft:#6d6778;--accent:#6a3dcb}
@media(prefers-color-scheme:dark){:root{--page:#16131c;--card:#201c28;--line:#3a3444;--ink:#f3f0f8;--soft:#b5adc2;\
--accent:#b89bff}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:760px;margin:0 auto;padding:40px 16px}h1{margin:0 0 4px;font-size:20px;line-height:28px}
p{margin:0}.soft{color:var(--soft);font-size:13px}time{white-space:nowrap}a{color:var(--accent)}
ul{list-style:none;margin:20px 0 0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:14px;\
overflow:hidden}li+li{border-top:1px solid var(--line)}
li a{display:grid;gap:0 16px;grid-template-columns:1fr auto;padding:12px 16px;color:inherit;text-decoration:none}
li a:hover,li a:focus-visible{background:var(--page)}strong{font-weight:600;overflow-wrap:anywhere}
.empty{margin-top:20px;padding:48px 16px;text-align:center;background:var(--card);border:1px solid var(--line);\
border-radius:14px}iframe,pre{display:block;width:100%;margin:8px 0 0}
iframe,pre{background:var(--card);border:1px solid var(--line);border-radius:14px}
iframe{height:520px}pre{padding:16px;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace}
h2{margin:28px 0 0;font-size:13px;font-weight:600;color:var(--soft)}nav{margin-bottom:20px}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; frame-src 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# The mail itself is somebody's HTML: no script, no form, no picture from elsewhere; its links open beside it.
POPUPS = "allow-popups allow-popups-to-escape-sandbox"
FRAMED = {
    **HEADERS,
    "Content-Security-Policy": (
        f"sandbox {POPUPS}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    ),
}


def create(folder: Path) -> Starlette:
    """The pages of a mailbox."""
    box = Mailbox(folder)

    def index(request: Request) -> Response:
        return _list(language(request.cookies.get("lang")), box.newest())

    def mail(request: Request) -> Response:
        caught = box.get(request.path_params["id"])
        return _mail(language(request.cookies.get("lang")), caught) if caught else _missing()

    def html(request: Request) -> Response:
        caught = box.get(request.path_params["id"])
        return HTMLResponse(f'<base target="_blank">{caught.part("html")}', headers=FRAMED) if caught else _missing()

    return Starlette(
        routes=[Route(PATH, index), Route(f"{PATH}/{{id}}", mail), Route(f"{PATH}/{{id}}/html", html)],
    )


def _list(lang: Language, mails: list[StoredEmail]) -> HTMLResponse:
    rows = "".join(
        f'<li><a href="{PATH}/{mail.id}"><strong>{escape(mail.subject)}</strong>'
        f'<time class="soft">{_when(lang, mail)}</time><span class="soft">{escape(mail.to)}</span></a></li>'
        for mail in mails
    )
    content = f"<ul>{rows}</ul>" if mails else f'<p class="empty soft">{_text(lang, "sandbox.mail.empty")}</p>'
    head = f'<meta http-equiv="refresh" content="{RELOAD_SECONDS}">'
    title, hint = _text(lang, "sandbox.mail.title"), _text(lang, "sandbox.mail.hint")
    return _page(lang, title, f'<h1>{title}</h1><p class="soft">{hint}</p>{content}', head)


def _mail(lang: Language, mail: StoredEmail) -> HTMLResponse:
    subject, back = escape(mail.subject), _text(lang, "sandbox.mail.back")
    return _page(
        lang,
        subject,
        f'<nav><a href="{PATH}">← {back}</a></nav><h1>{subject}</h1>'
        f'<p class="soft">{escape(mail.sender)} → {escape(mail.to)}</p><p class="soft">{_when(lang, mail)}</p>'
        f'<iframe title="{subject}" src="{PATH}/{mail.id}/html" sandbox="{POPUPS}"></iframe>'
        f"<h2>{_text(lang, 'sandbox.mail.plain')}</h2><pre>{escape(mail.part('plain'))}</pre>",
    )


def _page(lang: Language, title: str, content: str, head: str = "") -> HTMLResponse:
    return HTMLResponse(
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}'
        '<link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main>{content}</main></body></html>",
        headers=HEADERS,
    )


def _missing() -> Response:
    return Response("Not Found", 404, HEADERS, "text/plain")


def _when(lang: Language, mail: StoredEmail) -> str:
    return escape(format_datetime(lang, mail.sent_at, ZONE)) if mail.sent_at else ""


def _text(lang: Language, key: str) -> str:
    return escape(translate(lang, key))
