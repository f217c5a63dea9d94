"""Which service and whom the caller means, by names as they are said; what is not clear is asked, with the choices."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from sekretarka.core.text.collation import sort_key
from sekretarka.core.text.i18n import Language, translate
from sekretarka.core.text.search_text import normalize, words
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.receptionist import declension, speech
from sekretarka.domain.receptionist.said_values import INDIFFERENT
from sekretarka.domain.receptionist.tool_context import ToolContext, ToolRejected
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff.models import Staff

Row = TypeVar("Row", Service, Staff)
Test = Callable[[Row], bool]

NAMED, SPOKEN = 20, 5  # choices that an answer lists, and that it says
# What means nobody in particular, folded.
ANYONE = INDIFFERENT | {
    "anyone", "anybody", "any staff", "whoever", "whoever is free", "whoever is available", "available", "ktokolwiek",
    "ktos", "kazdy", "kazda", "dowolna", "dowolna osoba", "pierwsza wolna", "pierwsza wolna osoba", "obojetnie kto",
    "obojetnie do kogo",
}  # fmt: skip
# Words around the name of a service, folded.
AROUND = frozenset(
    {"na", "do", "z", "i", "w", "o", "a", "dla", "and", "for", "the", "with", "usluga", "wizyta", "zabieg"}
)
# Two words are one in other cases when they begin alike: by this share of the shorter, and ends no longer than this.
ALIKE, LONGEST_END, SHORTEST = 0.66, 4, 3


async def wanted_service(context: ToolContext, name_or_id: str) -> Service:
    """The active service of an id or name, which may be declined or a part; `ToolRejected` (`which_service`,
    `unknown_service`) with the names to choose from."""
    said, searched = _service_words(name_or_id), normalize(name_or_id)
    active = [row for row in await catalog.find(context.uow) if row.is_active]
    if not active:
        raise ToolRejected("no_services", {"services": []})
    tests: list[Test[Service]] = [
        lambda row: searched in (str(row.id), normalize(row.name)),
        lambda row: _covers(said, _service_words(row.name)) and _covers(_service_words(row.name), said),
        lambda row: _covers(said, _service_words(row.name)),
        lambda row: _covers(_service_words(row.name), said),
    ]
    fitting = _first_that_fit(active, tests)
    meant = [row for row in active if row in fitting or _is_said_too(said, row, fitting)]
    if len({normalize(row.name) for row in meant}) == 1:
        return meant[0]
    related = meant or [row for row in active if any(_covers({word}, _service_words(row.name)) for word in said)]
    code = "which_service" if related else "unknown_service"
    names = [row.name for row in related or active]
    raise ToolRejected(code, {"services": names[:NAMED]}, names=listed(context.language, names))


async def wanted_staff(context: ToolContext, name: str | None, service: Service) -> Staff | None:
    """The active staff member of an id or name, which may be declined or a part, who can do the service; None without a
    name. `ToolRejected` (`which_staff`, `unknown_staff`, `staff_not_able`) with the names to choose from, and when
    nobody can do it (`staff_unavailable`)."""
    if name is None or normalize(name) in ANYONE:
        return None
    able = await staff.find_qualified(context.uow, service.id)
    if not able:
        raise ToolRejected("staff_unavailable")
    said = declension.words(name)
    tests: list[Test[Staff]] = [
        lambda row: normalize(name) == str(row.id),
        lambda row: len(said) > 1 and said == declension.words(row.name),
        lambda row: bool(said) and said <= _staff_words(row) and not said.isdisjoint(declension.words(row.name)),
        lambda row: (
            declension.is_meant(said, _staff_words(row))
            and bool(declension.named_parts(said, declension.words(row.name)))
        ),
    ]
    meant = _first_that_fit([row for row in await staff.find(context.uow) if row.is_active], tests)
    able_ids = {row.id for row in able}
    meant_and_able = [row for row in meant if row.id in able_ids]
    if len(meant_and_able) == 1:
        return meant_and_able[0]
    code = "which_staff" if meant_and_able else "staff_not_able" if meant else "unknown_staff"
    choices = sorted(meant_and_able or able, key=lambda row: sort_key(row.name))[:NAMED]
    names = _distinct_names(choices)
    data = {"staff": names, "staffIds": [str(row.id) for row in choices]}
    raise ToolRejected(code, data, names=listed(context.language, names))


async def staff_names(context: ToolContext, staff_ids: Iterable[UUID]) -> list[str]:
    """The names of these staff members, deleted ones too, in alphabetical order."""
    return sorted((row.name for row in await staff.find_by_ids(context.uow, set(staff_ids))), key=sort_key)


def listed(lang: Language, names: Sequence[str]) -> str:
    """Names as a question lists them: `Ewa Lis, Iga Nowak albo Ewa Mak`; of many the first ones."""
    if len(names) > SPOKEN:
        return translate(lang, "tools.and_others", names=", ".join(names[:SPOKEN]))
    return speech.either(lang, names) if names else ""


def _first_that_fit(rows: Sequence[Row], tests: Sequence[Test[Row]]) -> list[Row]:
    """The rows that pass the first of the tests that any of them passes."""
    return next((fitting for test in tests if (fitting := [row for row in rows if test(row)])), [])


def _staff_words(row: Staff) -> set[str]:
    return declension.words(row.name) | declension.words(row.role)


def _distinct_names(rows: Sequence[Staff]) -> list[str]:
    """The names; those of two people with their roles."""
    names = [row.name for row in rows]
    return [f"{row.name} ({row.role})" if row.role and names.count(row.name) > 1 else row.name for row in rows]


def _service_words(name: str) -> set[str]:
    return set(words(name)) - AROUND


def _is_said_too(said: set[str], service: Service, others: Sequence[Service]) -> bool:
    """Whether a word that means none of the others is what this service is: of "masaż i strzyżenie" each is said."""
    known = {word for row in others for word in _service_words(row.name)}
    head = next((word for word in words(service.name) if word not in AROUND), "")
    return bool(others) and any(_is_alike(word, head) and not _covers({word}, known) for word in said)


def _covers(said: set[str], name: set[str]) -> bool:
    """Whether each word said (at least one) is a word of the name."""
    return bool(said) and all(any(_is_alike(word, part) for part in name) for word in said)


def _is_alike(first: str, second: str) -> bool:
    """Whether two words are one, in other cases or cut short."""
    if first == second:
        return True
    shorter, longer = sorted((first, second), key=len)
    common = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if common == len(shorter) > SHORTEST:
        return True
    return common >= max(SHORTEST, ALIKE * len(shorter)) and len(longer) - common <= LONGEST_END
