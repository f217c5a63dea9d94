"""Which paths exist and what each takes: the alias without version, 404, 405 and OPTIONS with the full Allow, 406.

What is found here is called without looking for it again: FastAPI tries its nested routers' patterns one by one, each
several times, which for sixty routes took half of the time of a webhook.
"""

import re
from collections import defaultdict
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sekretarka.api.route import CACHEABLE
from sekretarka.core.errors import MethodNotAllowed, NotAcceptable, NotFound

VERSION, MATCHED_ROUTE = "v1", "sekretarka.route"
UNVERSIONED = ("auth", "health", "webhooks")
_VERSIONED = re.compile(r"/api/v(\d+)(?:/.*)?")
_ALIAS = re.compile(r"/api/([^/]+)")


class VersionAliasMiddleware:
    """`/api/x` is `/api/v1/x`, rewritten in place so that bodies survive (api.md#paths-and-methods)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = with_version(scope)
        await self.app(scope, receive, send)


def with_version(scope: Scope) -> Scope:
    """The scope with the version in its path; `NotFound` for a version that does not exist, and an encoded slash."""
    path = str(scope["path"])
    if b"%2f" in (scope.get("raw_path") or b"").lower():
        raise NotFound  # a slash that was written as none separates nothing (RFC 3986 §2.2); no parameter takes one
    versioned = _VERSIONED.fullmatch(path)
    if versioned:
        if versioned[1] != "1":
            raise NotFound(details={"supported": [VERSION]})
        return scope
    alias = _ALIAS.match(path)
    if not alias or alias[1] in UNVERSIONED:
        return scope
    raw = scope.get("raw_path") or path.encode()
    return {**scope, "path": f"/api/{VERSION}{path[4:]}", "raw_path": b"/api/v1" + raw[4:]}


@dataclass(frozen=True)
class Resource:
    """A path template, the route of each method, the media types it responds with, whether responses are cacheable."""

    template: str
    pattern: re.Pattern[str]
    routes: dict[str, RouteContext]
    produces: frozenset[str] | None
    cacheable: bool

    @property
    def methods(self) -> frozenset[str]:
        """The methods it takes."""
        return frozenset(self.routes)

    @property
    def allow(self) -> str:
        """The value of `Allow`."""
        head = {"HEAD"} if "GET" in self.methods else set()
        return ", ".join(sorted(self.methods | head | {"OPTIONS"}))


def resources(app: FastAPI) -> dict[int, list[Resource]]:
    """The application's resources by the number of slashes in their paths, fixed paths before those with parameters."""
    routes: defaultdict[str, dict[str, RouteContext]] = defaultdict(dict)
    for route in iter_route_contexts(app.routes):
        if route.path_format and route.methods:
            routes[route.path_format].update(dict.fromkeys(route.methods, route))
    unordered = [
        Resource(path, _pattern(methods), methods, _produces(path, methods), _is_cacheable(methods))
        for path, methods in routes.items()
    ]
    by_slashes: defaultdict[int, list[Resource]] = defaultdict(list)
    for resource in sorted(unordered, key=lambda resource: ("{" in resource.template, resource.template)):
        by_slashes[resource.template.count("/")].append(resource)  # no parameter takes a slash
    return dict(by_slashes)


def _pattern(routes: dict[str, RouteContext]) -> re.Pattern[str]:
    pattern: re.Pattern[str] = next(iter(routes.values())).path_regex
    return pattern


def _is_cacheable(routes: dict[str, RouteContext]) -> bool:
    extra = getattr(routes["GET"].original_route, "openapi_extra", None) if "GET" in routes else None
    return bool(extra and extra.get(CACHEABLE))


def _produces(path: str, routes: dict[str, RouteContext]) -> frozenset[str] | None:
    """Media types of the good answers; None where callers do not choose: vendors, Auth.js clients.

    The document says the same (a test compares them), but takes half a second to make.
    """
    if not path.startswith(f"/api/{VERSION}/"):
        return None
    kinds: set[str] = set()
    for route in {id(context.original_route): context.original_route for context in routes.values()}.values():
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        chosen = route.response_class
        usual = chosen.value if isinstance(chosen, DefaultPlaceholder) else chosen
        kinds |= {usual.media_type} if usual.media_type else set()
        for status, response in route.responses.items():
            if str(status).startswith("2"):
                kinds |= set(response.get("content", {}))
    return frozenset(kinds) or None


class PathMiddleware:
    """Answers for what no route would: unknown paths, other methods, OPTIONS, formats we do not speak."""

    def __init__(self, app: ASGIApp, fastapi: FastAPI) -> None:
        self.app = app
        self.fastapi = fastapi
        self.resources: dict[int, list[Resource]] = {}
        fastapi.router.middleware_stack = Dispatch(fastapi.router.middleware_stack)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        resource, parameters = self.find(scope["path"])
        scope["state"]["template"] = resource.template
        scope["state"]["cacheable"] = resource.cacheable
        if scope["method"] == "OPTIONS" and "OPTIONS" not in resource.methods:
            return await Response(status_code=204, headers={"Allow": resource.allow})(scope, receive, send)
        if scope["method"] not in resource.methods:
            raise MethodNotAllowed(headers={"Allow": resource.allow})
        if resource.produces and not acceptable(Headers(scope=scope).get("accept"), resource.produces):
            raise NotAcceptable(headers={"Accept": ", ".join(sorted(resource.produces))})
        scope[MATCHED_ROUTE] = resource.routes[scope["method"]]
        scope["path_params"] = parameters
        return await self.app(scope, receive, send)

    def find(self, path: str) -> tuple[Resource, dict[str, str]]:
        """The resource of a path and the path's parameters, or `NotFound`."""
        if not self.resources:
            self.resources = resources(self.fastapi)
        if "\x00" not in path and "\ufffd" not in path:
            for resource in self.resources.get(path.count("/"), ()):
                match = resource.pattern.match(path)
                if match:
                    return resource, match.groupdict()
        raise NotFound


class Dispatch:
    """Stands where FastAPI would look for the route, inside what it puts around one."""

    def __init__(self, router: ASGIApp) -> None:
        self.router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        chosen = scope.get(MATCHED_ROUTE)
        if chosen is None:  # the server's start and end
            return await self.router(scope, receive, send)
        scope["route"], scope["endpoint"] = chosen.original_route, chosen.endpoint
        await chosen.app(scope, receive, send)
        return None


def acceptable(accept: str | None, produces: frozenset[str]) -> bool:
    """Whether `Accept` leaves any of the media types open; errors are JSON in any case (RFC 9110 §12.5.1)."""
    if not accept or not accept.strip():
        return True
    for part in accept.lower().split(","):
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        if any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters):
            continue
        kind, _, subtype = media_range.partition("/")
        for media_type in produces:
            own_kind, _, own_subtype = media_type.partition("/")
            if kind in ("*", own_kind) and subtype in ("*", own_subtype):
                return True
    return False
