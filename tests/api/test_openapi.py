"""The documentation: complete, true to its own schemas, and readable without any other host."""

import json
from typing import Any

import jsonschema_rs
import pytest
from httpx2 import AsyncClient
from playwright.async_api import Browser

from sekretarka.api import examples
from sekretarka.api.openapi import operations
from tests.api.routes import DOCUMENT
from tests.support.processes import Serve


def named(path: str, method: str) -> str:
    return f"{method.upper()} {path}"


OPERATIONS = {named(path, method): operation for path, method, operation in operations(DOCUMENT)}


def validator(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """For a schema of the document, whose references point into the document."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_explained(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert operation["responses"]["500"] == {"$ref": "#/components/responses/500"}
    if "/api/v1/" in name:
        assert operation["security"] == [{"key": []}, {"session": []}]
        assert {"401", "403", "404", "429"} <= set(operation["responses"])


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_example_fits_its_schema(name: str) -> None:
    operation = OPERATIONS[name]
    contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []
    contents += [response["content"] for response in operation["responses"].values() if "content" in response]
    assert contents
    for content in contents:
        for media_type, media in content.items():
            assert media["example"]
            if media_type == "application/json":
                faults = [str(error) for error in validator(media["schema"]).iter_errors(media["example"])]
                assert faults == [], f"write one in sekretarka/api/examples.py: BY_SCHEMA, for {media['schema']}"


def test_every_failure_has_an_example_that_fits() -> None:
    for response in DOCUMENT["components"]["responses"].values():
        media = response["content"]["application/json"]
        validator(media["schema"]).validate(media["example"])


def test_every_example_is_used() -> None:
    document = json.dumps(DOCUMENT)
    assert all(f'"{name}"' in document for name in examples.BY_SCHEMA)


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/openapi.json", "/api/v1/docs", "/api/docs"])
async def test_it_is_public_and_can_be_cached(nobody: AsyncClient, path: str) -> None:
    response = await nobody.get(path)
    assert response.status_code == 200
    assert response.headers["cache-control"].startswith("public, s-maxage=60")
    again = await nobody.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304
    assert {"etag", "cache-control", "vary"} <= set(again.headers)


async def test_programs_get_the_same_document(nobody: AsyncClient) -> None:
    assert (await nobody.get("/api/v1/openapi.json")).json() == DOCUMENT


async def test_people_can_read_and_search_it(serve: Serve, tmp_path: Any, browser: Browser) -> None:
    served = serve(database_url=f"sqlite:///{tmp_path}/docs.db")
    page = await browser.new_page()
    messages: list[str] = []
    urls: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: urls.append(request.url))
    await page.goto(f"{served.url}/api/v1/docs")
    articles = page.locator("article:visible")
    assert await articles.count() == len(OPERATIONS)
    await page.keyboard.press("/")
    await page.keyboard.type("transcript get")
    assert await articles.locator("h3").all_inner_texts() == ["GET\n/api/v1/conversations/{conversation_id}/transcript"]
    await page.get_by_role("searchbox").fill("no such thing")
    assert await page.get_by_role("status").is_visible()
    await page.get_by_role("searchbox").fill("")
    assert await articles.count() == len(OPERATIONS)
    assert [url for url in urls if "favicon" not in url] == [f"{served.url}/api/v1/docs"]
    assert [text for text in messages if "favicon" not in text] == []
    await page.close()
