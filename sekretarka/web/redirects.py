"""Safe redirects after signing in or out: to pages of ours only (api.md#redirect-targets)."""

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote

MAX_LENGTH = 2048
HOME = "/dashboard"
_DECODINGS = 4
_RESERVED = "/?#[]@!$&'()*+,;=:%-._~"
# `//host` and `/\host` leave the site when a page resolves the path by itself; dots can hide them.
_LEAVING = re.compile(r"//|\\|/\.{1,2}(?:/|$)")


def safe_redirect(requested: str | None, origin: str, own: Sequence[str] = (), fallback: str = HOME) -> str:
    """`requested` as an absolute address on `origin`; the fallback's when it is not plainly a path of ours.

    `requested` is a path, or an address on `origin` or on one of `own`, which are the same site under other names.
    """
    path = _path(requested or "", (origin, *own))
    if path is None:
        path = fallback
    return origin + quote(path, safe=_RESERVED)


def _path(requested: str, origins: Sequence[str]) -> str | None:
    if len(requested) > MAX_LENGTH or not requested.isprintable() or " " in requested:
        return None
    for origin in origins:
        if requested == origin or requested.startswith((f"{origin}/", f"{origin}?", f"{origin}#")):
            requested = requested[len(origin) :]
            requested = requested if requested.startswith("/") else f"/{requested}"
            break
    if not requested.startswith("/"):
        return None
    path = re.split(r"[?#]", requested, maxsplit=1)[0]
    for _ in range(_DECODINGS):
        if _LEAVING.search(path) or not path.isprintable():
            return None
        path = unquote(path)
    return requested if "\\" not in requested else None
