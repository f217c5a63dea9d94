"""What the sandbox's pages have in common: one style sheet, no script, both languages, both themes."""

import base64
import hashlib
from datetime import datetime
from html import escape

from starlette.responses import HTMLResponse, Response

from sekretarka.core.text.i18n import Language, format_datetime, translate

ZONE = "Europe/Warsaw"
RELOAD_SECONDS = 3
RELOAD = f'<meta http-equiv="refresh" content="{RELOAD_SECONDS}">'
STYLE = """\
:root{color-scheme:light dark;--page:#f7f6fa;--card:#fff;--line:#e4e1ea;--ink:#282430;--soft:#6d6778;--accent:#6a3dcb;\
--failed:#b3261e}
@media(prefers-color-scheme:dark){:root{--page:#16131c;--card:#201c28;--line:#3a3444;--ink:#f3f0f8;--soft:#b5adc2;\
--accent:#b89bff;--failed:#ff8a80}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:760px;margin:0 auto;padding:40px 16px}h1{margin:0 0 4px;font-size:20px;line-height:28px}
p{margin:0}.soft{color:var(--soft);font-size:13px}time{white-space:nowrap}a{color:var(--accent)}
ul{list-style:none;margin:20px 0 0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:14px;\
overflow:hidden}ul li+li{border-top:1px solid var(--line)}
li a{display:grid;gap:0 16px;grid-template-columns:minmax(0,1fr) auto;padding:12px 16px;color:inherit}
li a{text-decoration:none}li span{grid-column:1/-1;overflow-wrap:anywhere}
li a:hover,li a:focus-visible{background:var(--page)}strong{font-weight:600;overflow-wrap:anywhere}
.empty{margin-top:20px;padding:48px 16px;text-align:center;background:var(--card);border:1px solid var(--line);\
border-radius:14px}iframe,pre{display:block;width:100%;margin:8px 0 0}
iframe,pre{background:var(--card);border:1px solid var(--line);border-radius:14px}
iframe{height:520px}pre{padding:16px;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace}
h2{margin:28px 0 0;font-size:13px;font-weight:600;color:var(--soft)}nav{margin-bottom:20px}
form{display:flex;gap:8px;margin-top:12px;align-items:end}label{flex:1;min-width:0;font-size:13px;color:var(--soft)}
textarea{display:block;width:100%;min-height:44px;margin-top:4px;padding:10px 12px;resize:vertical;color:var(--ink)}
textarea{background:var(--card);border:1px solid var(--line);border-radius:14px;font:inherit;font-size:16px}
button{min-height:44px;padding:0 20px;color:var(--page);background:var(--accent);border:0;border-radius:14px}
button{font:inherit;font-weight:600;cursor:pointer}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
ol{list-style:none;display:flex;flex-direction:column-reverse;gap:12px;height:100vh;margin:0;padding:16px;overflow:auto}
ol li{max-width:min(85%,480px);align-self:start}ol li.own{align-self:end;text-align:end}main:has(ol){padding:0}
ol p{padding:10px 14px;white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:14px}
ol p{text-align:start;background:var(--card)}ol li.own p{color:var(--page);background:var(--accent);border:0}
.thread{height:min(60vh,640px)}.thread+p{margin-top:12px}.failed{color:var(--failed)}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; frame-src 'self'; form-action 'self'"
HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# For a part of a page that reloads by itself.
FRAMED = {**HEADERS, "Content-Security-Policy": f"{POLICY}; frame-ancestors 'self'"}


def page(lang: Language, title: str, content: str, head: str = "", *, framed: bool = False) -> HTMLResponse:
    """A page of escaped `title` and `content`."""
    return HTMLResponse(
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}'
        '<link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main>{content}</main></body></html>",
        headers=FRAMED if framed else HEADERS,
    )


def missing() -> Response:
    """404."""
    return Response("Not Found", 404, HEADERS, "text/plain")


def text(lang: Language, key: str) -> str:
    """A text of the locales, escaped."""
    return escape(translate(lang, key))


def when(lang: Language, at: datetime | None) -> str:
    """A time as people write it, empty for None."""
    return escape(format_datetime(lang, at, ZONE)) if at else ""
