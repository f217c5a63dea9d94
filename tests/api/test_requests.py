"""What may be sent: media types, sizes, strict JSON, strict queries (api.md#malformed-requests)."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests import factories
from tests.api.routes import ROUTES
from tests.clients import Caller

AGENT = b'{"name": "Ola", "language": "pl"}'
JSON = {"Content-Type": "application/json"}


async def post(owner: Caller, content: bytes, **headers: str) -> httpx2.Response:
    response = await owner.send("POST", "/api/v1/agents", content=content, headers={**JSON, **headers})
    stored = (await owner.send("GET", "/api/v1/agents")).json()["metadata"]["total"]
    assert stored == (1 if response.status_code == 201 else 0)
    return response


def free(value: str) -> bytes:
    return b'{"name": "Ola", "language": "pl", "knowledgeBase": {"x": ' + value.encode() + b"}}"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"name": "Ola",}',
        b"{'name': 'Ola'}",
        b'{"name": "\xff"}',
        b'\xef\xbb\xbf{"name": "Ola", "language": "pl"}',
        b'{"name": 0x1}',
        b'{"name": "a\nb"}',
        b'{"name": ' + b"9" * 5_000 + b"}",
        b"[" * 100_000 + b"]" * 100_000,
        free("[" * 33 + "]" * 33),
        AGENT + b" x",
        '{"name": "Ola"}'.encode("utf-16"),
    ],
    ids=lambda content: repr(content[:24]),
)
async def test_what_is_no_json_is_400(owner: Caller, content: bytes) -> None:
    response = await post(owner, content)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "MALFORMED_JSON"


@pytest.mark.parametrize(
    ("content", "path", "code"),
    [
        (b'{"name": "a", "name": "b", "language": "pl"}', ["body", "name"], "duplicate_key"),
        (free('{"a": 1, "b": {"c": 1, "c": 2}}'), ["body", "knowledgeBase", "x", "b", "c"], "duplicate_key"),
        (free("NaN"), ["body", "knowledgeBase", "x"], "finite_number"),
        (free("[1, -Infinity]"), ["body", "knowledgeBase", "x", 1], "finite_number"),
        (free("1e999"), ["body", "knowledgeBase", "x"], "finite_number"),
        (free("9" * 400), ["body", "knowledgeBase", "x"], "integer_out_of_range"),
        (free('"\\ud800"'), ["body", "knowledgeBase", "x"], "invalid_unicode"),
        (free('"a\\u0000b"'), ["body", "knowledgeBase", "x"], "control_character"),
        (free('{"a\\u0000": 1}'), ["body", "knowledgeBase", "x"], "invalid_key"),
        (b'{"name": "a\\ud800", "language": "pl"}', ["body", "name"], "invalid_unicode"),
        (b'{"name": "a\\u0000b", "language": "pl"}', ["body", "name"], "control_character"),
        (b'{"name": "a", "language": "pl", "voice_id": "x"}', ["body", "voice_id"], "unknown_field"),
        (b'{"name": "a", "language": "pl", "nam": "x"}', ["body", "nam"], "unknown_field"),
        (b"[]", ["body"], "object_expected"),
        (b"null", ["body"], "object_expected"),
        (b'"text"', ["body"], "object_expected"),
    ],
    ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else "",
)
async def test_what_no_field_can_hold_is_422_by_its_path(
    owner: Caller, content: bytes, path: list[Any], code: str
) -> None:
    response = await post(owner, content)
    assert response.status_code == 422
    errors = [(detail["path"], detail["code"]) for detail in response.json()["error"]["details"]]
    assert (path, code) in errors


async def test_what_was_refused_is_not_repeated(owner: Caller) -> None:
    response = await post(owner, b'{"name": "a", "language": "secret-input", "agent": "hunter2"}')
    assert b"secret-input" not in response.content
    assert b"hunter2" not in response.content


async def test_ordinary_unusual_json_passes(owner: Caller) -> None:
    response = await post(owner, free('{"pi": 3.14, "big": 9223372036854775807, "text": "\\ud83d\\ude00 \u2028"}'))
    assert response.status_code == 201
    stored = response.json()["data"]["knowledgeBase"]["x"]
    assert stored == {"pi": 3.14, "big": 9223372036854775807, "text": "😀 \u2028"}


async def test_depth_at_its_limit_passes(owner: Caller) -> None:
    body = {"name": "Ola", "language": "pl", "knowledgeBase": json.loads('{"x":' * 8 + "1" + "}" * 8)}
    assert (await owner.send("POST", "/api/v1/agents", json=body)).status_code == 201


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=iso-8859-2",
        "application/merge-patch+json",
        "application/vnd.api+json",
        "",
    ],
)
async def test_other_media_types_are_415(owner: Caller, media_type: str) -> None:
    response = await post(owner, AGENT, **{"Content-Type": media_type})
    assert response.status_code == 415
    assert response.headers["accept"] == "application/json"


async def test_without_any_media_type_it_is_415(owner: Caller) -> None:
    request = owner.client.build_request("POST", "/api/v1/agents", content=AGENT)
    assert "content-type" not in request.headers
    response = await owner.client.send(request)
    assert response.status_code == 415


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", 'Application/JSON; charset="UTF-8"'])
async def test_utf8_charset_is_accepted(owner: Caller, media_type: str) -> None:
    assert (await post(owner, AGENT, **{"Content-Type": media_type})).status_code == 201


async def test_a_packed_body_is_415(owner: Caller) -> None:
    assert (await post(owner, AGENT, **{"Content-Encoding": "gzip"})).status_code == 415


async def test_a_patch_says_what_it_accepts(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    response = await owner.send("PATCH", f"/api/v1/agents/{agent.id}", content=b"{}", headers={"Content-Type": "a/b"})
    assert response.status_code == 415
    assert response.headers["accept-patch"] == "application/json, application/merge-patch+json"


async def test_an_action_takes_nothing_or_an_empty_object(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    path = f"/api/v1/agents/{agent.id}/activate"
    assert (await owner.send("POST", path)).status_code == 200
    assert (await owner.send("POST", path, json={})).status_code == 200
    unknown = await owner.send("POST", path, json={"status": "error"})
    assert unknown.json()["error"]["details"] == [
        {"path": ["body", "status"], "code": "unknown_field", "message": "This field is not known here"}
    ]
    form = await owner.send("POST", path, data={"a": "b"})
    assert form.status_code == 415


async def test_a_body_at_the_limit_passes_and_one_byte_more_does_not(owner: Caller) -> None:
    padding = 1_000_000 - len(AGENT)
    assert (await post(owner, AGENT + b" " * padding)).status_code == 201
    response = await owner.send("POST", "/api/v1/agents", content=AGENT + b" " * (padding + 1), headers=JSON)
    assert response.json()["error"]["code"] == "PAYLOAD_TOO_LARGE"


async def test_chunks_are_counted(owner: Caller) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 100_000

    response = await owner.send("POST", "/api/v1/agents", content=chunks(), headers=JSON)
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ("limit=0", "limit", "greater_than_equal"),
        ("limit=101", "limit", "less_than_equal"),
        ("limit=x", "limit", "int_parsing"),
        ("limit=1e9", "limit", "int_parsing"),
        ("limit=1_0", "limit", "int_parsing"),
        ("limit=%2010", "limit", "int_parsing"),
        ("limit=10.0", "limit", "int_parsing"),
        ("limit=%D9%A3", "limit", "int_parsing"),
        ("page=%2B1", "page", "int_parsing"),
        ("page=1_0", "page", "int_parsing"),
        ("limit=" + "9" * 400, "limit", "less_than_equal"),
        ("page=0", "page", "greater_than_equal"),
        ("page=10001", "page", "less_than_equal"),
        ("page=-1", "page", "greater_than_equal"),
        ("limit=1&limit=2", "limit", "repeated_parameter"),
        ("foo=1", "foo", "unknown_field"),
        ("cursor=%00", "cursor", "control_character"),
        ("cursor=nonsense", "cursor", "invalid_cursor"),
        ("start_date=2026-11-20", "start_date", "unknown_field"),
        ("status=busy", "status", "enum"),
        ("agentId=7", "agentId", "uuid_parsing"),
        ("startDate=yesterday", "startDate", "date_parsing"),
        ("startDate=0", "startDate", "date_parsing"),
        ("startDate=1732000000", "startDate", "date_parsing"),
        ("startDate=2026-13-01", "startDate", "date_from_datetime_parsing"),
        ("startDate=2026-11-20T00:00:00", "startDate", "date_parsing"),
        ("startDate=2026-11-21&endDate=2026-11-20", "endDate", "before_start"),
        ("startDate=2026-11-20T10:00:00", "startDate", "date_parsing"),
        ("search=" + "a" * 201, "search", "string_too_long"),
    ],
)
async def test_a_bad_query_is_refused_by_its_parameter(owner: Caller, query: str, name: str, code: str) -> None:
    response = await owner.send("GET", f"/api/v1/conversations?{query}")
    assert response.status_code == 422
    assert (["query", name], code) in [(d["path"], d["code"]) for d in response.json()["error"]["details"]]


INTEGERS = [
    (path, parameter["name"])
    for method, path, operation in ROUTES.values()
    for parameter in operation.get("parameters", [])
    if method == "GET" and parameter["in"] == "query" and '"integer"' in json.dumps(parameter["schema"])
]


async def test_every_list_takes_numbers_in_plain_digits_only(owner: Caller) -> None:
    assert ("/api/v1/conversations/{conversation_id}/transcript", "limit") in INTEGERS
    for path, name in INTEGERS:
        url = re.sub(r"{\w+}", str(owner.organization_id), path)
        response = await owner.send("GET", url, params={name: "1_0"})
        assert response.status_code == 422, path
        assert [detail["code"] for detail in response.json()["error"]["details"]] == ["int_parsing"], path


@pytest.mark.parametrize("query", ["limit=%ff", "x=%c3%28"])
async def test_a_query_that_is_no_utf8_is_refused(owner: Caller, query: str) -> None:
    response = await owner.send("GET", f"/api/v1/agents?{query}")
    assert response.json()["error"]["details"][0]["code"] == "invalid_encoding"


async def test_parameters_are_refused_where_there_are_none(owner: Caller) -> None:
    assert (await owner.send("GET", "/api/v1/users/me?x=1")).status_code == 422
    assert (
        await owner.send("POST", "/api/v1/agents?dryRun=1", json={"name": "a", "language": "pl"})
    ).status_code == 422


async def test_page_and_cursor_exclude_each_other(owner: Caller) -> None:
    response = await owner.send("GET", "/api/v1/agents?page=1&cursor=x")
    assert response.json()["error"]["details"][0]["code"] == "cursor_and_page"


CORPUS = [
    "'",
    "' OR 1=1 --",
    "%",
    "_",
    "\\",
    '"; DROP TABLE agents; --',
    "${7*7}",
    "{{7*7}}",
    "\r\nX-Bad: 1",
    "ı",
    "İ",
    "ß",
]


@pytest.mark.parametrize("text", CORPUS)
async def test_text_is_only_text(owner: Caller, program: Caller, text: str) -> None:
    """security.md#t18: nothing is interpreted, and a search finds the text literally; apostrophes are nothing to it."""
    agent = await factories.agent(owner.organization_id)
    for number, name in enumerate((f"x{text}y", "Anna")):
        call = {"agentId": str(agent.id), "callId": f"c{number}", "callerName": name}
        response = await program.send("POST", "/api/v1/conversations", json=call)
        # Line ends have no place in a name and are refused; everything else is stored as it is.
        if "\n" not in text:
            assert response.status_code == 201
            assert response.json()["data"]["callerName"] == name
    answer = await owner.send("GET", "/api/v1/conversations", params={"search": text})
    if answer.status_code == 200 and "\n" not in text:
        names = [call["callerName"] for call in answer.json()["data"]]
        assert f"x{text}y" in names
        assert ("Anna" in names) is (text == "'")
