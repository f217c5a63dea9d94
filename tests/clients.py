"""Callers of the API: people with sessions, programs with keys, each with a client that checks every answer."""

import itertools
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import sqlalchemy as sa
from sqlmodel import col
from starlette.types import ASGIApp

from sekretarka.core.actor import Actor, system
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.permissions import KEY_SCOPES, Permission, Role
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.accounts import passwords, sessions
from sekretarka.domain.accounts.models import User
from sekretarka.domain.organizations import api_keys
from tests import envelope, factories

_ADDRESSES = itertools.count(1)


@dataclass
class Caller:
    """Somebody who calls: `client` carries the credential and, for people, what a browser would send."""

    client: httpx2.AsyncClient
    actor: Actor
    credential: str

    @property
    def organization_id(self) -> UUID:
        """Where the caller works."""
        assert self.actor.organization_id is not None
        return self.actor.organization_id

    @property
    def user_id(self) -> UUID:
        """Who the person is."""
        assert self.actor.user_id is not None
        return self.actor.user_id

    @property
    def key_id(self) -> UUID:
        """Which key the program has."""
        assert self.actor.api_key_id is not None
        return self.actor.api_key_id

    async def send(self, method: str, path: str, **what: Any) -> httpx2.Response:
        """One request; a new cookie for the session replaces the old one, as in a browser."""
        response = await self.client.request(method, path, **what)
        renewed = response.cookies.get(settings.session_cookie)
        if renewed:
            self.credential = renewed
            self.client.headers["Cookie"] = browser_headers(renewed)["Cookie"]
        return response

    async def data(self, method: str, path: str, **what: Any) -> Any:
        """The `data` of an answer that must be good."""
        response = await self.send(method, path, **what)
        assert response.status_code < 400, response.text
        return response.json()["data"]


def browser_headers(token: str) -> dict[str, str]:
    """What a browser sends from our own page."""
    name = "__Host-authjs.session-token" if settings.secure_cookies else "authjs.session-token"
    return {"Cookie": f"{name}={token}", "Origin": settings.own_origins[0], "Sec-Fetch-Site": "same-origin"}


def client_of(app: ASGIApp, headers: dict[str, str] | None = None) -> httpx2.AsyncClient:
    """A client without network, from an address of its own so that nobody shares its limit."""
    number = next(_ADDRESSES)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app, client=(address, 40_000), raise_app_exceptions=True),
        base_url=settings.base_url,
        headers=headers or {},
        event_hooks={"response": [envelope.check_async]},
    )


async def person(app: ASGIApp, organization_id: UUID, role: Role = Role.OWNER) -> Caller:
    """A member of an organisation, signed in."""
    async with begin(system(), write=True) as uow:
        return _signed_in(app, uow, await factories.add_member(uow, organization_id, role))


async def founder(app: ASGIApp, **values: Any) -> Caller:
    """The owner of a new organisation, signed in."""
    async with begin(system(), write=True) as uow:
        organization = await factories.add_organization(uow, **values)
        return _signed_in(app, uow, await factories.add_member(uow, organization.id))


def _signed_in(app: ASGIApp, uow: UnitOfWork, actor: Actor) -> Caller:
    assert actor.user_id is not None
    _, token = sessions.start(uow, actor.user_id, actor.organization_id, "test")
    return Caller(client_of(app, browser_headers(token)), actor, token)


async def sign_in(actor: Actor, user_agent: str = "test") -> str:
    """A session's token."""
    assert actor.user_id is not None
    async with begin(system(), write=True) as uow:
        _, token = sessions.start(uow, actor.user_id, actor.organization_id, user_agent)
    return token


async def give_password(caller: Caller, password: str) -> None:
    """Let the person have a password."""
    password_hash = await passwords.derive(password)
    async with begin(system(), write=True) as uow:
        await uow.execute(sa.update(User).where(col(User.id) == caller.user_id).values(password_hash=password_hash))


async def program(app: ASGIApp, maker: Actor, *scopes: Permission) -> Caller:
    """A program with a key of these scopes, or all."""
    assert maker.organization_id is not None
    assert maker.user_id is not None
    async with begin(system(), write=True) as uow:
        row, secret = api_keys.issue(uow, maker.organization_id, maker.user_id, "test", scopes or KEY_SCOPES)
    actor = Actor("api_key", organization_id=maker.organization_id, api_key_id=row.id, scopes=frozenset(scopes))
    return Caller(client_of(app, {"Authorization": f"Bearer {secret}"}), actor, secret)
