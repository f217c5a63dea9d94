"""`/c/:token`: a client confirms, moves or cancels an appointment without an account and without JavaScript.

Reading changes nothing. A POST carries the token of a form that we showed for this state of the appointment. Whatever
is wrong with a link, the answer is the same (security.md#t11).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sekretarka.core.database import db_errors, etags
from sekretarka.core.database.etags import Precondition
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import AppError, Conflict, CsrfFailed, Invalid, NotFound, PreconditionFailed, Throttled
from sekretarka.core.runtime import crypto
from sekretarka.core.text.i18n import Language
from sekretarka.core.text.i18n import language as known_language
from sekretarka.core.web import rate_limiter, rate_policies
from sekretarka.core.web.schemas import Day, InputInstant
from sekretarka.domain.confirmations import links
from sekretarka.domain.confirmations import service as confirmations
from sekretarka.http import origins
from sekretarka.web import confirmation_pages as pages
from sekretarka.web.confirmation_pages import Scene

PATH = "/c"
PURPOSE = "confirmation"
MAX_BODY = 4_096
_DAY: TypeAdapter[date] = TypeAdapter(Day)
_INSTANT: TypeAdapter[datetime] = TypeAdapter(InputInstant)

Value = TypeVar("Value")
Show = Callable[[UnitOfWork, "Visitor"], Awaitable[Response]]


@dataclass(frozen=True)
class Visitor:
    """Who asks: what their pages are made of, the query, and the fields of the form that was sent; `is_genuine` says
    that we showed it for this state of the appointment."""

    scene: Scene
    query: Mapping[str, str]
    fields: Mapping[str, str]
    is_genuine: bool


def create() -> Starlette:
    """The pages behind every link."""
    link = f"{PATH}/{{token}}"
    reads = {"": _show, "/confirm": _show, "/cancel": _ask, "/move": _offer}
    writes = {"/confirm": _confirm, "/cancel": _cancel, "/move": _move}
    return Starlette(
        routes=[
            *(Route(link + path, _read(show), methods=["GET"]) for path, show in reads.items()),
            *(Route(link + path, _write(act), methods=["POST"]) for path, act in writes.items()),
        ],
        exception_handlers={AppError: _on_error, HTTPException: _on_error, Exception: _on_error},
    )


async def _show(_: UnitOfWork, visitor: Visitor) -> Response:
    return pages.appointment(visitor.scene, "moved" if visitor.query.get("done") == "moved" else None)


async def _ask(_: UnitOfWork, visitor: Visitor) -> Response:
    return pages.cancellation(visitor.scene)


async def _offer(uow: UnitOfWork, visitor: Visitor) -> Response:
    return await _times(uow, visitor, None)


async def _confirm(uow: UnitOfWork, visitor: Visitor) -> Response:
    await confirmations.confirm(uow, visitor.scene.own.id)
    return _redirect(visitor.scene.to())


async def _cancel(uow: UnitOfWork, visitor: Visitor) -> Response:
    await confirmations.cancel(uow, visitor.scene.own.id)
    return pages.cancelled(visitor.scene)


async def _move(uow: UnitOfWork, visitor: Visitor) -> Response:
    starts_at = _parsed(_INSTANT, visitor.fields.get("time"))
    if starts_at is None:
        return await _times(uow, visitor, "missing")
    await confirmations.move(uow, visitor.scene.own.id, starts_at)
    return _redirect(visitor.scene.to(done="moved"))


async def _times(uow: UnitOfWork, visitor: Visitor, warning: str | None) -> Response:
    first = _parsed(_DAY, visitor.query.get("first"))
    free = await confirmations.free_times(uow, visitor.scene.own.id, first)
    return pages.times(visitor.scene, free, are_later=first is not None, warning=warning)


def _redirect(to: str) -> Response:
    return RedirectResponse(to, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def _read(show: Show) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        await _count(request)
        actor, appointment_id = await links.follow(request.path_params["token"])
        async with begin(actor) as uow:
            return await show(uow, await _visitor(uow, request, appointment_id, {}))

    return answer


def _write(act: Show) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        await _count(request)
        if not origins.is_own_page(request.headers):
            raise CsrfFailed
        fields = await _form(request)
        actor, appointment_id = await links.follow(request.path_params["token"])

        async def once() -> Response:
            async with begin(actor, write=True) as uow:
                visitor = await _visitor(uow, request, appointment_id, fields)
                if not visitor.is_genuine:
                    raise PreconditionFailed
                own = visitor.scene.own
                uow.precondition = Precondition(own.id, (f'"{etags.etag_for(own.version, own.id)}"',))
                return await act(uow, visitor)

        try:
            return await db_errors.retry_on_conflict(once)
        except (Conflict, Invalid, PreconditionFailed) as error:
            async with begin(actor) as uow:
                visitor = await _visitor(uow, request, appointment_id, {})
                if isinstance(error, PreconditionFailed):
                    return pages.appointment(visitor.scene, "changed")
                return await _times(uow, visitor, "taken")

    return answer


async def _visitor(uow: UnitOfWork, request: Request, appointment_id: UUID, fields: Mapping[str, str]) -> Visitor:
    own = await confirmations.get(uow, appointment_id)
    token, chosen = request.path_params["token"], _chosen_language(request)
    signed = f"{token}|{own.version}"
    scene = Scene(f"{PATH}/{token}", chosen or own.language, chosen is not None, own, crypto.hmac_hex(PURPOSE, signed))
    return Visitor(scene, request.query_params, fields, crypto.is_hmac_hex(PURPOSE, signed, fields.get("form", "")))


async def _count(request: Request) -> None:
    await rate_limiter.check(rate_policies.CONFIRMATION, origins.network(request.scope), {})


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form of ours; none of a body that is longer than those are."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace")))


async def _on_error(request: Request, error: Exception) -> Response:
    lang = _chosen_language(request) or known_language(request.headers.get("accept-language", "")[:2])
    if isinstance(error, (NotFound, HTTPException)):
        return pages.gone(lang)
    response = pages.failed(lang, error.status if isinstance(error, AppError) else 500)
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(rate_policies.CONFIRMATION.window)
    return response


def _chosen_language(request: Request) -> Language | None:
    chosen = request.query_params.get("lang")
    return known_language(chosen) if chosen in ("pl", "en") else None


def _parsed(kind: TypeAdapter[Value], text: str | None) -> Value | None:
    try:
        return kind.validate_python(text) if text else None
    except ValidationError:
        return None
