"""Inputs and outputs of templates."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sekretarka.core.text.i18n import DEFAULT_LANGUAGE, Language
from sekretarka.core.text.sms import Encoding
from sekretarka.core.web.schemas import BoundedStr, Input, Output, OutputInstant, Patch
from sekretarka.domain.templates.models import Part, Template
from sekretarka.domain.templates.rendering import Variable
from sekretarka.providers.message_events import Channel

SmsText = Annotated[str, BoundedStr(1_000)]
Subject = Annotated[str, BoundedStr(200)]
EmailText = Annotated[str, BoundedStr(5_000)]
WrittenChannel = Literal[Channel.SMS, Channel.EMAIL]


class TemplateTexts(Patch):
    """The texts of one language: absent keeps, `null` or nothing is the default again."""

    sms: SmsText | None = None
    subject: Subject | None = None
    email: EmailText | None = None


class TemplatePatch(Patch):
    """Merge patch. `enabled` says whether it is sent at all, in both languages."""

    enabled: Annotated[bool, Field(strict=True)] = True
    pl: TemplateTexts = Field(default_factory=TemplateTexts)
    en: TemplateTexts = Field(default_factory=TemplateTexts)


class TemplateTextsView(Output):
    """What is sent in one language; a template that answers an SMS or a call has no email. `changed` names the texts
    that are not the default."""

    changed: list[Part]
    sms: str
    subject: str | None
    email: str | None


class TemplateView(Output):
    """A template and its texts."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    name: Template
    kind: Literal["service"]
    enabled: bool
    variables: list[Variable]
    pl: TemplateTextsView
    en: TemplateTextsView


class TemplatesView(Output):
    """All templates, in the order of an appointment's life."""

    templates: list[TemplateView]


class TemplatePreview(Input):
    """What to show: with which appointment (the next one when not given), and of texts that are not stored yet."""

    appointment_id: UUID | None = None
    language: Language = DEFAULT_LANGUAGE
    channel: WrittenChannel = Channel.SMS
    subject: Subject | None = None
    body: EmailText | None = None


class TemplatePreviewView(Output):
    """A template filled in. `parts` is how many SMS it takes, `partsWithoutDiacritics` how many without Polish letters;
    both are null for an email. Without any appointment it is a made-up one: `appointmentId` is null."""

    appointment_id: UUID | None
    subject: str | None = None
    body: str
    encoding: Encoding | None = None
    parts: int | None = None
    units: int | None = None
    units_left: int | None = None
    parts_without_diacritics: int | None = None
