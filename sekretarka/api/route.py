"""Route classes: every route needs a caller, and one request is one transaction, committed before the answer."""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_validation_alias
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from sekretarka.api import authentication
from sekretarka.core.actor import Actor
from sekretarka.core.database import db_errors
from sekretarka.core.database.etags import Precondition
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Detail, Forbidden, Invalid
from sekretarka.core.permissions import Permission
from sekretarka.core.web.idempotency import HEADER
from sekretarka.core.web.idempotency import Request as KeyedRequest
from sekretarka.core.web.idempotency import request as keyed_request
from sekretarka.http import conditional, idempotency
from sekretarka.http.bodies import JsonRequest

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
PERMISSION, RESOURCE_PERMISSION, NO_STORE = "x-permission", "x-permission-of-resource", "x-no-store"
CACHEABLE = "x-cacheable"
READS = {"GET", "HEAD"}
# What would be the result again; 401, 403, 422 and 429 may be tried again with the same key.
STORED_REJECTIONS = (402, 404, 409, 410)


def requires(permission: Permission, *, no_store: bool = False, cacheable: bool = False) -> dict[str, Any]:
    """For `openapi_extra`: what the caller must be allowed, documented and checked early; the service decides again.

    `no_store` is for personal data. `cacheable` is for what depends on nothing but rows of the organization, the
    caller's permissions and the address: not on the time, not on who it is (`api/response_cache.py`).
    """
    return {
        PERMISSION: permission.value,
        **({NO_STORE: True} if no_store else {}),
        **({CACHEABLE: True} if cacheable else {}),
    }


def requires_in_resource(permission: Permission) -> dict[str, Any]:
    """The same where only the service can tell: the role in the organization that the path names."""
    return {RESOURCE_PERMISSION: permission.value}


class AuthenticatedRoute(APIRoute):
    """A route for known callers only; reads and checks the request before the handler runs."""

    def get_route_handler(self) -> Handler:
        inner = _with_etag(super().get_route_handler(), self.response_model)
        parameters = set(_query_names(self.dependant))
        extra = self.openapi_extra or {}
        permission = Permission(extra[PERMISSION]) if PERMISSION in extra else None
        cache = "private, no-store" if extra.get(NO_STORE) else "private, no-cache"

        async def handle(request: Request) -> Response:
            checked = JsonRequest(request.scope, request.receive)
            actor = await self.caller(checked)
            authentication.check_origin(checked, actor)
            if permission is not None and permission not in actor.permissions:
                raise Forbidden
            check_query(checked, parameters)
            if checked.method not in READS:
                await checked.read(expects_body=self.body_field is not None)
                _check_names(self, checked.decoded)
            response = await self.run(actor, checked, inner)
            if checked.method in READS:
                response.headers["Cache-Control"] = cache
                return conditional.not_modified(checked.headers, response.headers) or response
            return response

        return handle

    async def caller(self, request: JsonRequest) -> Actor:
        """The caller, or the rejection raised."""
        return authentication.require_caller(request)

    async def run(self, actor: Actor, request: JsonRequest, inner: Handler) -> Response:
        """Run the handler without a unit of work."""
        return await inner(request)


class TransactionalRoute(AuthenticatedRoute):
    """Begins the unit of work, lets the route and its serialisation run inside, commits, and only then answers.
    `still_true` is for a POST that finds what it did before, see `idempotency.run_once`."""

    still_true: ClassVar[idempotency.Comparison | None] = None

    async def run(self, actor: Actor, request: JsonRequest, inner: Handler) -> Response:
        if request.method in READS:
            async with begin(actor) as uow:
                request.state.uow = uow
                return await inner(request)
        precondition = conditional.precondition_of(request, actor)
        return await db_errors.retry_on_conflict(lambda: self.write(actor, request, inner, precondition))

    async def write(
        self, actor: Actor, request: JsonRequest, inner: Handler, precondition: Precondition | None
    ) -> Response:
        """One attempt; its effects are rolled back when it fails."""
        attempt = replace(precondition) if precondition else None

        async def act(uow: UnitOfWork) -> Response:
            request.state.uow, uow.precondition = uow, attempt
            response = await inner(request)
            if attempt is not None:
                attempt.ensure_checked()
            return response

        keyed = _keyed(actor, request) if request.method == "POST" else None
        return await idempotency.run_once(actor, keyed, act, STORED_REJECTIONS, type(self).still_true)


def _keyed(actor: Actor, request: JsonRequest) -> KeyedRequest | None:
    """The request as its key names it, for this caller alone; None without a key."""
    caller = (actor.kind, actor.organization_id, actor.user_id, actor.api_key_id)
    target = (request.method, request.scope["path"], request.url.query)
    return keyed_request(request.headers.getlist(HEADER), [*map(str, caller), *target], request.decoded)


def _with_etag(inner: Handler, model: Any) -> Handler:
    """Give every answer that is one resource its entity tag, and what a GET shows in any case."""
    data = model.model_fields.get("data") if isinstance(model, type) and issubclass(model, BaseModel) else None
    view = data.annotation if data else None

    async def handle(request: Request) -> Response:
        response = await inner(request)
        body = getattr(response, "body", b"")
        if body and (request.method in READS or conditional.is_versioned(body)):
            response.headers["ETag"] = conditional.etag_for_body(body, view)
        return response

    return handle


def _unit_of_work(request: Request) -> UnitOfWork:
    uow: UnitOfWork = request.state.uow
    return uow


WithUnitOfWork = Annotated[UnitOfWork, Depends(_unit_of_work)]
Caller = Annotated[Actor, Depends(authentication.require_caller)]


def _query_names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from (info.alias or name for name, info in model.model_fields.items())
        else:
            yield get_validation_alias(field)
    for inner in dependant.dependencies:
        yield from _query_names(inner)


def check_query(request: Request, known_names: set[str]) -> None:
    """`Invalid` for unknown or repeated parameters and text that no database holds (security.md#t26)."""
    raw = request.scope["query_string"]
    if not raw:
        return
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise Invalid.field(["query"], "invalid_encoding", "The query is not valid UTF-8") from None
    counts = Counter(name for name, _ in pairs)
    details = [
        Detail(("query", name), "repeated_parameter", "Send this parameter once")
        for name, count in counts.items()
        if count > 1
    ]
    details += [
        Detail(("query", name), "unknown_field", "This parameter is not known here")
        for name in counts.keys() - known_names
    ]
    details += [
        Detail(("query", name), "control_character", "The character U+0000 is not allowed")
        for name, value in pairs
        if "\x00" in value
    ]
    if details:
        raise Invalid(details=sorted(details, key=lambda detail: detail.path))


def _check_names(route: APIRoute, body: Any) -> None:
    """Reject the Python names of fields: JSON has the camelCase ones only."""
    model = route.body_field.field_info.annotation if route.body_field else None
    details = list(_inner_names(model, body, ("body",)))
    if details:
        raise Invalid(details=details)


def _inner_names(model: Any, value: Any, path: tuple[str | int, ...]) -> Iterator[Detail]:
    if not isinstance(value, dict) or not (isinstance(model, type) and issubclass(model, BaseModel)):
        return
    for name, info in model.model_fields.items():
        alias = info.alias or name
        if alias != name and name in value:
            yield Detail((*path, name), "unknown_field", "This field is not known here")
        for inner in (info.annotation, *getattr(info.annotation, "__args__", ())):
            yield from _inner_names(inner, value.get(alias), (*path, alias))
