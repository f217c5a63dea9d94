"""What a calendar shows of some days."""

from datetime import date, timedelta

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.appointments import calendar_view, holds, statuses, time_off
from sekretarka.domain.appointments.models import Status
from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.appointments.schemas import HoldCreate
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.schemas import OrganizationPatch
from sekretarka.domain.staff.schemas import TimeOffCreate
from tests import factories
from tests.domain.appointments.organization import BookableOrganization
from tests.support import bookings


async def test_a_day_has_its_appointments_hours_time_off_and_holds(bookable: BookableOrganization) -> None:
    day = factories.open_day()
    kasia = await factories.staff(bookable.id, name="Kasia", weekly_hours={})
    stored = await factories.appointment(bookable.owner, staffId=bookable.ewa.id)
    called_off = await factories.appointment(bookable.owner, factories.at("14:00"), staffId=bookable.ewa.id)
    await factories.appointment(bookable.owner, factories.at("10:00", 1))
    async with begin(bookable.owner, write=True) as uow:
        await statuses.cancel(uow, called_off.id)
        await holds.create(uow, HoldCreate(service_type="Strzyżenie", scheduled_at=factories.at("12:00")))
        off = TimeOffCreate(starts_at=factories.at("15:00"), ends_at=factories.at("17:00"))
        await time_off.create(uow, bookable.ewa.id, off)
    async with begin(bookable.owner) as uow:
        seen = await calendar_view.load(uow, (day, day))
        kasias_calendar = await calendar_view.load(uow, (day, day + timedelta(days=1)), kasia.id)
    assert [row.id for row in seen.appointments] == [stored.id, called_off.id]
    assert [row.name for row in seen.staff] == ["Ewa", "Kasia"]
    nine, three, noon = (local_time.minute_of(factories.at(at)) for at in ("09:00", "15:00", "12:00"))
    assert (nine, three) in seen.working[bookable.ewa.id]
    assert seen.working[kasia.id] == []
    assert [row.starts_at for row in seen.away[bookable.ewa.id]] == [factories.at("15:00")]
    assert seen.held == {bookable.ewa.id: [(noon, noon + 70)]}
    assert seen.writable == {bookable.ewa.id, kasia.id}
    assert (list(kasias_calendar.appointments), [row.name for row in kasias_calendar.staff]) == ([], ["Kasia"])


async def test_closed_days_are_named(bookable: BookableOrganization) -> None:
    names = {"pl": "Boże Narodzenie (pierwszy dzień)", "en": "Christmas Day"}
    unnamed = {"pl": "", "en": ""}
    between = (date(2026, 12, 25), date(2026, 12, 29))
    async with begin(bookable.owner, write=True) as uow:
        await organizations.update(uow, bookable.id, OrganizationPatch(closed_days=[date(2026, 12, 29)]))
    async with begin(bookable.owner) as uow:
        closed = (await calendar_view.load(uow, between)).closed
    assert {day.day: name for day, name in closed.items() if day.day != 26} == {25: names, 27: unnamed, 29: unnamed}
    assert closed[date(2026, 12, 26)]["pl"].startswith("Boże Narodzenie")
    async with begin(bookable.owner, write=True) as uow:
        await organizations.update(uow, bookable.id, OrganizationPatch(observes_public_holidays=False, closed_days=[]))
    async with begin(bookable.owner) as uow:
        weekend = {date(2026, 12, 26): unnamed, date(2026, 12, 27): unnamed}
        assert (await calendar_view.load(uow, between)).closed == weekend


async def test_appointment_write_permissions(bookable: BookableOrganization) -> None:
    day = factories.open_day()
    await factories.staff(bookable.id, name="Kasia")
    worker, viewer = await factories.member(bookable.id, Role.STAFF), await factories.member(bookable.id, Role.VIEWER)
    assert worker.user_id is not None
    for who, writable in ((worker, 0), (viewer, 0), (actor.system(bookable.id), 2)):
        async with begin(who) as uow:
            assert len((await calendar_view.load(uow, (day, day))).writable) == writable
    await bookings.works_as(worker.user_id, bookable.id, str(bookable.ewa.id))
    async with begin(worker) as uow:
        assert (await calendar_view.load(uow, (day, day))).writable == {bookable.ewa.id}


async def test_an_appointment_over_midnight_is_on_both_days(bookable: BookableOrganization) -> None:
    all_day = {key: [{"open": "00:00", "close": "24:00"}] for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    open_always = await factories.organization(business_hours=all_day)
    owner = await factories.member(open_always.id)
    await factories.staff(open_always.id)
    await factories.service(open_always.id, name="Strzyżenie", duration=120)
    appointment = await factories.appointment(owner, factories.at("23:00"))
    day = factories.open_day()
    async with begin(owner) as uow:
        for each_day in (day, day + timedelta(days=1)):
            assert [row.id for row in (await calendar_view.load(uow, (each_day, each_day))).appointments] == [
                appointment.id
            ]
        assert appointment.status is Status.SCHEDULED
