"""SMTP_URL's server as our mailer: TLS from the first byte, STARTTLS, or plain where nothing secret passes."""

import ipaddress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text import domains
from sekretarka.providers.errors import ProviderError, refuse_inside_unit_of_work
from sekretarka.providers.ports import Mail

VENDOR = "smtp"
TIMEOUT_SECONDS = 20


class SmtpMailer:
    """One connection per mail: the system sends few, and a broken connection then spoils no other."""

    async def send(self, mail: Mail) -> None:
        refuse_inside_unit_of_work()
        if settings.smtp_url is None:
            raise ProviderError(VENDOR, "SMTP_URL is not set", temporary=False)
        message = compose(mail)
        try:
            await aiosmtplib.send(
                message, sender=parseaddr(settings.mail_from)[1], recipients=[_ascii(mail.to)], **_options()
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            code = max(refusal.code for refusal in refused.recipients)
            raise ProviderError(VENDOR, f"recipient refused with {code}", temporary=code < 500) from None
        except aiosmtplib.SMTPResponseException as refused:
            raise ProviderError(VENDOR, f"answered {refused.code}", temporary=_is_temporary(refused)) from None
        except aiosmtplib.SMTPNotSupported:
            raise ProviderError(VENDOR, "the server lacks what is needed", temporary=False) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            is_plain = type(error) is aiosmtplib.SMTPException  # its words are the library's own, of what is missing
            raise ProviderError(VENDOR, str(error) if is_plain else type(error).__name__, temporary=True) from None


def compose(mail: Mail) -> EmailMessage:
    """The message from MAIL_FROM, as text and HTML; `ValueError` for a header of more than one line
    (security.md#t18)."""
    sender = parseaddr(settings.mail_from)
    host = urlsplit(settings.base_url).hostname or "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(mail.sender_name or sender[0], addr_spec=sender[1])
    message["To"] = _ascii(mail.to)
    if mail.reply_to:
        message["Reply-To"] = _ascii(mail.reply_to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail.key}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.calendar:
        message.add_attachment(mail.calendar, subtype="calendar", filename="calendar.ics", params={"method": "PUBLISH"})
    return message


def _options() -> dict[str, Any]:
    assert settings.smtp_url is not None  # noqa: S101 - asked above
    parts = urlsplit(settings.smtp_url.get_secret_value())
    is_tls = parts.scheme == "smtps"
    # A password never crosses a network unencrypted; without one, STARTTLS is used where the server has it.
    must_start_tls = bool(parts.password) and not _is_this_machine(parts.hostname or "")
    return {
        "hostname": parts.hostname,
        "port": parts.port or (465 if is_tls else 587),
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": is_tls,
        "start_tls": None if is_tls or not must_start_tls else True,
        "timeout": TIMEOUT_SECONDS,
    }


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_temporary(refused: aiosmtplib.SMTPResponseException) -> bool:
    """4xx by the standard; a refused password is ours to mend, and meanwhile nothing should be lost."""
    return refused.code < 500 or isinstance(refused, aiosmtplib.SMTPAuthenticationError)


def _ascii(address: str) -> str:
    """The address with its domain as DNS knows it, so that every server takes `iga@żółw.pl`; `ProviderError` for a
    domain that DNS cannot know, such as `a..pl`."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domains.to_ascii(domain)}"
    except ValueError:
        raise ProviderError(VENDOR, "the recipient's domain cannot exist", temporary=False) from None
