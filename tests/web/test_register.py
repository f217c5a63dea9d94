"""POST /api/auth/register as programs and the page use it."""

from typing import Any

import pytest

from tests.support.accounts import PASSWORD
from tests.web.browser import Browser, Open

OLA = {"email": "Ola@Example.com", "name": "Ola", "password": PASSWORD, "organizationName": "Salon Oli"}


async def test_register_sign_in_and_work(open_browser: Open) -> None:
    visitor = await open_browser()
    response = await visitor.post("/api/auth/register", json=OLA)
    assert response.status_code == 201
    assert response.json() == {
        "success": True,
        "data": {"userId": response.json()["data"]["userId"], "email": "Ola@example.com"},
    }
    assert "set-cookie" not in response.headers
    await visitor.sign_in("ola@example.com")
    user = (await visitor.who())["user"]
    assert (user["id"], user["role"]) == (response.json()["data"]["userId"], "owner")
    [business] = (await visitor.get("/api/v1/organizations")).json()["data"]
    assert (business["id"], business["name"]) == (user["organizationId"], "Salon Oli")
    assert (await visitor.get("/api/v1/users/me")).json()["data"]["organizationId"] == business["id"]


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"email": "ola"}, ["body", "email"], "invalid_email"),
        ({"email": None}, ["body", "email"], "string_type"),
        ({"password": "krótkie"}, ["body", "password"], "string_too_short"),
        ({"password": "qwerty123456"}, ["body", "password"], "common_password"),
        ({"password": "salon-oli-1"}, ["body", "password"], "guessable_password"),
        ({"name": ""}, ["body", "name"], "string_too_short"),
        ({"organizationName": "x" * 121}, ["body", "organizationName"], "string_too_long"),
        ({"organization_name": "x"}, ["body", "organization_name"], "unknown_field"),
        ({"role": "owner"}, ["body", "role"], "unknown_field"),
        ({"language": "de"}, ["body", "language"], "literal_error"),
        ({"name": "a\u0000b"}, ["body", "name"], "control_character"),
    ],
)
async def test_bad_values_are_named_and_not_repeated(
    open_browser: Open, change: dict[str, Any], path: list[str], code: str
) -> None:
    visitor = await open_browser()
    response = await visitor.post("/api/auth/register", json={**OLA, **change})
    assert (response.status_code, response.json()["error"]["code"]) == (422, "VALIDATION_ERROR")
    [detail] = response.json()["error"]["details"]
    assert (detail["path"], detail["code"]) == (path, code)
    assert PASSWORD not in response.text
    assert str(change.get("password", "no such text")) not in response.text


async def test_missing_fields_are_all_named(open_browser: Open) -> None:
    visitor = await open_browser()
    response = await visitor.post("/api/auth/register", json={})
    named = {detail["path"][-1]: detail["code"] for detail in response.json()["error"]["details"]}
    assert named == {"email": "required", "name": "required", "password": "required"}


async def test_a_network_opens_twenty_accounts_in_ten_minutes(open_browser: Open) -> None:
    visitor = await open_browser()
    responses = [
        await visitor.post("/api/auth/register", json={**OLA, "email": f"ola{number}@example.com"})
        for number in range(21)
    ]
    assert [response.status_code for response in responses] == [201] * 20 + [429]
    assert responses[-1].json()["error"]["code"] == "LOGIN_THROTTLED"
    assert int(responses[-1].headers["retry-after"]) >= 1


async def test_the_form_of_a_page_without_javascript_is_refused(visitor: Browser) -> None:
    response = await visitor.post("/api/auth/register", data=OLA)
    assert (response.status_code, response.headers["accept"]) == (415, "application/json")
