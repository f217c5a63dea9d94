"""Plain pages that work without JavaScript: signing in and confirming to sign out."""

import base64
import hashlib
from dataclasses import dataclass
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse

from sekretarka.core.runtime.settings import settings
from sekretarka.core.text.i18n import Language, language, translate
from sekretarka.http import cookies
from sekretarka.web import csrf

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
HEADERS = {"Cache-Control": "private, no-store", "Referrer-Policy": "same-origin"}
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action"


PLAIN = '<input type="hidden" name="plain" value="1">'


@dataclass(frozen=True)
class Form:
    """One form: the text of its button, the address it posts to, and the HTML of its fields."""

    button: str
    action: str
    fields: str = ""


def sign_in(request: Request, callback_url: str | None, fault: str | None) -> HTMLResponse:
    """The sign-in form; `fault` is the locale key of an error to show, None for none."""
    lang = _language(request)
    alert = f'<p role="alert">{_text(lang, fault)}</p>' if fault else ""
    target = f'<input type="hidden" name="callbackUrl" value="{escape(callback_url)}">' if callback_url else ""
    fields = (
        f"{alert}{target}{PLAIN}"
        f'<label for="email">{_text(lang, "auth_form.email")}</label>'
        '<input id="email" name="email" type="email" autocomplete="username" required>'
        f'<label for="password">{_text(lang, "auth_form.password")}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required>'
    )
    others = [
        Form(
            translate(lang, "sign_in_with.other", name=provider.name),
            f"/api/auth/signin/{provider.id}",
            f"{target}{PLAIN}",
        )
        for provider in settings.openid_providers
    ]
    own = Form(translate(lang, "login.submit"), "/api/auth/callback/credentials", fields)
    return _page(request, lang, "login.title", own, *others)


def sign_out(request: Request) -> HTMLResponse:
    """The page with one button, whose POST signs out."""
    lang = _language(request)
    return _page(request, lang, "shell.sign_out", Form(translate(lang, "shell.sign_out"), "/api/auth/signout"))


def _page(request: Request, lang: Language, title_key: str, *forms: Form) -> HTMLResponse:
    title = _text(lang, title_key)
    token, cookie = csrf.current(request), None
    if token is None:
        token, cookie = csrf.new(cookies.read(request, cookies.SESSION))
    written = "".join(
        f'<form method="post" action="{form.action}"><input type="hidden" name="csrfToken" value="{token}">'
        f"{form.fields}<button>{escape(form.button)}</button></form>"
        for form in forms
    )
    # A form that leads to a provider leads on to the provider's own address, whatever that is.
    targets = "'self'" if len(forms) == 1 else "'self' https: http:"
    response = HTMLResponse(
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>{written}</main></body></html>",
        headers={**HEADERS, "Content-Security-Policy": f"{POLICY} {targets}"},
    )
    if cookie:
        cookies.put(response, cookies.CSRF, cookie)
    return response


def _language(request: Request) -> Language:
    return language(request.cookies.get("lang"))


def _text(lang: Language, key: str) -> str:
    return escape(translate(lang, key))
