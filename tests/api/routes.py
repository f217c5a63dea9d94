"""Every route of version 1 as the document has it, with ids and bodies that pass: what the matrices run over.

A new route needs no line here unless its path names a kind of row that is new, or the example of its body cannot pass.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka import asgi
from sekretarka.api.openapi import operations
from sekretarka.core import actor
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.permissions import Permission, Role
from sekretarka.core.runtime import clock
from sekretarka.domain.accounts import sessions
from sekretarka.domain.accounts.models import User
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.conversations.models import Conversation, Segment, Speaker
from sekretarka.domain.escalations.models import Escalation
from sekretarka.domain.messages import gateways
from sekretarka.domain.messages.models import (
    Channel,
    Direction,
    Failure,
    Message,
    MessageStatus,
    MessageThread,
    SmsGateway,
)
from sekretarka.domain.organizations import api_keys
from sekretarka.domain.tables import metadata
from tests import factories
from tests.clients import Caller
from tests.support import bookings
from tests.support.accounts import PASSWORD

DOCUMENT = asgi.openapi()
PUBLIC = ("/api/auth/", "/api/health/", "/api/webhooks/")
ACCEPT = "POST /api/v1/invitations/accept"
# Sent by the AI service only, which names the agent.
FROM_CALLS = {"POST /api/v1/conversations", "POST /api/v1/tools/{tool}"}
# Parameters of paths that are words, not ids.
WORDS = {"tool": "answer", "template": "confirmation"}
# A vendor's names, not ids of rows.
VENDOR_IDS = {"callId", "toolCallId", "voiceId"}
QUERIES = {
    "GET /api/v1/appointments/availability": {"date": str(factories.open_day()), "serviceType": "Strzyżenie"},
}


def protected() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Name, method, path and operation of every route that needs a caller."""
    for path, method, operation in operations(DOCUMENT):
        if not path.startswith(PUBLIC):
            yield f"{method.upper()} {path}", method.upper(), path, operation


ROUTES = {name: (method, path, operation) for name, method, path, operation in protected()}
PATH_PARAMETERS = {
    parameter["name"]
    for _, _, operation in ROUTES.values()
    for parameter in operation.get("parameters", [])
    if parameter["in"] == "path"
}
# Which row of `rows` stands in for each id of a path.
PATH_IDS = {name: {"user_id": "member"}.get(name, name.removesuffix("_id")) for name in PATH_PARAMETERS - set(WORDS)}


def row_of(field: str) -> str:
    """Which row of `rows` stands in for an id in a body or a filter: `staffIds` is a `staff`."""
    special = {"assigneeId": "user", "clientId": "other_client", "userId": "member"}
    return special.get(field, field.removesuffix("Ids").removesuffix("Id"))


def schema_ids(schema: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Dotted names of the fields of a body that hold ids, also those of vendors."""
    reference = str(schema.get("$ref", "")).rpartition("/")[2]
    schema = DOCUMENT["components"]["schemas"][reference] if reference else schema
    for name, field in schema.get("properties", {}).items():
        options = [field, *field.get("anyOf", []), field.get("items", {})]
        if any(option.get("format") == "uuid" for option in options) or name.endswith(("Id", "Ids")):
            yield f"{prefix}{name}"
        for option in options:
            if "$ref" in option:
                yield from schema_ids(option, f"{prefix}{name}.")


def _example(operation: dict[str, Any]) -> dict[str, Any]:
    """The document's example of a body, without ids of rows that are not there."""
    shown = operation["requestBody"]["content"]["application/json"]
    body: dict[str, Any] = shown["example"]
    for field in schema_ids(shown["schema"]):
        if field.rpartition(".")[2] not in VENDOR_IDS:
            body = _without(body, field.split("."))
    return body


def _without(body: dict[str, Any], path: list[str]) -> dict[str, Any]:
    first, *rest = path
    if rest and isinstance(body.get(first), dict):
        return {**body, first: _without(body[first], rest)}
    return {name: value for name, value in body.items() if rest or name != first}


TWIN = "the other one of the same rows"
SLOT = {"serviceType": "Strzyżenie", "scheduledAt": clock.to_json(factories.at("14:00"))}
# A body that passes when everything is one's own: the document's example, or what is written here, where the example
# has dates, numbers that may stand once only, or nothing that would be a change.
BODIES: dict[str, dict[str, Any]] = {
    **{name: _example(operation) for name, (_, _, operation) in ROUTES.items() if "requestBody" in operation},
    "PATCH /api/v1/api-keys/{api_key_id}": {"name": "Zmieniony"},
    "PATCH /api/v1/appointments/{appointment_id}": {"notes": "Zmieniona"},
    "PATCH /api/v1/clients/{client_id}": {"notes": "Zmieniona"},
    "PATCH /api/v1/conversations/{conversation_id}": {"notes": "Zmieniona"},
    "PATCH /api/v1/organizations/{organization_id}/members/{user_id}": {"role": "viewer"},
    "PATCH /api/v1/message-templates/{template}": {"pl": {"sms": "Do zobaczenia o {time}!"}},
    "PATCH /api/v1/tasks/{task_id}": {"note": "Zmieniona"},
    "POST /api/v1/agents": {"name": "Ola", "language": "pl"},
    "POST /api/v1/appointments": {"clientName": "Anna", "clientPhone": "+48601000111", **SLOT},
    "POST /api/v1/appointments/holds": SLOT,
    "POST /api/v1/clients": {"phone": "+48601000999"},
    "POST /api/v1/clients/{client_id}/merge": {"clientId": TWIN},
    "POST /api/v1/conversations": {"callId": "call_2"},
    "POST /api/v1/staff/{staff_id}/time-off": {"startsAt": "2027-01-04", "endsAt": "2027-01-05"},
    "POST /api/v1/tools/{tool}": {
        "callId": "call_1",
        "toolCallId": "t1",
        "arguments": {"question": "Czy jest parking?"},
    },
    "POST /api/v1/users/me/password": {"currentPassword": PASSWORD, "newPassword": "cztery zielone parasole"},
    ACCEPT: {"token": "0" * 64},
}


def body_at(path: str, body: dict[str, Any] | None) -> dict[str, Any] | None:
    """A body that would pass at that path: what depends on the path is filled in."""
    if body and body.get("clientId") == TWIN:
        return {**body, "clientId": str(bookings.twin(UUID(path.split("/")[-2])))}
    return body


@dataclass
class Rows:
    """One row of each kind in one organisation."""

    ids: dict[str, str]


async def rows(owner: Caller) -> Rows:
    """Make them, by the names that `PATH_IDS` and `row_of` use; a resource that is new needs its row here."""
    async with begin(actor.system(owner.organization_id), write=True) as uow:
        agent = await factories.add_agent(uow, capabilities=list(Capability))
        booked = await bookings.add(uow)
        own_account = (col(User.id) == owner.user_id) & col(User.password_hash).is_(None)
        await uow.execute(
            sa.update(User).where(own_account).values(password_hash="$argon2id$")
        )  # an identity is not all
        key, _ = api_keys.issue(uow, owner.organization_id, owner.user_id, "test", [Permission.AGENTS_READ])
        session, _ = sessions.start(uow, owner.user_id, owner.organization_id, None)
        ids = {
            "agent": agent.id,
            "api_key": key.id,
            "conversation": (call := await _conversation(uow, agent.id, booked["client"])).id,
            "message": _message(uow, call, booked["appointment"]).id,
            "sms_gateway": (await _sms_gateway(uow)).id,
            "invitation": factories.add_invitation(uow, owner.organization_id).id,
            "member": (await factories.add_member(uow, owner.organization_id, Role.STAFF)).user_id,
            "identity": factories.add_identity(uow, owner.user_id).id,
            "organization": owner.organization_id,
            "session": session.id,
            "task": (await factories.add_task(uow, assigneeId=owner.user_id)).id,
            "user": owner.user_id,
            **booked,
        }
    return Rows({name: str(value) for name, value in ids.items()})


async def _conversation(uow: UnitOfWork, agent_id: UUID, client_id: UUID) -> Conversation:
    """A call of that client with two lines, which people are told of: their timeline has an appointment, a call and a
    message."""
    own: dict[str, Any] = {"organization_id": uow.organization_id}
    call = Conversation(
        id=new_id(),
        agent_id=agent_id,
        call_id=f"call-{agent_id}",
        client_id=client_id,
        first_seen_at=uow.now,
        started_at=uow.now,
        line_count=2,
        **own,
    )
    uow.add(call)
    await uow.flush()
    for _ in range(2):
        line = {**own, "segment_id": str(new_id()), "speaker": Speaker.CALLER, "said_at": uow.now, "stamp": ""}
        uow.add(Segment(conversation_id=call.id, text="Dzień dobry.", **line))
    uow.add(Escalation(conversation_id=call.id, minutes=5, **own))
    return call


async def _sms_gateway(uow: UnitOfWork) -> SmsGateway:
    """A gateway, as long as there are no two."""
    present = await gateways.usable(uow)
    return present[0] if len(present) > 1 else await factories.add_sms_gateway(uow)


def _message(uow: UnitOfWork, call: Conversation, appointment_id: UUID) -> Message:
    """An SMS about the appointment of the call's client, withdrawn, in a thread that nobody has read."""
    sms: dict[str, Any] = {"channel": Channel.SMS, "direction": Direction.OUTBOUND, "status": MessageStatus.FAILED}
    sms |= {"recipient": "+48601000111", "failure": Failure.WITHDRAWN}
    of_call: dict[str, Any] = {
        "conversation_id": call.id,
        "client_id": call.client_id,
        "appointment_id": appointment_id,
    }
    row = Message(id=new_id(), organization_id=call.organization_id, body="Dzień dobry", **sms, **of_call)
    thread: dict[str, Any] = {
        "id": call.client_id,
        "last_message_id": row.id,
        "last_message_at": row.occurred_at,
        "unread_count": 1,
    }
    uow.add(MessageThread(organization_id=call.organization_id, **thread))
    return uow.add(row)


def filled(path: str, ids: dict[str, str]) -> str:
    """The path with rows in place of its parameters."""
    for name, slot in PATH_IDS.items():
        path = path.replace(f"{{{name}}}", ids[slot])
    for name, word in WORDS.items():
        path = path.replace(f"{{{name}}}", word)
    return path


async def fingerprint(organization_id: Any) -> str:
    """Every row of one organisation, in every table."""
    digest = hashlib.sha256()
    async with begin(actor.system()) as uow:
        for table in metadata.sorted_tables:
            if "organization_id" in table.c:
                table_rows = await uow.execute(sa.select(table).where(table.c.organization_id == organization_id))
                digest.update(repr(sorted(map(repr, table_rows))).encode())
            elif table.name == "organizations":
                digest.update(
                    repr((await uow.execute(sa.select(table).where(table.c.id == organization_id))).all()).encode()
                )
    return digest.hexdigest()
