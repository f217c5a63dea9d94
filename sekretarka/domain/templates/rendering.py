"""Templates filled in: which variables there are, what they stand for, and the text that comes out."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sekretarka.core.text import phone, sms
from sekretarka.core.text.characters import visible
from sekretarka.core.text.i18n import Language, format_money, format_time, local, translate
from sekretarka.domain.accounts.email_templates import without_links
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.templates.models import Template

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_GAP = re.compile(r"[^\S\n]{2,}")  # what an empty value leaves between two spaces


class Variable(StrEnum):
    """What a template may say in braces, `{client}`."""

    CLIENT = "client"
    SERVICE = "service"
    STAFF = "staff"
    DATE = "date"
    TIME = "time"
    WEEKDAY = "weekday"
    ORGANIZATION = "organization"
    ADDRESS = "address"
    PHONE = "phone"
    LINK = "link"
    PRICE = "price"


# Nothing is known of a call that was missed but who was called.
_WITHOUT_APPOINTMENT = (Variable.ORGANIZATION, Variable.ADDRESS, Variable.PHONE)


def variables_of(template: Template) -> tuple[Variable, ...]:
    """The variables that mean something in a template."""
    return _WITHOUT_APPOINTMENT if template is Template.MISSED_CALL else tuple(Variable)


def unknown_variables(text: str, known: Collection[str]) -> list[str]:
    """What stands in braces and is none of the `known` variables, in the order of the text."""
    return [name for name in _PLACEHOLDER.findall(text) if name.strip() not in known]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with `{name}` replaced by its value, once: braces inside a value are text, and so is an unknown name."""
    filled = _PLACEHOLDER.sub(lambda match: values.get(match[1].strip(), match[0]), text)
    return _GAP.sub(" ", filled)


def fill_sms(text: str, values: Mapping[str, str]) -> str:
    """`fill` for an SMS: a text that was written without Polish letters stays so, whatever its values are, as one of
    them would make it more than twice as long to send."""
    filled = fill(text, values)
    return sms.without_diacritics(filled) if sms.size(text).encoding is sms.Encoding.GSM7 else filled


@dataclass(frozen=True)
class AppointmentFacts:
    """What texts say of an appointment; the price is in minor units."""

    client: str
    service: str
    staff: str
    starts_at: datetime
    price_amount: int
    price_currency: str


def values(
    lang: Language, organization: Organization, facts: AppointmentFacts | None, link: str = ""
) -> dict[str, str]:
    """What every variable stands for, each one line of plain text; empty where it is not known. Times are those of the
    organization's clocks."""
    known = {
        Variable.ORGANIZATION: organization.name,
        Variable.ADDRESS: _address(organization),
        Variable.PHONE: phone.format_national(organization.phone or ""),
        Variable.LINK: link,
    }
    if facts is not None:
        starts = local(facts.starts_at, organization.timezone)
        known |= {
            Variable.CLIENT: without_links(facts.client),
            Variable.SERVICE: facts.service,
            Variable.STAFF: facts.staff,
            Variable.DATE: f"{starts.day} {translate(lang, f'date.month.{starts.month}')}",
            Variable.TIME: format_time(facts.starts_at, organization.timezone),
            Variable.WEEKDAY: translate(lang, f"date.weekday.{starts.isoweekday()}"),
            Variable.PRICE: format_money(lang, facts.price_amount, facts.price_currency),
        }
    return {name: " ".join(visible(known.get(name, "")).split()) for name in Variable}


def _address(organization: Organization) -> str:
    address = organization.address or {}
    return ", ".join(filter(None, (address.get("street"), address.get("city"))))
