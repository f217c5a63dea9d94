"""Two plain forms that work without JavaScript: signing in and confirming to sign out."""

import base64
import hashlib
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse

from sekretarka.core.i18n import Language, language, translate
from sekretarka.web import cookies, csrf

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:22rem;margin:15vh auto;padding:0 1rem}"
    "body{color:#1c1a17;background:#fff}"
    "label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}"
    "input,button{margin:.25rem 0 1rem;padding:.6rem;border:1px solid #8a8378;border-radius:.5rem}"
    "button{background:#1c1a17;color:#fff;cursor:pointer}[role=alert]{color:#a3200d}"
    "@media(prefers-color-scheme:dark){body{color:#f4f1ec;background:#171512}input{color:inherit;background:#24211d}"
    "button{background:#f4f1ec;color:#171512}[role=alert]{color:#ff9d8a}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "same-origin",
}


def sign_in(request: Request, callback_url: str | None, fault: str | None) -> HTMLResponse:
    """E-mail and password; `fault` says what was wrong with the last try."""
    lang = _language(request)
    alert = f'<p role="alert">{_text(lang, f"login.error.{fault}")}</p>' if fault else ""
    target = f'<input type="hidden" name="callbackUrl" value="{escape(callback_url)}">' if callback_url else ""
    fields = (
        f'{alert}{target}<input type="hidden" name="plain" value="1">'
        f'<label for="email">{_text(lang, "access.email")}</label>'
        '<input id="email" name="email" type="email" autocomplete="username" required>'
        f'<label for="password">{_text(lang, "access.password")}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required>'
    )
    return _page(request, lang, ("login.title", "login.submit", "/api/auth/callback/credentials"), fields)


def sign_out(request: Request) -> HTMLResponse:
    """One button: nobody is signed out by opening an address."""
    lang = _language(request)
    return _page(request, lang, ("shell.sign_out", "shell.sign_out", "/api/auth/signout"), "")


def _page(request: Request, lang: Language, form: tuple[str, str, str], fields: str) -> HTMLResponse:
    title, button, action = _text(lang, form[0]), _text(lang, form[1]), form[2]
    token, cookie = csrf.current(request), None
    if token is None:
        token, cookie = csrf.new(cookies.read(request, cookies.SESSION))
    response = HTMLResponse(
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f'<body><main><h1>{title}</h1><form method="post" action="{action}">'
        f'<input type="hidden" name="csrfToken" value="{token}">{fields}<button>{button}</button>'
        "</form></main></body></html>",
        headers=HEADERS,
    )
    if cookie:
        cookies.put(response, cookies.CSRF, cookie)
    return response


def _language(request: Request) -> Language:
    return language(request.cookies.get("lang"))


def _text(lang: Language, key: str) -> str:
    return escape(translate(lang, key))
