"""What a client sees behind the link of a message: plain pages in the look of the product, made for a phone."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from urllib.parse import urlencode, urlsplit

from starlette.responses import HTMLResponse

from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text import phone
from sekretarka.core.text.i18n import Language, translate
from sekretarka.domain.confirmations.service import OwnAppointment

STYLE = """\
@font-face{font-family:Inter;font-weight:100 900;font-display:swap;src:url(/fonts/inter-latin-ext.woff2) \
format("woff2");unicode-range:U+0100-017F,U+0192,U+0218-021B,U+1E80-1E85,U+1E9E,U+20A0-20AB,U+20AD-20C0,U+2113}
@font-face{font-family:Inter;font-weight:100 900;font-display:swap;src:url(/fonts/inter-latin.woff2) format("woff2");\
unicode-range:U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2212}
:root{color-scheme:light dark;--page:#f8f7fb;--card:#fff;--line:#e3e0e9;--ink:#272331;--soft:#625c6d;--accent:#7447d6;\
--on:#fff;--tint:#f1ecfd;--good:#166b42;--good-tint:#e3f6ec;--warn:#7d5300;--warn-tint:#fff3d9;--bad:#b3261e;\
--sunken:#f2f0f6}
@media(prefers-color-scheme:dark){:root{--page:#131118;--card:#1c1a22;--line:#37323f;--ink:#f2eff7;--soft:#b3abbf;\
--accent:#b79cff;--on:#1a1030;--tint:#2a2140;--good:#7fd8a8;--good-tint:#12301f;--warn:#f0c46c;--warn-tint:#33270d;\
--bad:#ff9a8f;--sunken:#26222d}}
*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 Inter,system-ui,sans-serif}
main{max-width:460px;margin:0 auto;padding:max(20px,6vh) 16px 40px}
header{display:flex;align-items:center;justify-content:space-between;gap:12px;margin:0 4px 16px}
header strong{font-size:17px;font-weight:600;overflow-wrap:anywhere}header a{color:var(--soft);font-size:14px}
header a{padding:8px 0;text-decoration:none}header a:hover{text-decoration:underline}
h1{margin:0;font-size:20px;line-height:28px;font-weight:600}p{margin:0}.soft{color:var(--soft)}
.card{background:var(--card);border:1px solid var(--line);border-radius:16px;padding:24px 20px}
.card>*+*{margin-top:16px}
.when{display:flex;gap:16px;align-items:center}
.day{flex:none;width:64px;border-radius:12px;background:var(--tint);color:var(--accent);text-align:center;padding:8px 0}
.day b{display:block;font-size:26px;line-height:30px;font-weight:650}.day span{font-size:13px;line-height:18px}
.when p:last-child{font-size:28px;line-height:34px;font-weight:650;font-variant-numeric:tabular-nums}
.chip{display:inline-flex;align-items:center;gap:6px;border-radius:999px;padding:3px 11px;font-size:14px;\
font-weight:500;background:var(--warn-tint);color:var(--warn)}
.chip.good{background:var(--good-tint);color:var(--good)}
dl{display:grid;grid-template-columns:auto 1fr;gap:8px 16px;margin:0;padding-top:16px;border-top:1px solid var(--line)}
dt{color:var(--soft)}dd{margin:0;text-align:right;overflow-wrap:anywhere}dd a{color:var(--accent)}
.note{border-radius:12px;padding:12px 14px;background:var(--good-tint);color:var(--good);font-weight:500}
.note.warn{background:var(--warn-tint);color:var(--warn)}
form{margin:0}.actions{display:grid;gap:10px}
button,.button{display:block;width:100%;min-height:48px;padding:11px 16px;border:1px solid var(--line);\
border-radius:12px;background:var(--card);color:var(--ink);font:inherit;font-weight:600;line-height:24px;text-align:center;\
text-decoration:none;cursor:pointer}
button.main{border-color:var(--accent);background:var(--accent);color:var(--on)}
button.bad{border-color:var(--bad);background:var(--bad);color:var(--card)}.button.quiet{border-color:transparent;\
color:var(--bad)}.button.plain{border-color:transparent;background:none;color:var(--soft);font-weight:500}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
fieldset{margin:0;border:0;padding:0 0 16px}details+details{border-top:1px solid var(--line)}
summary{padding:13px 0;font-weight:600;cursor:pointer}
.times{display:grid;grid-template-columns:repeat(auto-fill,minmax(76px,1fr));gap:8px}
.times label{position:relative;display:block}
.times input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.times span{display:block;padding:9px 0;border:1px solid var(--line);border-radius:10px;text-align:center;\
font-variant-numeric:tabular-nums}
.times input:checked+span{border-color:var(--accent);background:var(--accent);color:var(--on);font-weight:600}
.times input:focus-visible+span{outline:3px solid var(--accent);outline-offset:2px}
.save{position:sticky;bottom:0;margin:0 -20px -24px;padding:14px 20px;background:var(--card);\
border-top:1px solid var(--line);border-radius:0 0 16px 16px}
.weeks{display:flex;justify-content:space-between;gap:12px}.weeks a{color:var(--accent);padding:8px 0}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; font-src 'self'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HSTS = "max-age=31536000; includeSubDomains"


@dataclass(frozen=True)
class Scene:
    """One link's pages: its path, the language, and whether somebody `chose` it; the appointment as it is now, and the
    token that forms of this state of it carry."""

    path: str
    lang: Language
    chose: bool
    own: OwnAppointment
    form_token: str

    def to(self, action: str = "", **query: str) -> str:
        """An address of these pages."""
        named = {**query, **({"lang": self.lang} if self.chose else {})}
        return f"{self.path}{f'/{action}' if action else ''}{f'?{urlencode(named)}' if named else ''}"

    def link(self, action: str, key: str, looks: str) -> str:
        """A link to one of these pages that looks like a button."""
        return f'<a class="button{looks}" href="{escape(self.to(action))}">{_text(self.lang, key)}</a>'

    def form(self, action: str, content: str) -> str:
        """A form that does something."""
        hidden = f'<input type="hidden" name="form" value="{self.form_token}">'
        return f'<form method="post" action="{escape(self.to(action))}">{hidden}{content}</form>'


def appointment(scene: Scene, note: str | None) -> HTMLResponse:
    """The appointment and what can be done; `note` is `moved` or `changed`, None when there is nothing to say."""
    lang, own = scene.lang, scene.own
    said = note or ("thanks" if own.is_confirmed else None)
    looks = "note warn" if said == "changed" else "note"
    confirm = "" if own.is_confirmed else scene.form("confirm", _button(lang, "confirm", "main"))
    content = (
        (f'<p class="{looks}" role="status">{_text(lang, said)}</p>' if said else "")
        + f"<h1>{_text(lang, 'title')}</h1>{_when(lang, own)}<p>{_state(lang, own)}</p>{_details(lang, own)}"
        + f'<div class="actions">{confirm}{scene.link("move", "move", "")}'
        + f"{scene.link('cancel', 'cancel', ' quiet')}</div>"
    )
    return _page(lang, own.organization, "title", _card(content))


def cancellation(scene: Scene) -> HTMLResponse:
    """The question before it is cancelled."""
    lang, own = scene.lang, scene.own
    actions = scene.form("cancel", _button(lang, "cancel_yes", "bad")) + scene.link("", "cancel_no", "")
    content = (
        f'<h1>{_text(lang, "cancel_title")}</h1>{_when(lang, own)}<p class="soft">{_text(lang, "cancel_text")}</p>'
        f'<div class="actions">{actions}</div>'
    )
    return _page(lang, own.organization, "cancel_title", _card(content))


def cancelled(scene: Scene) -> HTMLResponse:
    """It was cancelled just now."""
    lang, number = scene.lang, _phone(scene.own)
    again = f"{_text(lang, 'cancelled_call')} {number}" if number else _text(lang, "cancelled_again")
    content = f'<h1>{_text(lang, "cancelled_title")}</h1><p class="soft">{again}</p>'
    return _page(lang, scene.own.organization, "cancelled_title", _card(content), switchable=False)


def times(
    scene: Scene, free: Mapping[date, Sequence[datetime]], *, are_later: bool, warning: str | None = None
) -> HTMLResponse:
    """The times it can be moved to; `are_later` says that these are not the next days, `warning` is `taken` or
    `missing`."""
    lang, own = scene.lang, scene.own
    alert = f'<p class="note warn" role="alert">{_text(lang, f"move_{warning}")}</p>' if warning else ""
    now = f"{_weekday(lang, own.starts_at)} {_date(lang, own.starts_at)}, {own.starts_at:%H:%M}"
    days = "".join(_day(lang, day, starts, is_open=day == min(free)) for day, starts in free.items())
    save = f'<div class="save">{_button(lang, "move_save", "main")}</div>'
    choice = scene.form("move", days + save) if free else _nothing_free(lang, own)
    content = (
        f'{alert}<div><h1>{_text(lang, "move_title")}</h1><p class="soft">{_text(lang, "move_hint", now=now)}</p></div>'
        f"{_weeks(scene, free, are_later=are_later)}{choice}"
    )
    return _page(lang, own.organization, "move_title", _card(content) + scene.link("", "back", " plain"))


def gone(lang: Language) -> HTMLResponse:
    """The one answer to every link that does not work, whatever the reason."""
    return _message(lang, "gone", 404)


def failed(lang: Language, status: int) -> HTMLResponse:
    """Something went wrong on our side, or somebody asked too often."""
    return _message(lang, "throttled" if status == 429 else "failed", status)


def _message(lang: Language, key: str, status: int) -> HTMLResponse:
    content = f'<h1>{_text(lang, f"{key}_title")}</h1><p class="soft">{_text(lang, f"{key}_text")}</p>'
    return _page(lang, translate(lang, "product.name"), f"{key}_title", _card(content), status)


def _page(
    lang: Language, heading: str, title: str, content: str, status: int = 200, *, switchable: bool = True
) -> HTMLResponse:
    other: Language = "pl" if lang == "en" else "en"
    name = {"pl": "Polski", "en": "English"}[other]
    switch = f'<a href="?lang={other}" lang="{other}" hreflang="{other}">{name}</a>' if switchable else ""
    return HTMLResponse(
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{_text(lang, title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<link rel="icon" href="data:,"><style>{STYLE}</style></head><body><main>'
        f"<header><strong>{escape(heading)}</strong>{switch}</header>{content}</main></body></html>",
        status,
        {**_HEADERS, **({"Strict-Transport-Security": _HSTS} if urlsplit(settings.base_url).scheme == "https" else {})},
    )


def _card(content: str) -> str:
    return f'<section class="card">{content}</section>'


def _button(lang: Language, key: str, looks: str) -> str:
    return f'<button class="{looks}">{_text(lang, key)}</button>'


def _weeks(scene: Scene, free: Mapping[date, Sequence[datetime]], *, are_later: bool) -> str:
    """The ways to earlier and later days."""
    after = (max(free) + timedelta(days=1)).isoformat() if free else ""
    ways = {
        "move_earlier": scene.to("move") if are_later else "",
        "move_later": scene.to("move", first=after) if after else "",
    }
    links = (
        f'<a href="{escape(way)}">{_text(scene.lang, key)}</a>' if way else "<span></span>" for key, way in ways.items()
    )
    return f'<nav class="weeks" aria-label="{_text(scene.lang, "move_days")}">{"".join(links)}</nav>'


def _when(lang: Language, own: OwnAppointment) -> str:
    at = own.starts_at
    month = translate(lang, f"date.month_short.{at.month}")
    return (
        f'<div class="when"><p class="day" aria-hidden="true"><span>{month}</span><b>{at.day}</b></p>'
        f"<div><p>{_weekday(lang, at).capitalize()}, {_date(lang, at)}</p><p>{at:%H:%M}</p></div></div>"
    )


def _state(lang: Language, own: OwnAppointment) -> str:
    if own.is_confirmed:
        return f'<span class="chip good">✓ {_text(lang, "confirmed")}</span>'
    return f'<span class="chip">{_text(lang, "waiting")}</span>'


def _details(lang: Language, own: OwnAppointment) -> str:
    known = {
        "service": escape(own.service),
        "staff": escape(own.staff),
        "address": escape(own.address),
        "phone": _phone(own),
    }
    rows = (f"<dt>{_text(lang, name)}</dt><dd>{value}</dd>" for name, value in known.items() if value)
    return f"<dl>{''.join(rows)}</dl>"


def _day(lang: Language, day: date, starts: Sequence[datetime], *, is_open: bool) -> str:
    choices = "".join(
        f'<label><input type="radio" name="time" value="{clock.to_json(at)}"><span>{at:%H:%M}</span></label>'
        for at in starts
    )
    name = f"{_weekday(lang, day).capitalize()}, {_date(lang, day)}"
    return (
        f'<details name="day"{" open" if is_open else ""}><summary>{name}</summary>'
        f'<fieldset class="times" aria-label="{name}">{choices}</fieldset></details>'
    )


def _nothing_free(lang: Language, own: OwnAppointment) -> str:
    number = _phone(own)
    return f"<p>{_text(lang, 'move_none')}{f' {number}' if number else ''}</p>"


def _phone(own: OwnAppointment) -> str:
    dialled = own.phone.replace(" ", "")
    return f'<a href="tel:{escape(dialled)}">{escape(phone.format_national(own.phone))}</a>' if dialled else ""


def _weekday(lang: Language, day: date) -> str:
    return translate(lang, f"date.weekday.{day.isoweekday()}")


def _date(lang: Language, day: date) -> str:
    return f"{day.day} {translate(lang, f'date.month.{day.month}')}"


def _text(lang: Language, key: str, **values: str) -> str:
    return escape(translate(lang, f"confirmation_page.{key}", **values))
