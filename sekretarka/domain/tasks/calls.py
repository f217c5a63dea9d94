"""Lines of calls: a task is what the open follow-ups of one caller's calls come to, and follows each change of them."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.domain.appointments.events import AppointmentBooked
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.clients.events import ClientsMerged
from sekretarka.domain.conversations import follow_ups
from sekretarka.domain.conversations.client_linking import remote_number
from sekretarka.domain.conversations.events import ConversationSettled, FollowUpChanged
from sekretarka.domain.conversations.merge import is_pressing, took_message
from sekretarka.domain.conversations.models import Conversation, Direction, FollowUpState, Outcome, Status, Urgency
from sekretarka.domain.tasks import lines
from sekretarka.domain.tasks.lines import CALLS, line_name
from sekretarka.domain.tasks.models import Kind, Resolution, Task, TaskState

# What a caller who was missed before has got now.
SERVED = (Outcome.BOOKED, Outcome.RESCHEDULED, Outcome.CANCELLED, Outcome.ANSWERED, Outcome.TRANSFERRED)


async def on_follow_up_changed(uow: UnitOfWork, event: FollowUpChanged) -> None:
    """Bring the caller's line up to date, also that of whoever was taken for the caller before."""
    call = await uow.get(Conversation, event.conversation_id)
    for client_id in dict.fromkeys((event.previous_client_id, call.client_id)):
        await _refresh(uow, client_id, call)


async def _refresh(uow: UnitOfWork, client_id: UUID | None, call: Conversation) -> None:
    await uow.flush()
    line = line_name(CALLS, client_id or call.id)
    row = await lines.find_open(uow, line)
    calls = await follow_ups.open_calls(uow, client_id, call.id)
    if not calls:
        if row is not None:
            done = call.follow_up_state is FollowUpState.DONE
            lines.finish(uow, row, Resolution.DONE if done else Resolution.WITHDRAWN)
        return
    newest = calls[0]
    ids = [str(each.id) for each in calls]
    values = {
        "kind": min(map(kind_of, calls), key=list(Kind).index),
        "urgency": max((each.follow_up_urgency for each in calls), key=list(Urgency).index),
        "assignee_id": next((each.follow_up_assignee_id for each in calls if each.follow_up_assignee_id), None),
        "note": next((each.follow_up_note for each in calls if each.follow_up_note), None),
        "client_id": newest.client_id,
        "conversation_id": newest.id,
        "caller_number": remote_number(newest.direction, newest.caller_number, newest.called_number),
        "last_at": newest.started_at,
        "folded_ids": ids,
    }
    if row is None:  # the task that was about this call is opened again rather than doubled
        row = await _latest_about(uow, line, newest.id) or lines.new(uow, line)
        row.state = TaskState.OPEN
    lines.change(uow, row, values)


async def _latest_about(uow: UnitOfWork, line: str, conversation_id: UUID) -> Task | None:
    """The last task of the line that was about this call."""
    of_call = uow.select(Task).where(Task.line == line, Task.conversation_id == conversation_id)
    return await uow.one_or_none(of_call.order_by(col(Task.created_at).desc()))


def kind_of(call: Conversation) -> Kind:
    """What an open follow-up of a call is about."""
    if took_message(call):
        return Kind.MESSAGE_TAKEN
    if is_pressing(call):
        return Kind.URGENT
    return Kind.MISSED_CALL if call.status in (Status.MISSED, Status.FAILED) else Kind.OWN


async def lock_of(uow: UnitOfWork, task: Task) -> list[Conversation]:
    """The calls of a task's line, locked: of an open task those that are open, of a finished one those it was about."""
    if not (task.line or "").startswith(CALLS) or task.conversation_id is None:
        return []
    if task.state is TaskState.DONE:
        return list(await follow_ups.lock(uow, map(UUID, task.folded_ids)))
    calls = await follow_ups.open_calls(uow, task.client_id, task.conversation_id)
    return list(await follow_ups.lock(uow, [call.id for call in calls]))


# what takes care of itself


async def on_call_settled(uow: UnitOfWork, event: ConversationSettled) -> None:
    """A caller who was missed needs nothing more once a later call was answered, or was ours."""
    call = await uow.get(Conversation, event.conversation_id)
    if call.client_id is None or call.is_test or call.status is not Status.COMPLETED:
        return
    if call.direction is Direction.OUTBOUND:
        await _close_missed(uow, call.client_id, call, Resolution.CALLED_BACK)
    elif call.outcome in SERVED:
        booked = call.outcome is Outcome.BOOKED
        await _close_missed(uow, call.client_id, call, Resolution.BOOKED if booked else Resolution.ANSWERED)


async def on_booked(uow: UnitOfWork, event: AppointmentBooked) -> None:
    """A caller who was missed and has an appointment since needs nothing more."""
    appointment = await uow.get(Appointment, event.appointment_id)
    if appointment.client_id is not None:
        await _close_missed(uow, appointment.client_id, None, Resolution.BOOKED)


async def _close_missed(uow: UnitOfWork, client_id: UUID, call: Conversation | None, resolution: Resolution) -> None:
    """Finish the client's line if all of it are calls that were missed, before `call` if there is one."""
    await uow.flush()
    waiting = await follow_ups.open_calls(uow, client_id)
    if not waiting or any(kind_of(each) is not Kind.MISSED_CALL for each in waiting):
        return
    if call is not None and waiting[0].started_at >= call.started_at:
        return
    await follow_ups.change(
        uow, await follow_ups.lock(uow, [each.id for each in waiting]), {"state": FollowUpState.DONE}
    )
    row = await _latest_about(uow, line_name(CALLS, client_id), waiting[0].id)
    if row is not None:
        row.resolution = resolution


async def reassign(uow: UnitOfWork, merged: ClientsMerged) -> None:
    """Give the tasks of a merged client to the client they were merged into; of both's open lines one goes on."""
    own = (col(Task.organization_id) == uow.organization_id, col(Task.client_id) == merged.merged_id)
    for row in await uow.list(uow.select(Task).where(Task.client_id == merged.merged_id, Task.state == TaskState.OPEN)):
        group, _, subject = (row.line or "").partition(":")
        if subject != str(merged.merged_id):
            continue
        line = line_name(group, merged.target_id)
        if await lines.find_open(uow, line) is None:
            lines.change(uow, row, {"line": line})
        else:
            lines.finish(uow, row, Resolution.MERGED)
    await uow.flush()
    for group in (lines.CALLS, lines.REPLIES, lines.FAILED):  # what is done is opened again in the right line
        theirs = (
            col(Task.organization_id) == uow.organization_id,
            col(Task.line) == line_name(group, merged.merged_id),
        )
        done = sa.update(Task).where(*theirs, col(Task.state) == TaskState.DONE)
        moved = done.values(line=line_name(group, merged.target_id))
        await uow.execute(moved.execution_options(synchronize_session=False))
    move = sa.update(Task).where(*own).values(client_id=merged.target_id)
    await uow.execute(move.execution_options(synchronize_session=False))
    newest = uow.select(Conversation).where(Conversation.client_id == merged.target_id)
    call = await uow.one_or_none(newest.order_by(col(Conversation.started_at).desc()))
    if call is not None:
        await _refresh(uow, merged.target_id, call)
