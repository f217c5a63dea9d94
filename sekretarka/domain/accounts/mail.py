"""Emails to users: rendered when something happens, delivered by a worker afterwards."""

from typing import Any

from sekretarka.core.database.jobs import ClaimedJob, JobPayload, Lane
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text.i18n import language as known_language
from sekretarka.domain.accounts import email_templates
from sekretarka.providers import registry
from sekretarka.providers.ports import Mail


class SendMail(JobPayload):
    """The job that delivers one rendered email to one address."""

    job_name = "mail.send"
    lane = Lane.MAIL

    to: str
    subject: str
    text: str
    html: str


async def send(
    uow: UnitOfWork,
    template: str,
    *,
    to: str,
    language: str,
    link: str | None = None,
    key: str | None = None,
    **values: Any,
) -> None:
    """Queue an email in this transaction: its texts are `mail.<template>.*` in the locales, `values` fill them and may
    be anything users typed. `link` is from `token_link` or `page_url`; a `key` makes repeats one email."""
    email = email_templates.render(template, known_language(language), link, values)
    await uow.enqueue(SendMail(to=to, subject=email.subject, text=email.text, html=email.html), key=key)


async def deliver(job: ClaimedJob[SendMail]) -> None:
    """Hand a queued email to the mail server; `ProviderError` when that does not take it."""
    await registry.mailer().send(Mail(key=str(job.id), **job.payload.model_dump()))


def token_link(path: str, token: str) -> str:
    """The URL of one of our pages with a token after `#`, which browsers do not send; always on BASE_URL."""
    return f"{page_url(path)}#token={token}"


def page_url(path: str) -> str:
    """The absolute URL of one of our pages, by its path."""
    return settings.base_url.rstrip("/") + path
