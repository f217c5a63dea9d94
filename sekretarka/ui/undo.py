"""Taking back what was just done: the offers that pages make, and what happens when one is taken."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from sekretarka.core.permissions import Permission
from sekretarka.domain.appointments import undo
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.conversations import follow_ups
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.models import Task
from sekretarka.ui.components.undo import offer_undo
from sekretarka.ui.errors import notify, toast_text
from sekretarka.ui.session import secured, write_uow

FieldVersion = Annotated[str, Field(max_length=400)]


def offer_to_reopen(key: str, row: Conversation) -> EventSpec:
    """Say the text of `key`, and offer to open the follow-up again that was just set to done."""
    return offer_undo(toast_text(key), "follow_up", row.id, follow_ups.finished_version(row))


def offer_to_restore(key: str, row: Appointment) -> EventSpec:
    """Say the text of `key`, and offer to take back the last change of status, time or staff member."""
    return offer_undo(toast_text(key), "appointment", row.id, str(row.version))


def offer_to_restore_service(key: str, row: Service) -> EventSpec:
    """Say the text of `key`, which has the service's name, and offer to take its deletion back."""
    return offer_undo(toast_text(key, name=row.name), "service", row.id, str(row.version))


def offer_to_reopen_task(key: str, row: Task) -> EventSpec:
    """Say the text of `key`, and offer to open the task again that was just set to done."""
    return offer_undo(toast_text(key), "task", row.id, str(row.version))


class UndoState(rx.State):
    """Whoever takes an offer: the services see to it that nothing later is overwritten; pages learn by live events."""

    @secured(Permission.CONVERSATIONS_WRITE)
    async def reopen_follow_up(self, conversation_id: UUID, finished: FieldVersion) -> EventSpec:
        """Open a follow-up again."""
        await write_uow(follow_ups.reopen, conversation_id, finished)
        return notify("undo.done", toast_id="undo")

    @secured(Permission.APPOINTMENTS_WRITE)
    async def restore_appointment(self, appointment_id: UUID, version: int) -> EventSpec:
        """Take back the change that made this version."""
        await write_uow(undo.undo, appointment_id, version)
        return notify("undo.done", toast_id="undo")

    @secured(Permission.SERVICES_WRITE)
    async def restore_service(self, service_id: UUID, version: int) -> Sequence[EventSpec]:
        """Take the deletion of a service back, and open it."""
        await write_uow(catalog.restore, service_id, version)
        return [rx.redirect(f"/dashboard/services?id={service_id}"), notify("undo.done", toast_id="undo")]

    @secured(Permission.TASKS_WRITE)
    async def reopen_task(self, task_id: UUID, version: int) -> EventSpec:
        """Open a task again."""
        await write_uow(tasks.reopen, task_id, version)
        return notify("undo.done", toast_id="undo")
