"""The mailbox in the browser: a list that reloads itself, and one email as text and as its recipient sees it."""

from html import escape
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sekretarka.core.text.i18n import Language, language
from sekretarka.sandbox.mail.mailbox import Mailbox, StoredEmail
from sekretarka.sandbox.page import HEADERS, RELOAD, missing, page, text, when

PATH = "/sandbox/mail"
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
        return _mail(language(request.cookies.get("lang")), caught) if caught else missing()

    def html(request: Request) -> Response:
        caught = box.get(request.path_params["id"])
        return HTMLResponse(f'<base target="_blank">{caught.part("html")}', headers=FRAMED) if caught else missing()

    return Starlette(
        routes=[Route(PATH, index), Route(f"{PATH}/{{id}}", mail), Route(f"{PATH}/{{id}}/html", html)],
    )


def _list(lang: Language, mails: list[StoredEmail]) -> HTMLResponse:
    rows = "".join(
        f'<li><a href="{PATH}/{mail.id}"><strong>{escape(mail.subject)}</strong>'
        f'<time class="soft">{when(lang, mail.sent_at)}</time><span class="soft">{escape(mail.to)}</span></a></li>'
        for mail in mails
    )
    content = f"<ul>{rows}</ul>" if mails else f'<p class="empty soft">{text(lang, "sandbox.mail.empty")}</p>'
    title, hint = text(lang, "sandbox.mail.title"), text(lang, "sandbox.mail.hint")
    return page(lang, title, f'<h1>{title}</h1><p class="soft">{hint}</p>{content}', RELOAD)


def _mail(lang: Language, mail: StoredEmail) -> HTMLResponse:
    subject, back = escape(mail.subject), text(lang, "sandbox.mail.back")
    return page(
        lang,
        subject,
        f'<nav><a href="{PATH}">← {back}</a></nav><h1>{subject}</h1>'
        f'<p class="soft">{escape(mail.sender)} → {escape(mail.to)}</p><p class="soft">{when(lang, mail.sent_at)}</p>'
        f'<iframe title="{subject}" src="{PATH}/{mail.id}/html" sandbox="{POPUPS}"></iframe>'
        f"<h2>{text(lang, 'sandbox.mail.plain')}</h2><pre>{escape(mail.part('plain'))}</pre>",
    )
