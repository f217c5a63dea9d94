"""`/api/v1/openapi.json` and `/api/v1/docs`: the document for programs, and one page of it for people, made here."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from sekretarka.api.openapi import operations
from sekretarka.api.route import PERMISSION
from sekretarka.core.database import etags
from sekretarka.http import conditional, errors

Json = dict[str, Any]
router = APIRouter(prefix="/api/v1", include_in_schema=False)
PUBLIC = "public, s-maxage=60, stale-while-revalidate=30"
_HERE = Path(__file__).parent


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The document."""
    return _cached(request, json.dumps(request.app.openapi(), ensure_ascii=False).encode(), errors.JSON)


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The page; nothing on it comes from another host."""
    response = _cached(request, _page(json.dumps(request.app.openapi())), "text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{_hash(_file('docs.css'))}'; script-src '{_hash(_file('docs.js'))}'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    return response


def _cached(request: Request, content: bytes, media_type: str) -> Response:
    headers = {"ETag": etags.etag_for_content(content), "Cache-Control": PUBLIC}
    response = Response(content, headers=headers, media_type=media_type)
    return conditional.not_modified(request.headers, response.headers) or response


@cache
def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


@cache
def _page(document: str) -> bytes:
    api: Json = json.loads(document)
    entries = sorted(operations(api), key=lambda it: it[2]["tags"][0])
    groups = {tag: list(group) for tag, group in groupby(entries, key=lambda it: it[2]["tags"][0])}
    menu = "".join(
        f"<div data-group><h2>{escape(tag)}</h2><ul>{''.join(map(_entry, group))}</ul></div>"
        for tag, group in groups.items()
    )
    body = "".join(
        f"<section data-group><h2>{escape(tag)}</h2>{''.join(_operation(api, *it) for it in group)}</section>"
        for tag, group in groups.items()
    )
    values = {"style": _file("docs.css"), "script": _file("docs.js"), "menu": menu, "body": body}
    values["title"], values["about"] = escape(api["info"]["title"]), _text(api["info"]["description"])
    # One pass, so that nothing which was filled in is looked at again.
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], _file("docs.html")).encode()


def _text(markdown: str) -> str:
    """Paragraphs and `code`."""
    coded = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(markdown))
    return "".join(f"<p>{paragraph}</p>" for paragraph in coded.split("\n\n"))


def _words(path: str, method: str, operation: Json) -> str:
    texts = (path, method, operation["summary"], operation.get("description", ""), operation["operationId"])
    return escape(" ".join(texts).lower())


def _entry(it: tuple[str, str, Json]) -> str:
    _, method, operation = it
    return (
        f'<li data-words="{_words(*it)}"><a href="#{operation["operationId"]}">'
        f'<span class="method {method}">{method.upper()}</span>{escape(operation["summary"])}</a></li>'
    )


def _operation(api: Json, path: str, method: str, operation: Json) -> str:
    needs = f'<p class="needs">Needs <code>{operation[PERMISSION]}</code></p>' if PERMISSION in operation else ""
    return (
        f'<article id="{operation["operationId"]}" data-words="{_words(path, method, operation)}">'
        f'<h3><span class="method {method}">{method.upper()}</span>{escape(path)}</h3>'
        f"{_text(operation.get('description') or operation['summary'])}{needs}"
        f"{_table('Parameters', _parameters(api, operation))}"
        f'<div class="two">{_request(api, operation)}{_answer(operation)}</div>{_failures(api, operation)}</article>'
    )


def _parameters(api: Json, operation: Json) -> Iterator[tuple[str, str, str]]:
    for parameter in operation.get("parameters", []):
        required = "required" if parameter["required"] else ""
        about = parameter.get("description") or parameter["schema"].get("description", "")
        yield parameter["name"], f"{parameter['in']}, {_kind(api, parameter['schema'])}", f"{required} {about}".strip()


def _request(api: Json, operation: Json) -> str:
    if "requestBody" not in operation:
        return ""
    content = next(iter(operation["requestBody"]["content"].values()))
    schema = _resolved(api, content["schema"])
    required = schema.get("required", [])
    fields = (
        (name, _kind(api, field), "required" if name in required else str(field.get("description", "")))
        for name, field in schema.get("properties", {}).items()
    )
    return f"<div>{_table('Body', fields)}<h4>Example</h4>{_code(content['example'])}</div>"


def _answer(operation: Json) -> str:
    status, response = next(iter(operation["responses"].items()))
    return f"<div><h4>Answer {status}</h4>{_code(next(iter(response['content'].values()))['example'])}</div>"


def _failures(api: Json, operation: Json) -> str:
    rows = (
        (status, "", api["components"]["responses"][status]["description"])
        for status in operation["responses"]
        if status.startswith(("4", "5"))
    )
    return f"<details><summary>Failures</summary>{_table('', rows)}</details>"


def _table(title: str, rows: Iterable[tuple[str, str, str]]) -> str:
    cells = "".join(
        f"<tr><th><code>{escape(name)}</code></th><td>{escape(kind)}</td><td>{_text(about)}</td></tr>"
        for name, kind, about in rows
    )
    heading = f"<h4>{title}</h4>" if title else ""
    return f"{heading}<table>{cells}</table>" if cells else ""


def _code(example: Any) -> str:
    text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'


def _resolved(api: Json, schema: Json) -> Json:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return api["components"]["schemas"][name] if name else schema


def _kind(api: Json, schema: Json) -> str:
    """A schema in a few words."""
    schema = _resolved(api, schema)
    if "anyOf" in schema:
        return " or ".join(_kind(api, part) for part in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_kind(api, schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")
