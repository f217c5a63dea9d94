"""What is to be done about calls: found, changed, told to the features above, and taken back while nobody has set it
since."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import CannotUndo
from sekretarka.core.permissions import Permission
from sekretarka.domain.conversations.counting import CallCount, is_counted
from sekretarka.domain.conversations.events import UPDATED, FollowUpChanged
from sekretarka.domain.conversations.merge import PROGRAM_RANK, USER_RANK, put_after_all
from sekretarka.domain.conversations.models import Conversation, FollowUpState

FACTS = (
    "follow_up_state",
    "follow_up_urgency",
    "follow_up_assignee_id",
    "follow_up_note",
    "client_id",
    "started_at",
    "status",
    "outcome",
    "sentiment",
    "is_test",
)

Facts = dict[str, Any]


def facts_of(row: Conversation) -> Facts:
    """The values of `FACTS`, to compare them after a change."""
    return {name: getattr(row, name) for name in FACTS}


async def announce(uow: UnitOfWork, row: Conversation, before: Facts) -> None:
    """Dispatch `FollowUpChanged` when the follow-up of a locked row is or was open, and differs from `before`."""
    if FollowUpState.OPEN in (before["follow_up_state"], row.follow_up_state) and facts_of(row) != before:
        await uow.dispatch(FollowUpChanged(row.id, before["client_id"]))


async def open_calls(
    uow: UnitOfWork, client_id: UUID | None, conversation_id: UUID | None = None
) -> Sequence[Conversation]:
    """The client's calls that count as `to_do`, the newest first; without a client only that call, if it has none."""
    row = Conversation
    of_line = (row.client_id == client_id,) if client_id else (row.id == conversation_id, col(row.client_id).is_(None))
    statement = uow.select(row).where(*of_line, is_counted(CallCount.TO_DO, uow.now))
    return await uow.list(statement.order_by(col(row.started_at).desc(), col(row.id).desc()))


async def lock(uow: UnitOfWork, ids: Iterable[UUID]) -> Sequence[Conversation]:
    """Those of the calls that exist, locked in an order of their own, so that no two wait for each other."""
    statement = uow.select(Conversation).where(col(Conversation.id).in_(list(ids)))
    return await uow.list(statement.order_by(col(Conversation.id)).with_for_update())


async def change(uow: UnitOfWork, calls: Iterable[Conversation], values: Mapping[str, Any]) -> None:
    """Set `state`, `urgency`, `assignee_id` or `note` of locked calls, whoever set them before. For whoever has checked
    that the actor may."""
    rank = USER_RANK if uow.actor.kind == "user" else PROGRAM_RANK
    changed = []
    for row in calls:
        before = facts_of(row)
        if all(before[f"follow_up_{name}"] == value for name, value in values.items()):
            continue
        uow.bump_version(row)
        for name, value in values.items():
            put_after_all(row, f"follow_up_{name}", value, rank)
        uow.notify_live(UPDATED, {"id": str(row.id)})
        changed.append((row, before))
    for row, before in changed:  # whoever listens finds all of them changed
        await announce(uow, row, before)


async def reopen(uow: UnitOfWork, conversation_id: UUID, finished: str) -> Conversation:
    """Open a follow-up that was set to done by the change `finished` (`finished_version`). `CannotUndo` when anybody
    set it since; `NotFound`."""
    uow.require(Permission.CONVERSATIONS_WRITE)
    row = await uow.get(Conversation, conversation_id, lock=True)
    if row.follow_up_state is not FollowUpState.DONE or finished_version(row) != finished:
        raise CannotUndo
    await change(uow, [row], {"state": FollowUpState.OPEN})
    return row


def finished_version(row: Conversation) -> str:
    """Which change set the follow-up's state, apart from all other changes of the call."""
    return str(row.field_versions.get("follow_up_state", ""))
