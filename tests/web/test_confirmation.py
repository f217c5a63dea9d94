"""`/c/:token`: what a client does with an appointment by its link, and what nobody does without one."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import rate_limiter, rate_policies
from sekretarka.domain.appointments import booking, history, statuses
from sekretarka.domain.appointments.models import Appointment, Change, Status
from sekretarka.domain.confirmations import links
from sekretarka.domain.confirmations.models import ConfirmationLink
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff.models import Staff
from sekretarka.web import confirmation
from tests import factories
from tests.api.routes import fingerprint
from tests.web.browser import Browser

MADE_UP = "a" * links.LENGTH


@dataclass
class Salon:
    """An appointment at ten with Ewa, and the path of its link."""

    owner: Actor
    appointment: Appointment
    path: str

    @property
    def id(self) -> UUID:
        assert self.owner.organization_id is not None
        return self.owner.organization_id

    async def now(self) -> Appointment:
        """As it is by now."""
        async with begin(actor.system(self.id)) as uow:
            return await booking.get_appointment(uow, self.appointment.id)

    async def set(self, **values: Any) -> None:
        """Change the row past all rules."""
        theirs = (col(Appointment.organization_id) == self.id, col(Appointment.id) == self.appointment.id)
        async with begin(actor.system(self.id), write=True) as uow:
            await uow.execute(sa.update(Appointment).where(*theirs).values(**values))


async def issue(salon_id: UUID, appointment_id: UUID) -> str:
    """The path of a new link."""
    async with begin(actor.system(salon_id), write=True) as uow:
        return links.issue(uow, appointment_id).removeprefix(settings.base_url)


@pytest.fixture
async def salon(database: engine.Database) -> Salon:
    organization_id = (await factories.organization(phone="+48221000200")).id
    owner = await factories.member(organization_id)
    await factories.service(organization_id)
    await factories.staff(organization_id)
    booked = await factories.appointment(owner)
    return Salon(owner, booked, await issue(organization_id, booked.id))


@pytest.fixture
async def phone(salon: Salon) -> AsyncIterator[httpx2.AsyncClient]:
    await rate_limiter.disconnect()
    async with at() as client:
        yield client
    await rate_limiter.disconnect()


def at(network: str = "203.0.113.7") -> httpx2.AsyncClient:
    """A browser there."""
    transport = httpx2.ASGITransport(confirmation.create(), client=(network, 50_000))
    return Browser(transport=transport, base_url=settings.base_url)


async def form(phone: httpx2.AsyncClient, path: str) -> str:
    """The token of the form on a page."""
    found = re.search(r'name="form" value="([0-9a-f]{64})"', (await phone.get(path)).text)
    assert found
    return found[1]


async def send(phone: httpx2.AsyncClient, path: str, **fields: str) -> httpx2.Response:
    """Open the appointment's page, and send a form as one of its pages does."""
    link = path.rpartition("/")[0]
    return await phone.post(path, data={"form": await form(phone, f"{link}/cancel"), **fields})


async def test_page_shows_the_appointment_in_both_languages(salon: Salon, phone: httpx2.AsyncClient) -> None:
    polish, english = [await phone.get(f"{salon.path}{query}") for query in ("", "?lang=en")]
    for response, lang in ((polish, "pl"), (english, "en")):
        assert response.status_code == 200
        text = unescape(response.text)
        assert f'<html lang="{lang}">' in text
        assert all(word in text for word in ("Studio Lawenda", "Strzyżenie", "Ewa", "10:00", "tel:221000200"))
        assert "Anna" not in text, "whoever has the link learns no name"
        assert "<script" not in text
        headers = response.headers
        assert (headers["cache-control"], headers["referrer-policy"]) == ("private, no-store", "no-referrer")
        assert "noindex" in headers["x-robots-tag"]
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "Potwierdzam" in polish.text
    assert "Cancel the appointment" in english.text
    assert "lang=en" in english.text
    assert "lang=" not in polish.text.replace('lang="', "").replace("?lang=en", "")


async def test_page_speaks_the_clients_language(salon: Salon, phone: httpx2.AsyncClient) -> None:
    async with begin(actor.system(salon.id), write=True) as uow:
        from sekretarka.domain.clients.models import Client

        assert salon.appointment.client_id
        (await uow.get(Client, salon.appointment.client_id)).language = "en"
    assert "Your appointment" in (await phone.get(salon.path)).text
    assert "Twoja wizyta" in (await phone.get(f"{salon.path}?lang=pl")).text


async def test_client_confirms_by_link(salon: Salon, phone: httpx2.AsyncClient) -> None:
    for _ in range(2):
        answer = await send(phone, f"{salon.path}/confirm")
        assert (answer.status_code, answer.headers["location"]) == (303, salon.path)
    assert (await salon.now()).status is Status.CONFIRMED
    assert "Dziękujemy, wizyta jest potwierdzona" in (await phone.get(salon.path)).text
    async with begin(salon.owner) as uow:
        last = await uow.one_or_none(history.newest_first(uow, salon.appointment.id))
    assert last is not None
    assert (last.change, last.actor, last.user_id) == (Change.CONFIRMED, "client", None)


async def test_client_cancels_and_the_link_is_used_up(salon: Salon, phone: httpx2.AsyncClient) -> None:
    asked = await phone.get(f"{salon.path}/cancel")
    assert "Odwołać wizytę?" in asked.text
    assert (await salon.now()).status is Status.SCHEDULED
    answer = await send(phone, f"{salon.path}/cancel")
    assert answer.status_code == 200
    assert "Wizyta odwołana" in answer.text
    assert (await salon.now()).status is Status.CANCELLED
    assert (await phone.get(salon.path)).status_code == 404


async def test_client_moves_and_the_link_works_for_the_new_time(salon: Salon, phone: httpx2.AsyncClient) -> None:
    first = str((salon.appointment.scheduled_at + timedelta(days=1)).date())
    page = await phone.get(f"{salon.path}/move?first={first}")
    offered = re.findall(r'type="radio" name="time" value="([^"]+)"', page.text)
    assert len(offered) > 20
    answer = await send(phone, f"{salon.path}/move", time=offered[5])
    assert (answer.status_code, answer.headers["location"]) == (303, f"{salon.path}?done=moved")
    assert (await salon.now()).scheduled_at == datetime.fromisoformat(offered[5])
    assert "Do zobaczenia w nowym terminie" in (await phone.get(answer.headers["location"])).text
    answer = await send(phone, f"{salon.path}/move", time=offered[-1])
    assert (await salon.now()).scheduled_at == datetime.fromisoformat(offered[-1])


async def test_only_offered_times_are_taken(salon: Salon, phone: httpx2.AsyncClient) -> None:
    before = (await salon.now()).scheduled_at
    await factories.appointment(salon.owner, factories.at("14:00", 1))
    wrong = [
        clock.to_json(moment)
        for moment in (factories.at("14:00", 1), factories.at("14:07", 1), factories.at("03:00", 1), clock.now())
    ]
    for time in wrong:
        answer = await send(phone, f"{salon.path}/move", time=time)
        assert answer.status_code == 200, time
        assert "Ten termin jest już zajęty" in answer.text
    for time in ("", "jutro", "0001-01-01T00:00:00Z"):
        assert "Wybierz godzinę." in (await send(phone, f"{salon.path}/move", time=time)).text
    assert (await phone.get(f"{salon.path}/move?first=nigdy")).status_code == 200
    assert (await salon.now()).scheduled_at == before


async def test_nobody_free_is_said_with_a_number_to_call(salon: Salon, phone: httpx2.AsyncClient) -> None:
    async with begin(actor.system(salon.id), write=True) as uow:
        ewa = await uow.one_or_none(uow.select(Staff))
        assert ewa is not None
        ewa.is_active = False
    page = (await phone.get(f"{salon.path}/move")).text
    assert "nie ma wolnych terminów" in page
    assert "tel:221000200" in page


async def test_reading_changes_nothing(salon: Salon, phone: httpx2.AsyncClient) -> None:
    before = await fingerprint(salon.id)
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"):
        for action in ("", "/confirm", "/cancel", "/move", "/confirm?form=x", "/nothing"):
            await phone.request(method, salon.path + action)
    assert await fingerprint(salon.id) == before


@pytest.mark.parametrize("action", ["confirm", "cancel", "move"])
async def test_form_of_another_page_or_state_does_nothing(salon: Salon, phone: httpx2.AsyncClient, action: str) -> None:
    path, genuine = f"{salon.path}/{action}", await form(phone, f"{salon.path}/cancel")
    time = clock.to_json(factories.at("15:00", 1))
    before = await fingerprint(salon.id)
    for token in ("", "0" * 64, "ł" * 64, genuine.swapcase().upper(), genuine + "0"):
        answer = await phone.post(path, data={"form": token, "time": time})
        assert "sprawdź, czy wszystko się zgadza" in answer.text.lower()
    fields = {"form": genuine, "time": time}
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await phone.post(path, data=fields, headers=elsewhere)).status_code == 403
    other = await issue(salon.id, (await factories.appointment(salon.owner, factories.at("12:00", 2))).id)
    before = await fingerprint(salon.id)
    assert (await phone.post(f"{other}/{action}", data=fields)).status_code == 200
    assert (await phone.post(path, content=b"x" * 10_000)).status_code == 200
    assert await fingerprint(salon.id) == before
    async with begin(salon.owner, write=True) as uow:
        await statuses.confirm(uow, salon.appointment.id)
    stale = await phone.post(path, data=fields)
    assert "właśnie się zmieniła" in stale.text
    now = await salon.now()
    assert (now.status, now.scheduled_at) == (Status.CONFIRMED, salon.appointment.scheduled_at)


async def test_links_that_do_not_work_answer_alike(salon: Salon, phone: httpx2.AsyncClient) -> None:
    cancelled, past, deleted = [
        await factories.appointment(salon.owner, factories.at("10:00", day)) for day in (1, 2, 3)
    ]
    tokens = [await issue(salon.id, row.id) for row in (cancelled, past, deleted)]
    async with begin(salon.owner, write=True) as uow:
        await statuses.cancel(uow, cancelled.id)
    await Salon(salon.owner, past, "").set(scheduled_at=clock.now() - timedelta(seconds=1))
    stranger = (await factories.organization()).id
    async with begin(actor.system(), write=True) as uow:
        gone = Organization.__table__  # type: ignore[attr-defined]
        link = ConfirmationLink.__table__  # type: ignore[attr-defined]
        await uow.execute(sa.delete(link).where(link.c.appointment_id == deleted.id))
        await uow.execute(sa.update(gone).where(gone.c.id == stranger).values(deleted_at=clock.now()))
    answers = []
    for path in (*tokens, f"/c/{MADE_UP}", "/c/x", "/c/", "/c", f"/c/{MADE_UP}x", "/c/%00", f"/c/{'ł' * 22}"):
        for action in ("", "/confirm", "/cancel", "/move"):
            answers.append(await phone.get(path + action))
            answers.append(await phone.post(path + action, data={"form": "0" * 64}))
            async with at("198.51.100.1"):
                await rate_limiter.disconnect()
    seen = {(answer.status_code, answer.text, str(sorted(answer.headers.items()))) for answer in answers}
    assert len(seen) == 1
    assert answers[0].status_code == 404
    assert "Ten link nie działa" in answers[0].text


async def test_links_of_an_organization_that_is_gone_are(salon: Salon, phone: httpx2.AsyncClient) -> None:
    async with begin(actor.system(), write=True) as uow:
        table = Organization.__table__  # type: ignore[attr-defined]
        await uow.execute(sa.update(table).where(table.c.id == salon.id).values(deleted_at=clock.now()))
    assert (await phone.get(salon.path)).status_code == 404


async def test_guesses_find_nothing_and_are_soon_too_many(salon: Salon, phone: httpx2.AsyncClient) -> None:
    before = await fingerprint(salon.id)
    limit = rate_policies.CONFIRMATION.limit
    answers = [await phone.post(f"/c/{number:022}/cancel", data={"form": "0" * 64}) for number in range(limit + 5)]
    assert [answer.status_code for answer in answers] == [404] * limit + [429] * 5
    assert answers[-1].headers["retry-after"] == str(rate_policies.CONFIRMATION.window)
    async with at("198.51.100.77") as other:
        assert (await other.get(salon.path)).status_code == 200, "others are not kept away"
    assert await fingerprint(salon.id) == before
    assert links.LENGTH * (62).bit_length() > 128


async def test_only_the_digest_is_stored_and_old_links_are_deleted(salon: Salon) -> None:
    token = salon.path.removeprefix("/c/")
    async with begin(actor.system(salon.id)) as uow:
        [row] = await uow.list(uow.select(ConfirmationLink))
    assert token not in str(row.model_dump())
    assert len(token) == links.LENGTH
    await salon.set(ends_at=clock.now() - links.RETENTION - timedelta(minutes=1))
    async with begin(actor.system(), write=True) as uow:
        await links.purge_expired(uow)
    async with begin(actor.system(salon.id)) as uow:
        assert await uow.list(uow.select(ConfirmationLink)) == []
