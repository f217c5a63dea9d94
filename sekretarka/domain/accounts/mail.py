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
    """A rendered message to one address."""

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
    """Queue an email in this transaction. Its words are `mail.<template>.*` in the locales; `link` is one of ours, see
    `address` and `page`; `values` fill the words and may be anything users typed; a `key` sends it once only."""
    email = email_templates.render(template, known_language(language), link, values)
    await uow.enqueue(SendMail(to=to, subject=email.subject, text=email.text, html=email.html), key=key)


async def deliver(job: ClaimedJob[SendMail]) -> None:
    """Hand a queued email to the mail server; `ProviderError` when that does not take it."""
    await registry.mailer().send(Mail(key=str(job.id), **job.payload.model_dump()))


def token_link(path: str, token: str) -> str:
    """A link into our pages, on BASE_URL whatever host was named; browsers keep what follows `#` to themselves."""
    return f"{page_url(path)}#token={token}"


def page_url(path: str) -> str:
    """A page of ours as a link."""
    return settings.base_url.rstrip("/") + path
