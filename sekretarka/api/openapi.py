"""The OpenAPI document: what FastAPI knows, completed with callers, failures and an example for every operation."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Annotated, Any, get_args

from fastapi import FastAPI
from pydantic import BaseModel, Field

from sekretarka.api import examples, openapi_headers
from sekretarka.api.route import CACHEABLE, NO_STORE, PERMISSION, RESOURCE_PERMISSION
from sekretarka.core.errors import AppError, Detail, Invalid
from sekretarka.domain.auth.invitation_signup import InvitationSignup, InvitationToken
from sekretarka.domain.auth.recovery import Forgotten, PasswordReset
from sekretarka.domain.auth.registration import Registration
from sekretarka.domain.auth.verification import Unverified, Verification
from sekretarka.http import errors
from sekretarka.http.responses import Error
from sekretarka.providers.call_events import CallEvent
from sekretarka.providers.registry import AI_SERVICE

Json = dict[str, Any]
DESCRIPTION = """\
Every answer is an envelope: `{"success": true, "data": …}`, lists with `metadata`, failures with `error.code`,
`error.message` and `error.details`. Codes are stable, messages are for readers. Every answer carries `X-Request-Id`.

Send an API key as `Authorization: Bearer sk_…`. Pages of the dashboard use the session's cookie; writes then need JSON
and our own origin. `X-Organization-Id` acts for another of a user's organizations for one request.

Every resource has a `version` and an `ETag` that begins with it: send it as `If-None-Match` to learn that nothing is
new (304), as `If-Match`, or `updatedAt` as `ifUpdatedAt` in a patch, to change only what you know (412). Every POST
takes an `Idempotency-Key` and has one effect for a day, however often it comes with it.

Lists take `page` and `limit`, or the `cursor` of an earlier answer. Instants are RFC 3339; ours end in `Z`. Money is
`{amount, currency}` in minor units. Unknown fields and parameters are refused. PATCH is a JSON merge patch.
`/api/x` is `/api/v1/x`."""
SECURITY = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key, `sk_live_…` or `sk_test_…`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "authjs.session-token",
        "description": "A signed-in browser.",
    },
}


class Event(BaseModel):
    """An event of the AI service. Unknown types are stored and ignored; of known ones `data` must be valid."""

    type: Annotated[
        str,
        Field(min_length=1, max_length=64, description=", ".join(get_args(CallEvent.model_fields["type"].annotation))),
    ]
    timestamp: Annotated[Any, Field(description="When it was sent, RFC 3339.")] = None
    data: Annotated[Any, Field(description="`agentId`, `callId`, and what the type brings.")] = None


# Their bodies are read raw, for a signature or for clients that send forms; the shapes are these.
RAW_BODIES: dict[str, tuple[type[BaseModel], Json]] = {
    "/api/auth/password/forgot": (Forgotten, examples.EMAIL),
    "/api/auth/password/reset": (PasswordReset, examples.PASSWORD_RESET),
    "/api/auth/register": (Registration, examples.REGISTRATION),
    "/api/auth/verify-email": (Verification, examples.LINK_TOKEN),
    "/api/auth/verify-email/resend": (Unverified, examples.EMAIL),
    "/api/auth/invitation": (InvitationToken, examples.BY_SCHEMA["InvitationToken"]),
    "/api/auth/invitation/register": (InvitationSignup, examples.JOINING),
    f"/api/webhooks/{AI_SERVICE}": (Event, examples.EVENT),
    f"/api/webhooks/{AI_SERVICE}/{{endpointId}}": (Event, examples.EVENT),
}
INVITATION_LINKS = ("/api/auth/invitation", "/api/auth/invitation/register", "/api/v1/invitations/accept")
EMAIL_LINKS = ("/api/auth/password/reset", "/api/auth/verify-email", *INVITATION_LINKS)
SIGNATURE = ("webhook-id", "webhook-timestamp", "webhook-signature")
REFERENCE = "#/components/schemas/{model}"


class Documented(FastAPI):
    """FastAPI with our document in place of its own."""

    _document: Json | None = None

    def openapi(self) -> Json:
        """The OpenAPI document as JSON values, made with the first call, when all routes are there."""
        if self._document is None:
            self._document = _complete(super().openapi())
        return self._document


def _complete(document: Json) -> Json:
    document["info"]["description"] = DESCRIPTION
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _define(schemas, Error)
    document["components"]["responses"] = _failures()
    document["components"]["securitySchemes"] = SECURITY
    for path, method, operation in operations(document):
        if path in RAW_BODIES:
            _describe_raw_body(schemas, operation, *RAW_BODIES[path])
        _describe_caller(path, operation)
        _add_examples(schemas, operation)
        openapi_headers.add(schemas, path, method, operation)
        _add_failures(path, method, operation)
    return document


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """`(path, method, operation)` for every operation of the document."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _define(schemas: Json, model: type[BaseModel]) -> None:
    schema = model.model_json_schema(ref_template=REFERENCE)
    schemas.update({name: inner for name, inner in schema.pop("$defs", {}).items() if name not in schemas})
    schemas.setdefault(model.__name__, schema)


def _describe_raw_body(schemas: Json, operation: Json, model: type[BaseModel], example: Json) -> None:
    _define(schemas, model)
    schema = {"$ref": REFERENCE.format(model=model.__name__)}
    operation["requestBody"] = {"required": True, "content": {errors.JSON: {"schema": schema, "example": example}}}


def _describe_caller(path: str, operation: Json) -> None:
    """Who may call, and what a signed delivery carries instead."""
    operation.pop(NO_STORE, None)
    operation.pop(CACHEABLE, None)
    if RESOURCE_PERMISSION in operation:
        operation[PERMISSION] = operation.pop(RESOURCE_PERMISSION)
    if path.startswith("/api/v1/"):
        operation["security"] = [{"key": []}, {"session": []}]
    if path.startswith("/api/webhooks/"):
        text = {"type": "string"}
        operation.setdefault("parameters", []).extend(
            {"name": name, "in": "header", "required": False, "schema": text} for name in SIGNATURE
        )


def _add_examples(schemas: Json, operation: Json) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content.setdefault("example", example_of(schemas, content["schema"]))
    for status, response in operation["responses"].items():
        if not status.startswith("2"):
            continue
        if "content" not in response:  # the same answer under a second good status
            response["content"] = next(iter(operation["responses"].values()))["content"]
        for media_type, content in response["content"].items():
            written = examples.BY_MEDIA_TYPE.get(media_type)
            content["example"] = written or example_of(schemas, content["schema"])


def example_of(schemas: Json, schema: Json) -> Any:
    """A value of the schema: the example written for it, else one made of its fields, defaults and types."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name:
        return examples.BY_SCHEMA.get(name) or example_of(schemas, schemas[name])
    if "properties" in schema:
        return {field: example_of(schemas, inner) for field, inner in schema["properties"].items()}
    listed = next((schema[key] for key in ("examples", "enum") if key in schema), None)
    if listed:
        return listed[0]
    if "anyOf" in schema:
        return example_of(schemas, schema["anyOf"][0])
    if schema.get("type") == "array":
        return [example_of(schemas, schema["items"])]
    kind = str(schema.get("format", schema.get("type")))
    return next((schema[key] for key in ("const", "default") if key in schema), examples.BY_TYPE.get(kind))


def _add_failures(path: str, method: str, operation: Json) -> None:
    operation["responses"] = {
        status: it for status, it in operation["responses"].items() if status.startswith(("2", "3"))
    }
    for status in sorted(_possible(path, method)):
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/{status}"}


def _possible(path: str, method: str) -> set[int]:
    if path.startswith("/api/health/"):
        return {500, 503} if path.endswith("ready") else {500}
    statuses = {429, 500, 503}
    if path.startswith("/api/v1/"):
        statuses |= {401, 403, 404, 406, 422}
    if path.startswith("/api/webhooks/"):
        statuses |= {401, 404}
    if path in EMAIL_LINKS:
        statuses |= {410}
    if path in INVITATION_LINKS:
        statuses |= {404, 409}
    if openapi_headers.is_repeatable(path, method):
        statuses.add(409)
    if openapi_headers.has_condition(path, method):
        statuses |= {409, 412}
    if method != "get":
        statuses |= {400, 403, 413, 415, 422}
    return statuses


def _failures() -> Json:
    """One response per status, with every code it may carry."""
    by_status: defaultdict[int, list[type[AppError]]] = defaultdict(list)
    for error in AppError.registry.values():
        by_status[error.status].append(error)
    by_status[500] = [AppError]
    schema = {"$ref": REFERENCE.format(model=Error.__name__)}
    return {
        str(status): {
            "description": "; ".join(
                f"`{kind.code}`: {kind.message}" for kind in sorted(kinds, key=lambda it: it.code)
            ),
            "content": {errors.JSON: {"schema": schema, "example": _failure_example(kinds[0])}},
        }
        for status, kinds in sorted(by_status.items())
    }


def _failure_example(kind: type[AppError]) -> Any:
    error = kind()
    if isinstance(error, Invalid):
        error.details = [Detail(("body", "name"), "required", "This field is required")]
    return json.loads(errors.body_of(error))
