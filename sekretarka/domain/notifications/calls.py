"""One message for each call, when it is settled, to those who want it."""

from dataclasses import dataclass
from datetime import timedelta

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.text import phone, sms
from sekretarka.core.text.i18n import Language, language, translate
from sekretarka.domain.accounts import mail
from sekretarka.domain.accounts.email_templates import without_links
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations.client_linking import remote_number
from sekretarka.domain.conversations.events import ConversationSettled
from sekretarka.domain.conversations.models import Conversation, Direction, FollowUpState, Outcome, Urgency
from sekretarka.domain.messages import policy, sending
from sekretarka.domain.messages.models import Channel, MessageKind
from sekretarka.domain.messages.sending import Outgoing
from sekretarka.domain.notifications import service
from sekretarka.domain.notifications.models import CallScope
from sekretarka.domain.notifications.service import Recipient
from sekretarka.domain.organizations import days
from sekretarka.domain.tasks.calls import kind_of

# Calls that are told of later, as those of an import, are history.
LATE_AFTER = timedelta(hours=1)
LONGEST_SUMMARY = 160


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
    def link(self) -> str:
        """Where it can be read."""
        return mail.page_url(f"/dashboard/conversations?id={self.call.id}")


async def told(uow: UnitOfWork, call: Conversation) -> Told:
    """The call as it can be told of now."""
    client = await uow.get(Client, call.client_id) if call.client_id else None
    number = remote_number(call.direction, call.caller_number, call.called_number)
    is_to_do = call.follow_up_state is FollowUpState.OPEN
    return Told(call, (client.name if client else None) or call.caller_name, number, is_to_do)


async def on_settled(uow: UnitOfWork, event: ConversationSettled) -> None:
    """Tell of a call once. Spam, tests, own calls and what is told of late are not told of."""
    call = await uow.get(Conversation, event.conversation_id)
    if call.is_test or call.outcome is Outcome.SPAM or call.direction is Direction.OUTBOUND:
        return
    if (call.ended_at or call.started_at) < uow.now - LATE_AFTER:
        return
    news = await told(uow, call)
    wanted = (CallScope.ALL, CallScope.TO_DO) if news.is_to_do else (CallScope.ALL,)
    for recipient in await service.recipients(uow):
        if recipient.preferences.email_calls in wanted and policy.has_mail():
            await _mail(uow, news, recipient)
        if recipient.preferences.sms_calls in wanted and recipient.user.phone:
            await _text(uow, news, recipient, recipient.user.phone)


async def _mail(uow: UnitOfWork, news: Told, recipient: Recipient) -> None:
    lang = language(recipient.user.language)
    await mail.send(
        uow,
        "call_to_do" if news.is_to_do else "call",
        to=recipient.user.email,
        language=lang,
        link=news.link,
        key=f"call:{news.call.id}:{recipient.user.id}",
        who=news.who(lang),
        what=news.what(lang),
        summary=news.summary or news.what(lang),
        number=phone.format_national(news.number) if news.number else translate(lang, "overview.unknown_caller"),
    )


async def _text(uow: UnitOfWork, news: Told, recipient: Recipient, number: str) -> None:
    """Without Polish letters, which would make it more than twice as dear."""
    lang = language(recipient.user.language)
    body = translate(
        lang,
        "notification.call.sms",
        who=news.who(lang),
        number=news.number or "",
        what=news.what(lang),
        summary=without_links(news.summary)[:LONGEST_SUMMARY],
        link=news.link,
    )
    quiet = {"quietFrom": recipient.preferences.quiet_from, "quietTo": recipient.preferences.quiet_to}
    zone = (await days.current_organization(uow)).timezone
    is_urgent = news.is_to_do and news.call.follow_up_urgency is Urgency.HIGH
    outgoing = Outgoing(
        channel=Channel.SMS,
        to=number,
        body=sms.without_diacritics(" ".join(body.split())),
        key=f"call:{news.call.id}:{recipient.user.id}",
        kind=MessageKind.INTERNAL,
        conversation_id=news.call.id,
        at=None if is_urgent else policy.is_quiet_until(quiet, zone, uow.now),
    )
    await sending.queue(uow, outgoing)
