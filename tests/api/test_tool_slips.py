"""What a language model writes in place of what was meant is read as meant, or asked for: no caller is blamed."""

import json
from typing import Any

import pytest
from starlette.types import ASGIApp

from sekretarka.core.permissions import Permission
from sekretarka.core.text.i18n import texts
from sekretarka.domain.agents.models import Capability
from tests import clients, factories
from tests.api.test_tools import ANNA, Line, appointments, local
from tests.clients import Caller

STAFF = ("Ewa Lis", "Ewa Nowak", "Kasia Mazur", "Magda Wrona", "Michał Sowa", "Paweł Kos", "Anna Zięba", "Jan Dudek")
SERVICES = ("Strzyżenie damskie", "Strzyżenie męskie", "Koloryzacja", "Masaż pleców")


@pytest.fixture
async def line(app: ASGIApp, owner: Caller) -> Line:
    """A call to a salon with many people and services."""
    for name in SERVICES:
        await factories.service(owner.organization_id, name=name)
    for name in STAFF:
        await factories.staff(owner.organization_id, name=name, role="fryzjer")
    agent = await factories.agent(owner.organization_id, capabilities=list(Capability))
    return Line(await clients.program(app, owner.actor, Permission.TOOLS_USE), agent)


async def booked_with(owner: Caller, line: Line, **changed: Any) -> tuple[str, str]:
    """Whom and which service a booking with these arguments is for."""
    arguments = {"serviceType": "Koloryzacja", "scheduledAt": local("10:00"), **ANNA, **changed}
    answer = await line.use("book", **arguments)
    assert "code" not in answer["data"], answer
    row = answer["data"]["appointment"]
    names = {member["id"]: member["name"] for member in await owner.data("GET", "/api/v1/staff")}
    return names[row["staffId"]], row["serviceType"]


async def test_declined_names_of_staff(line: Line) -> None:
    said_of: dict[str, list[Any]] = {
        "Kasia Mazur": ["Kasię", "u Kasi", "pani Kasia", ["Kasia"], {"name": "Kasia"}],
        "Magda Wrona": ["do pani Magdy", "Magdzie", "u Magdaleny"],
        "Michał Sowa": ["Michała", "z Miśkiem"],
        "Paweł Kos": ["z panem Pawłem"],
        "Anna Zięba": ["ANNĘ ZIĘBĘ"],
        "Jan Dudek": ["fryzjera Jana", "u Dudka"],
        "Ewa Lis": ["Ewę Lis"],
        "Ewa Nowak": ["Ewy Nowak"],
    }
    for name, spelled in said_of.items():
        for said in spelled:
            offer = await line.use("check_availability", serviceType="Koloryzacja", staff=said)
            assert offer["data"]["slots"][0]["staff"] == [name], said


async def test_two_of_one_name_are_asked_about(owner: Caller, line: Line) -> None:
    for said in ("Ewa", "u Ewy", "pani Ewie", "z Ewą", "Ewę"):
        for tool, more in (("check_availability", {}), ("book", {"scheduledAt": local("10:00"), **ANNA})):
            asked = await line.use(tool, serviceType="Koloryzacja", staff=said, **more)
            assert (asked["data"]["code"], asked["data"]["staff"]) == ("which_staff", ["Ewa Lis", "Ewa Nowak"])
            assert asked["say"] == "O kogo chodzi: Ewa Lis albo Ewa Nowak?"
    assert await appointments(owner) == []
    second = asked["data"]["staffIds"][1]
    assert (await booked_with(owner, line, staff=second))[0] == "Ewa Nowak"


async def test_of_two_of_one_name_only_one_does_it(owner: Caller, line: Line) -> None:
    rows = {row["name"]: row["id"] for row in await owner.data("GET", "/api/v1/staff")}
    services = {row["name"]: row["id"] for row in await owner.data("GET", "/api/v1/services")}
    patch = {"staffIds": [rows["Ewa Nowak"], rows["Kasia Mazur"]]}
    await owner.data("PATCH", f"/api/v1/services/{services['Masaż pleców']}", json=patch)
    assert await booked_with(owner, line, staff="Ewą", serviceType="masażu") == ("Ewa Nowak", "Masaż pleców")
    refused = await line.use("check_availability", serviceType="masaż", staff="Zenon")
    assert refused["data"]["code"] == "unknown_staff"
    assert refused["say"].endswith("Mogę zapisać do: Ewa Nowak albo Kasia Mazur. Do kogo?")


async def test_namesakes_are_told_apart_by_their_roles(owner: Caller, line: Line) -> None:
    for role in ("fryzjerka", "masażystka"):
        await factories.staff(owner.organization_id, name="Iga Mak", role=role)
    asked = await line.use("check_availability", serviceType="Koloryzacja", staff="Igę Mak")
    assert asked["say"] == "O kogo chodzi: Iga Mak (fryzjerka) albo Iga Mak (masażystka)?"
    answer = await line.use("check_availability", serviceType="Koloryzacja", staff="Iga Mak (masażystka)")
    assert "code" not in answer["data"]


async def test_declined_and_shortened_services(line: Line) -> None:
    for said, name in {
        "strzyżenie damskie": "Strzyżenie damskie",
        "na strzyżenie męskie": "Strzyżenie męskie",
        "strzyżenia damskiego": "Strzyżenie damskie",
        "damskie": "Strzyżenie damskie",
        "koloryzację": "Koloryzacja",
        "kolor": "Koloryzacja",
        "masaż": "Masaż pleców",
        "masaż pleców i karku": "Masaż pleców",
    }.items():
        offer = await line.use("check_availability", serviceType=said)
        assert offer["data"]["serviceType"] == name, said


async def test_services_that_are_not_clear_are_asked_about(line: Line) -> None:
    unclear: list[tuple[Any, str, tuple[str, ...]]] = [
        ("strzyżenie", "which_service", SERVICES[:2]),
        ("obcięcie damskie", "which_service", SERVICES[:1]),
        ("wymiana opon", "unknown_service", SERVICES),
        ("koloryzację i strzyżenie", "which_service", SERVICES[:3]),
        ("masaż pleców, potem kolor", "which_service", SERVICES[2:]),
        (5, "unknown_service", SERVICES),
    ]
    for said, code, named in unclear:
        asked = await line.use("check_availability", serviceType=said)
        assert asked["data"] == {"code": code, "services": list(named)}
        assert asked["say"].count("?") == 1
        assert all(name in asked["say"] for name in named)


async def test_what_stands_for_nothing_is_absent(owner: Caller, line: Line) -> None:
    absent: list[Any] = ["", "  ", "null", "None", "N/A", "{{staff}}", "brak", "\u200b", None, [], {}, False]
    for nothing in absent:
        offer = await line.use("check_availability", serviceType="Koloryzacja", date=nothing, staff=nothing)
        assert len(offer["data"]["slots"]) == 3
        asked = await line.send("book", {"serviceType": "Koloryzacja", "scheduledAt": nothing, **ANNA})
        assert asked.json()["error"]["say"] == texts("pl")["tools.ask.scheduledAt"]
    assert (await booked_with(owner, line, staff="null", notes=""))[1] == "Koloryzacja"
    [appointment] = await appointments(owner)
    assert appointment["notes"] is None


@pytest.mark.parametrize(
    "changed",
    [
        {"clientPhone": 601000111},
        {"clientPhone": 48601000111.0, "duration": 60, "price": {"amount": 1}, "confirm": "true"},
        {"client_phone": "601 000 111", "clientphone": "nie podano"},
        {"staff": "obojętnie"},
        {"staff": "anyone"},
        {"staff": "wszystko mi jedno"},
        {"staff": "first available"},
        {"staff": "Doesn't matter"},
        {"staff": "dowolnie"},
        {"clientPhone": {"number": "601 000 111"}},
        {"notes": "a" * 5_000},
        {"notes": ["boli głowa", "pierwszy raz"]},
    ],
)
async def test_odd_shapes_are_read(owner: Caller, line: Line, changed: dict[str, Any]) -> None:
    await booked_with(owner, line, **changed)
    [appointment] = await appointments(owner)
    assert appointment["clientPhone"] == "+48601000111"


@pytest.mark.parametrize("spelled", ["{day}T9:5", "{day} 9:05", "{day}T09:05:00", "{dotted} 9.05", "{past}T09:05"])
async def test_moments_as_models_write_them(owner: Caller, line: Line, spelled: str) -> None:
    day = factories.open_day()
    text = spelled.format(day=day, dotted=f"{day.day}.{day.month}.{day.year}", past=day.replace(year=day.year - 1))
    arguments = {"serviceType": "Koloryzacja", "scheduledAt": text, **ANNA}
    answer = await line.use("book", **arguments)
    assert answer["say"].startswith("Umówione"), answer
    [appointment] = await appointments(owner)
    assert appointment["scheduledAt"] == factories.at("09:05").isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def test_days_as_models_write_them(line: Line) -> None:
    day = factories.open_day()
    for spelled in ("{0.year}-{0.month}-{0.day}", "{0}T00:00:00", "{0}T00:00:00Z", "{0.day}.{0.month}.{0.year}"):
        offer = await line.use("check_availability", serviceType="Koloryzacja", date=spelled.format(day))
        assert [slot["time"][:10] for slot in offer["data"]["slots"]] == [str(day)] * 3
    offer = await line.use("check_availability", serviceType="Koloryzacja", date={"day": str(day)})
    assert [slot["time"][:10] for slot in offer["data"]["slots"]] == [str(day)] * 3
    soonest = await line.use("check_availability", serviceType="Koloryzacja")
    for spelled in ("ASAP", "jak najszybciej", "Dowolny dzień", "najbliższy termin", "Doesn’t matter", "obojętne"):
        offer = await line.use("check_availability", serviceType="Koloryzacja", date=spelled)
        assert (offer["say"], offer["data"]) == (soonest["say"], soonest["data"])
    asked = await line.use("check_availability", serviceType="Koloryzacja", date="kiedyś")
    assert (asked["data"], asked["say"]) == ({"code": "invalid_day"}, texts("pl")["tools.refused.invalid_day"])


async def test_a_time_alone_moves_on_the_same_day(owner: Caller, line: Line) -> None:
    await booked_with(owner, line)
    moved = await line.use("reschedule", **{**ANNA, "clientName": "Ani Kowalskiej"}, scheduledAt="14:00")
    assert moved["say"].startswith("Przełożone: Koloryzacja"), moved
    [appointment] = await appointments(owner)
    assert appointment["scheduledAt"] == factories.at("14:00").isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize("text", ["w następny wtorek o 10", "{day}T09:00/{day}T10:00", "za tydzień o 11:00"])
async def test_a_day_that_is_not_understood_moves_nothing(owner: Caller, line: Line, text: str) -> None:
    await booked_with(owner, line)
    asked = await line.use("reschedule", **ANNA, scheduledAt=text.format(day=factories.open_day(1)))
    assert (asked["data"], asked["say"]) == ({"code": "invalid_time"}, texts("pl")["tools.refused.invalid_time"])
    [appointment] = await appointments(owner)
    assert appointment["scheduledAt"] == factories.at("10:00").isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize(
    "name",
    [
        "{{client.name}}",
        "{clientName}",
        "${name}",
        "$name",
        "%NAME%",
        "[Client Name]",
        "{{ $json['name'] }}",
        "<full name>",
        "Klient",
        "caller",
    ],
)
async def test_a_name_that_nobody_filled_in_is_asked_for(owner: Caller, line: Line, name: str) -> None:
    sent = {"serviceType": "Koloryzacja", "scheduledAt": local("10:00"), **ANNA, "clientName": name}
    asked = await line.send("book", sent)
    assert asked.json()["error"]["say"] == texts("pl")["tools.ask.clientName"]
    assert await appointments(owner) == []


@pytest.mark.parametrize("name", [".", "?", "Pani", "pan"])
async def test_what_is_no_name_is_asked_for(owner: Caller, line: Line, name: str) -> None:
    asked = await line.use(
        "book", serviceType="Koloryzacja", scheduledAt=local("10:00"), **{**ANNA, "clientName": name}
    )
    assert (asked["data"], asked["say"]) == ({"code": "name_required"}, texts("pl")["tools.refused.name_required"])
    assert await appointments(owner) == []


async def test_urgency(line: Line) -> None:
    words: dict[Any, str] = {"HIGH": "high", "pilne": "high", "bardzo ważne": "normal", True: "high", "": "normal"}
    for n, (sent, urgency) in enumerate(words.items()):
        taken = await Line(line.caller, line.agent, f"call_{n}").use(
            "take_message", message="Proszę oddzwonić.", urgency=sent
        )
        assert taken["data"]["urgency"] == urgency


async def test_arguments_and_language_in_odd_shapes(line: Line) -> None:
    wanted = {"serviceType": "Koloryzacja", "staff": "Kasia\x07"}
    sent: list[tuple[Any, str]] = [(json.dumps(wanted), "pl-PL"), (wanted, "klingon"), (wanted, "")]
    for arguments, language in sent:
        answer = await line.send("check_availability", arguments, language=language)
        assert answer.json()["data"]["data"]["slots"][0]["staff"] == ["Kasia Mazur"]
    absent: list[Any] = [None, "", "{}", "null"]
    for nothing in absent:
        asked = await line.send("answer", nothing, language="English")
        assert asked.json()["error"]["say"] == texts("en")["tools.ask.question"]


@pytest.mark.parametrize("value", ["1e999", "-Infinity", "NaN"])
async def test_what_text_can_hold_and_json_cannot_is_nothing(line: Line, value: str) -> None:
    nameless = await line.send("check_availability", {})
    arguments: Any = f'{{"serviceType": {value}}}'
    asked = await line.send("check_availability", arguments)
    assert asked.json()["error"]["say"] == nameless.json()["error"]["say"]
    arguments = f'{{"serviceType": "Koloryzacja", "date": {value}}}'
    offer = await line.send("check_availability", arguments)
    assert len(offer.json()["data"]["data"]["slots"]) == 3


async def test_text_that_nests_too_deeply_is_none(line: Line) -> None:
    arguments: Any = f'{{"serviceType": {"[" * 900}{"]" * 900}}}'
    asked = await line.send("check_availability", arguments)
    assert asked.status_code == 422
    assert asked.json()["error"]["say"]
