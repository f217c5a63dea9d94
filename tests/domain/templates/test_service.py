"""Templates of an organization: only what is changed is stored, and nothing unknown is saved."""

from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Invalid
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.models import MessageTemplate, Part, Template
from sekretarka.domain.templates.schemas import TemplatePatch, TemplatePreview
from sekretarka.providers.message_events import Channel
from tests import factories


@pytest.fixture
async def salon(database: engine.Database) -> Organization:
    return await factories.organization()


async def change(salon: Organization, name: Template, **patch: Any) -> MessageTemplate:
    async with begin(actor.system(salon.id), write=True) as uow:
        return await templates.update(uow, name, TemplatePatch.model_validate(patch))


async def compose(salon: Organization, name: Template, channel: Channel = Channel.SMS) -> templates.Composed | None:
    async with begin(actor.system(salon.id)) as uow:
        return await templates.compose(uow, name, "pl", channel)


async def stored(salon: Organization) -> dict[str, Any]:
    async with begin(actor.system(salon.id)) as uow:
        return {row.name: row.texts for row in await uow.list(uow.select(MessageTemplate))}


async def test_only_what_differs_from_the_default_is_stored(salon: Organization) -> None:
    own = "Oddzwonimy! {organization}"
    row = await change(salon, Template.MISSED_CALL, pl={"sms": own}, en={"sms": None})
    assert (row.version, row.texts) == (2, {"pl.sms": own})
    assert (await change(salon, Template.MISSED_CALL, pl={"sms": own})).version == 2, "nothing is different"
    composed = await compose(salon, Template.MISSED_CALL)
    assert composed == templates.Composed(None, "Oddzwonimy! Studio Lawenda")
    default = templates.default_text(Template.MISSED_CALL, "pl", Part.SMS)
    assert (await change(salon, Template.MISSED_CALL, pl={"sms": default})).texts == {}
    await change(salon, Template.MISSED_CALL, pl={"sms": own}, enabled=False)
    async with begin(actor.system(salon.id), write=True) as uow:
        back = await templates.reset(uow, Template.MISSED_CALL)
        assert (back.texts, back.enabled) == ({}, False)
    assert await stored(salon) == {"missed_call": {}}


async def test_switched_off_is_not_sent_and_replies_have_no_email(salon: Organization) -> None:
    assert await compose(salon, Template.REPLY_YES) is not None
    assert await compose(salon, Template.REPLY_YES, Channel.EMAIL) is None
    await change(salon, Template.REPLY_YES, enabled=False)
    assert await compose(salon, Template.REPLY_YES) is None


@pytest.mark.parametrize(
    ("name", "patch", "path", "code"),
    [
        (Template.CHANGE, {"pl": {"sms": "{imie}, do zobaczenia"}}, ("body", "pl", "sms"), "unknown_variable"),
        (Template.CHANGE, {"en": {"subject": "{client.name}"}}, ("body", "en", "subject"), "unknown_variable"),
        (Template.MISSED_CALL, {"pl": {"sms": "{client}"}}, ("body", "pl", "sms"), "unknown_variable"),
        (Template.REPLY_NO, {"pl": {"email": "Szkoda"}}, ("body", "pl", "email"), "sms_only"),
    ],
)
async def test_what_cannot_be_sent_is_not_saved(
    salon: Organization, name: Template, patch: dict[str, Any], path: tuple[str, ...], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await change(salon, name, **patch)
    [detail] = refused.value.details or []
    assert (detail.path, detail.code) == (path, code)  # type: ignore[union-attr]
    if code == "unknown_variable":
        assert "{organization}" in detail.message  # type: ignore[union-attr]
    assert await stored(salon) == {}


async def test_preview_shows_the_next_appointment_and_the_price_of_diacritics(salon: Organization) -> None:
    owner = await factories.member(salon.id)
    await factories.service(salon.id)
    await factories.staff(salon.id)
    ask = TemplatePreview(body="Łucjo, widzimy się o {time}! " + "Bardzo się cieszymy. " * 3)
    async with begin(owner) as uow:
        example = await templates.preview(uow, Template.CHANGE, ask)
    assert example.appointment_id is None
    assert "o 10:00!" in example.body
    later = await factories.appointment(owner, factories.at("12:30", 2))
    booked = await factories.appointment(owner, factories.at("11:15", 1))
    async with begin(owner) as uow:
        shown = await templates.preview(uow, Template.CHANGE, ask)
        assert (shown.appointment_id, "o 11:15!" in shown.body) == (booked.id, True)
        assert (shown.encoding, shown.parts, shown.parts_without_diacritics) == ("ucs2", 2, 1)
        chosen = await templates.preview(uow, Template.CHANGE, TemplatePreview(appointment_id=later.id))
        assert "12:30" in chosen.body
        email = await templates.preview(uow, Template.CHANGE, TemplatePreview(channel=Channel.EMAIL, language="en"))
        assert email.subject
        assert (email.parts, "Ewa" in email.body) == (None, True)
        with pytest.raises(Invalid):
            await templates.preview(uow, Template.CHANGE, TemplatePreview(body="{kto}"))


async def test_person_may_insert_what_needs_no_link(salon: Organization) -> None:
    """Of an appointment, and without one what speaks of none."""
    owner = await factories.member(salon.id)
    await factories.service(salon.id)
    await factories.staff(salon.id)
    appointment = await factories.appointment(owner)
    async with begin(owner) as uow:
        alone = await templates.ready_texts(uow, "pl", None)
        about = {ready.name: ready for ready in await templates.ready_texts(uow, "pl", appointment)}
    assert [ready.name for ready in alone] == [Template.MISSED_CALL]
    assert set(about) == set(Template)
    linked = {name for name, ready in about.items() if ready.with_link}
    assert linked == set(Template) - {Template.MISSED_CALL, Template.CANCELLATION, Template.REPLY_YES}
    assert "godz. 10:00" in about[Template.CANCELLATION].text
    assert all(("/c/" in ready.text) is ready.with_link for ready in about.values())
    assert not any("{" in ready.text for ready in about.values())
    await change(salon, Template.CANCELLATION, enabled=False)
    async with begin(owner) as uow:
        ready = await templates.ready_texts(uow, "pl", appointment)
    assert Template.CANCELLATION not in [text.name for text in ready]
