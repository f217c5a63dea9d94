"""One message for each call, when it is settled, to those who want it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.text import phone, sms
from sekretarka.core.text.i18n import Language, language, translate
from sekretarka.domain.accounts import mail
from sekretarka.domain.accounts.email_templates import without_links
from sekretarka.domain.accounts.models import User
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.client_linking import remote_number
from sekretarka.domain.conversations.events import ConversationSettled
from sekretarka.domain.conversations.models import Conversation, Direction, FollowUpState, Outcome, Urgency
from sekretarka.domain.messages import policy, sending
from sekretarka.domain.messages.models import Channel, Failure, Message, MessageKind, MessageStatus
from sekretarka.domain.messages.sending import Outgoing
from sekretarka.domain.notifications import service
from sekretarka.domain.notifications.models import CallScope, NotificationPreferences
from sekretarka.domain.notifications.service import Recipient
from sekretarka.domain.organizations import days
from sekretarka.domain.tasks.calls import kind_of

# Calls that are told of later, as those of an import, are history.
LATE_AFTER = timedelta(hours=1)
LONGEST_SUMMARY = 160
TOLD = "notification.call"  # the live event


@dataclass(frozen=True)
class Told:
    """A call as messages tell it; `number` is E.164."""

    call: Conversation
    name: str | None
    number: str | None
    is_to_do: bool

    def who(self, lang: Language) -> str:
        """The caller's name, else the number, else words."""
        number = phone.format_national(self.number) if self.number else ""
        return without_links(self.name or "") or number or translate(lang, "overview.unknown_caller")

    def what(self, lang: Language) -> str:
        """What is to do, else what came of it."""
        if self.is_to_do:
            return translate(lang, f"task.{kind_of(self.call)}")
        return translate(lang, f"call.{self.call.outcome or self.call.status}")

    @property
    def summary(self) -> str:
        """What was left to do or said, perhaps nothing."""
        return self.call.follow_up_note or self.call.summary or ""

    @property
    def path(self) -> str:
        """The page where it can be read."""
        return f"/dashboard/conversations?id={self.call.id}"

    @property
    def link(self) -> str:
        """The URL of `path`."""
        return mail.page_url(self.path)

    @property
    def is_urgent(self) -> bool:
        """Whether it is told at night, too."""
        return self.is_to_do and self.call.follow_up_urgency is Urgency.HIGH

    def is_wanted(self, scope: CallScope) -> bool:
        """Whether it is one of the calls of the scope."""
        return scope is CallScope.ALL or (self.is_to_do and scope is CallScope.TO_DO)


async def told(uow: UnitOfWork, call: Conversation) -> Told:
    """The call as it can be told of now."""
    client = await uow.get(Client, call.client_id) if call.client_id else None
    number = remote_number(call.direction, call.caller_number, call.called_number)
    is_to_do = call.follow_up_state is FollowUpState.OPEN
    return Told(call, (client.name if client else None) or call.caller_name, number, is_to_do)


async def on_settled(uow: UnitOfWork, event: ConversationSettled) -> None:
    """Tell of a call once. Spam, tests, own calls, blocked callers and what is told of late are not told of."""
    call = await uow.get(Conversation, event.conversation_id)
    if call.is_test or call.outcome is Outcome.SPAM or call.direction is Direction.OUTBOUND:
        return
    if (call.ended_at or call.started_at) < uow.now - LATE_AFTER:
        return
    if call.client_id and (await uow.get(Client, call.client_id)).blocked_at is not None:
        return
    uow.notify_live(TOLD, {"conversation_id": str(call.id)})
    news = await told(uow, call)
    for recipient in await service.recipients(uow):
        preferences = recipient.preferences
        if news.is_wanted(preferences.email_calls) and policy.has_mail():
            template = "call_to_do" if news.is_to_do else "call"
            await mail_user(uow, template, recipient.user, news, f"call:{call.id}:{recipient.user.id}")
        if news.is_wanted(preferences.sms_calls) and recipient.user.phone:
            await _text(uow, news, recipient, recipient.user.phone)


async def to_show(uow: UnitOfWork, conversation_ids: Iterable[UUID]) -> list[Told]:
    """Those of the calls that the signed-in user wants to be shown now; none in their quiet hours unless it is urgent.
    Raises as `service.mine`, and `Forbidden` for who may not read calls."""
    mine = await service.mine(uow)
    quiet = await _quiet_until(uow, mine) is not None
    rows = await conversations.find_by_ids(uow, conversation_ids)
    new = [call for call in rows if (call.ended_at or call.started_at) >= uow.now - LATE_AFTER]
    all_news = [await told(uow, call) for call in sorted(new, key=lambda call: call.started_at)]
    return [news for news in all_news if news.is_wanted(mine.app_calls) and (news.is_urgent or not quiet)]


async def _quiet_until(uow: UnitOfWork, preferences: NotificationPreferences) -> datetime | None:
    quiet = {"quietFrom": preferences.quiet_from, "quietTo": preferences.quiet_to}
    return policy.is_quiet_until(quiet, (await days.current_organization(uow)).timezone, uow.now)


async def mail_user(uow: UnitOfWork, template: str, user: User, news: Told, key: str) -> None:
    """Queue an e-mail of the template about a call to one of our users; a `key` makes repeats one."""
    lang = language(user.language)
    await mail.send(
        uow,
        template,
        to=user.email,
        language=lang,
        link=news.link,
        key=key,
        who=news.who(lang),
        what=news.what(lang),
        summary=news.summary or news.what(lang),
        number=phone.format_national(news.number) if news.number else translate(lang, "overview.unknown_caller"),
    )


async def _text(uow: UnitOfWork, news: Told, recipient: Recipient, number: str) -> None:
    """Unless something about the call was sent to the number before."""
    sent = uow.select(Message).where(
        Message.conversation_id == news.call.id,
        Message.recipient == number,
        Message.kind == MessageKind.INTERNAL,
        Message.direction == Direction.OUTBOUND,
        Message.status != MessageStatus.FAILED,
    )
    if await uow.count(sent):
        return
    lang = language(recipient.user.language)
    body = translate(
        lang,
        "notification.call.sms",
        who=news.who(lang),
        number=news.number or "",
        what=news.what(lang),
        summary=without_links(news.summary, LONGEST_SUMMARY),
        link=news.link,
    )
    key = f"call:{news.call.id}:{recipient.user.id}"
    at = None if news.is_urgent else await _quiet_until(uow, recipient.preferences)
    await text_user(uow, number, body, key=key, conversation_id=news.call.id, at=at)


async def text_user(uow: UnitOfWork, number: str, body: str, **more: Any) -> Message | Failure:
    """Queue an SMS to one of our users, without Polish letters, which would make it more than twice as dear; `more` are
    values of `Outgoing`."""
    text = sms.without_diacritics(" ".join(body.split()))
    return await sending.queue(uow, Outgoing(Channel.SMS, number, text, kind=MessageKind.INTERNAL, **more))
