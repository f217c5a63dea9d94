"""Templates filled in: whatever a value is, it is text, and the default texts read well and cost little."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekretarka.core.text import sms
from sekretarka.core.text.i18n import LANGUAGES, Language
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.templates import rendering
from sekretarka.domain.templates.models import Part, Template
from sekretarka.domain.templates.rendering import AppointmentFacts, Variable
from sekretarka.domain.templates.service import default_text, parts_of

SALON = Organization(
    name="Studio Lawenda", phone="+48221000200", address={"street": "Lipowa 7", "city": "Warszawa", "country": "PL"}
)
LINK = "https://app.sekretarka.example/c/" + "x" * 22
HOSTILE = (
    "{link}",
    "{0.__class__}",
    "%s %(x)s",
    "{",
    "}{",
    "{client",
    "\\1 \\g<0>",
    "${x}",
    "{{client}}",
    "a\u202eb\x00",
)


def facts(starts_at: datetime = datetime(2026, 12, 4, 9, tzinfo=UTC), client: str = "Łucja Żak") -> AppointmentFacts:
    """A haircut at ten in Warsaw."""
    return AppointmentFacts(client, "Strzyżenie", "Ewa", starts_at, 12_000, "pln")


def default(template: Template, language: Language, part: Part = Part.SMS, client: str = "Łucja Żak") -> str:
    values = rendering.values(language, SALON, facts(client=client), LINK)
    render = rendering.fill_sms if part is Part.SMS else rendering.fill
    return render(default_text(template, language, part), values)


def test_every_variable_has_a_value() -> None:
    values = rendering.values("pl", SALON, facts(), LINK)
    assert values == {
        "client": "Łucja Żak",
        "service": "Strzyżenie",
        "staff": "Ewa",
        "date": "4 grudnia",
        "time": "10:00",
        "weekday": "piątek",
        "organization": "Studio Lawenda",
        "address": "Lipowa 7, Warszawa",
        "phone": "22 100 02 00",
        "link": LINK,
        "price": "120,00 zł",
    }
    english = rendering.values("en", SALON, facts(datetime(2026, 12, 4, 17, 30, tzinfo=UTC)), LINK)
    assert [english[name] for name in ("date", "time", "weekday", "price")] == [
        "4 December",
        "18:30",
        "Friday",
        "PLN 120.00",
    ]
    assert set(rendering.values("pl", SALON, None).keys()) == set(Variable)


@pytest.mark.parametrize(
    ("utc", "shown"),
    [
        ("2026-10-24T08:00", "10:00"),
        ("2026-10-25T00:30", "02:30"),
        ("2026-10-25T01:30", "02:30"),
        ("2026-10-25T08:00", "09:00"),
        ("2027-03-28T00:59", "01:59"),
        ("2027-03-28T01:00", "03:00"),
    ],
)
def test_times_are_those_of_the_clocks_on_both_sides_of_a_change(utc: str, shown: str) -> None:
    starts_at = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert rendering.values("pl", SALON, facts(starts_at))["time"] == shown


@given(client=st.one_of(st.sampled_from(HOSTILE), st.text(max_size=300)), language=st.sampled_from(LANGUAGES))
def test_whatever_a_client_is_called_is_one_line_of_text(client: str, language: Language) -> None:
    values = rendering.values(language, SALON, facts(client=client), LINK)
    shown = values["client"]
    assert shown == " ".join(shown.split())
    assert not re.search("[\x00-\x1f\u202a-\u202e]", shown)
    assert rendering.fill("<{client}> {time}", values) == f"<{shown}> 10:00"


@given(text=st.text(alphabet="{}abclient. \n", max_size=60))
def test_no_text_fails_and_what_is_unknown_stays(text: str) -> None:
    values = rendering.values("pl", SALON, facts(), LINK)
    rendering.fill_sms(text, values)
    if not rendering.unknown_variables(text, values) and "{" not in text:
        assert rendering.fill(text, values).split() == text.split()


def test_client_cannot_have_strangers_sent_a_link() -> None:
    assert rendering.values("pl", SALON, facts(client="Wygrana http://zle.example/x"))["client"] == "Wygrana …"


def test_unknown_variables_are_found_and_spaces_forgiven() -> None:
    known = rendering.variables_of(Template.CONFIRMATION)
    assert rendering.unknown_variables("{ client } {time}", known) == []
    assert rendering.unknown_variables("{imię} {client.name} {} {client}", known) == ["imię", "client.name", ""]
    assert rendering.fill("{ client }!", {"client": "Łucja"}) == "Łucja!"
    assert "client" not in rendering.variables_of(Template.MISSED_CALL)


def test_text_without_diacritics_stays_so() -> None:
    values = rendering.values("pl", SALON, facts(), LINK)
    assert rendering.fill_sms("Do zobaczenia: {client}, {weekday}", values) == "Do zobaczenia: Lucja Zak, piatek"
    assert rendering.fill_sms("Do zobaczenia, cześć: {client}", values) == "Do zobaczenia, cześć: Łucja Żak"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", Template)
def test_default_sms_is_one_part_and_has_its_link_whole(template: Template, language: Language) -> None:
    text = default(template, language)
    assert (sms.size(text).encoding, sms.size(text).parts) == (sms.Encoding.GSM7, 1), text
    assert ("{link}" in default_text(template, language, Part.SMS)) is (LINK in text)
    # The longest of days, and a long name: perhaps another part, but never a link in two of them.
    long = SALON.model_copy(update={"name": "Gabinet Kosmetyczny Magnolia"})
    october = facts(datetime(2026, 10, 14, 9, tzinfo=UTC))
    values = rendering.values(language, long, october, LINK)
    before, found, after = rendering.fill_sms(default_text(template, language, Part.SMS), values).partition(LINK)
    first_part = 160 if sms.size(before + found + after).parts == 1 else 153
    assert not found or sms.size(before + found).units <= first_part


@pytest.mark.parametrize("language", LANGUAGES)
def test_default_texts_know_their_variables_and_are_filled(language: Language) -> None:
    for template in Template:
        for part in parts_of(template):
            known = rendering.variables_of(template)
            assert rendering.unknown_variables(default_text(template, language, part), known) == []
            assert not re.search("[{}]", default(template, language, part))
