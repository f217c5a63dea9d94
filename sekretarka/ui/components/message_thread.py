"""The messages with one client, read from the API by the page itself, and the list that one is chosen from."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from sekretarka.core.text.i18n import LANGUAGES
from sekretarka.core.text.i18n import texts as texts_of
from sekretarka.domain.messages.models import Channel, Failure, MessageStatus
from sekretarka.domain.templates.models import Template
from sekretarka.ui.components.basics import Text, button, cx
from sekretarka.ui.components.field import CONTROL
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

_LIBRARY = script("components/message_thread.jsx")
for part in ("feed", "outbox", "composer"):
    script(f"components/{part}.jsx")
_CHANNEL = "h-7 rounded-full bg-sunken px-3 text-xs font-medium text-muted hover:text-text max-sm:h-9"
_CLASS_NAMES = {
    "button": str(button("", size="sm").class_name),
    "log": "flex min-h-0 flex-col flex-1 overflow-y-auto overscroll-contain scroll-fade px-4 py-4 max-sm:px-3 "
    "focus-visible:-outline-offset-2",
    "day": "mx-auto my-3 w-fit rounded-full bg-sunken px-2.5 py-0.5 text-xs font-medium text-muted "
    "first-letter:uppercase",
    "bubble": "relative w-fit max-w-[min(85%,34rem)] rounded-2xl px-3.5 pb-1.5 pt-2",
    "ours": "rounded-br-md bg-accent-soft",
    "theirs": "rounded-bl-md bg-sunken",
    "email": "rounded-lg! border border-border bg-surface!",
    "voice": "border border-dashed border-field bg-surface!",
    "chat": "rounded-lg!",
    "failed": "border border-danger bg-danger-soft!",
    "action": "font-medium text-accent-ink hover:underline underline-offset-2 max-sm:py-1",
    "composer": "flex shrink-0 flex-col gap-2 border-t border-border bg-surface px-3 py-2.5",
    "channel": _CHANNEL,
    "chosen": cx(_CHANNEL, "bg-accent-soft! text-accent-ink!"),
    "input": cx(CONTROL, "h-9 max-sm:h-10"),
    "text": cx(CONTROL, "block resize-none overflow-y-auto py-2 leading-5"),
    "at": cx(CONTROL, "h-9 w-auto! tnum"),
    "tool": "grid size-9 shrink-0 place-items-center rounded-md text-muted hover:bg-hover hover:text-text "
    "max-sm:size-10",
    "send": cx(str(button("", variant="primary").class_name), "shrink-0"),
    "chip": "inline-flex min-h-7 items-center rounded-full bg-accent-soft px-2.5 text-xs font-medium text-accent-ink "
    "hover:brightness-97 max-sm:min-h-8",
    "menu": "absolute bottom-full left-0 z-10 mb-1.5 flex max-h-80 w-80 max-w-[calc(100vw-32px)] flex-col "
    "overflow-y-auto rounded-lg bg-raised p-1 shadow-float",
    "item": "w-full rounded-md px-2.5 py-2 text-left text-base hover:bg-hover focus-visible:-outline-offset-2",
    "ready": "flex flex-col gap-1 rounded-md border border-border bg-sunken py-1 pb-2 pl-3 pr-1 text-base",
    "withdrawn": "border border-dashed border-field bg-surface!",
    "down": "absolute bottom-3 right-4 grid size-9 place-items-center rounded-full bg-raised text-muted shadow-float "
    "hover:text-text",
}


class _MessageThread(rx.Component):
    library = _LIBRARY
    tag = "MessageThread"
    client: rx.Var[str]
    revision: rx.Var[int]
    unread: rx.Var[int]
    zone: rx.Var[str]
    closed: rx.Var[str]
    organization: rx.Var[str]
    writable: rx.Var[bool]
    reach: rx.Var[Any]
    texts: rx.Var[Any]
    setup: rx.Var[str]
    labels: rx.Var[Any]
    class_names: rx.Var[Any]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        return {**super().get_event_triggers(), "on_read": no_args_event_spec}


class _ThreadList(rx.Component):
    library = _LIBRARY
    tag = "ThreadList"
    label: rx.Var[str]


def message_thread(
    client: Any,
    *,
    organization: Any,
    revision: Any,
    unread: Any,
    zone: Any,
    closed: Any,
    writable: Any,
    reach: Any,
    texts: Any,
    setup: Any,
    on_read: Any,
) -> rx.Component:
    """The messages of a client by the client's id, read again whenever `revision` changes. While `unread` ones are
    looked at, `on_read` happens; Escape goes to `closed`. `zone` is an IANA time zone.

    Where it is `writable` one writes below them: `reach` is {"channel", "to", "shown", "refused"} for each way to the
    client, `texts` are {"name", "text", "shown", "appointment"} to insert into an SMS, or to send as the template of an
    appointment, `setup` is where one connects a gateway ("": others do).
    """
    return _MessageThread.create(
        key=client,
        client=client,
        organization=organization,
        revision=revision,
        unread=unread,
        zone=zone,
        closed=closed,
        writable=writable,
        reach=reach,
        texts=texts,
        setup=setup,
        labels=_labels(),
        class_names=_CLASS_NAMES,
        on_read=on_read,
    )


def _labels() -> dict[str, Any]:
    words = (
        *("from_call", "scheduled", "ours", "theirs", "whole", "failed", "empty", "messages", "newest", "resend"),
        *("resent", "drop", "not_sent", "unreachable", "write", "by", "subject", "text", "sms_text", "email_text"),
        *(
            "schedule",
            "schedule_it",
            "send_at",
            "send_now",
            "send",
            "templates",
            "set_up",
            "trying",
            "withdraw",
            "link_later",
            "write_own",
        ),
    )
    failures = (*map(str, Failure), "unknown", "offline")
    refusals = ("sms.opted_out", "sms.no_gateway", "email.no_gateway")
    return {
        **{word: t(f"messages.{word}") for word in words},
        **{word: t(f"common.{word}") for word in ("loading", "retry", "earlier")},
        "status": {str(code): t(f"messages.status.{code}") for code in MessageStatus},
        "channel": {str(code): t(f"messages.channel.{code}") for code in Channel},
        "failure": {code: t(f"failure.{code}") for code in failures},
        "refused": {code: t(f"messages.refused.{code}") for code in refusals},
        "template": {str(name): t(f"templates.name.{name}") for name in Template},
        **_size_labels(),
    }


def _size_labels() -> dict[str, Any]:
    counted = {word: {lang: texts_of(lang)[f"messages.{word}"] for lang in LANGUAGES} for word in ("left", "parts")}
    return {**counted, "plain": t("messages.plain")}


class _SmsSize(rx.Component):
    library = script("components/composer.jsx")
    tag = "SmsSize"
    target: rx.Var[str]
    organization: rx.Var[str]
    labels: rx.Var[Any]
    class_names: rx.Var[Any]


def sms_size(*, target: str, organization: Any) -> rx.Component:
    """What the text in the field `target` (its id) takes and costs as SMS, with an offer of plain letters."""
    chip = {"chip": _CLASS_NAMES["chip"]}
    return _SmsSize.create(target=target, organization=organization, labels=_size_labels(), class_names=chip)


def thread_list(*rows: Any, label: Text, **props: Any) -> rx.Component:
    """A list of links that up and down go through."""
    return _ThreadList.create(*rows, label=label, **props)
