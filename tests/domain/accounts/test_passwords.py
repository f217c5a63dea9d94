"""Passwords: how they are stored, compared and refused."""

import asyncio
import re

import pytest

from sekretarka.core.errors import Unavailable
from sekretarka.domain.accounts import password_policy, passwords
from sekretarka.domain.accounts.passwords import Match

FLOOR = {"m": 19_456, "t": 2, "p": 1}


def parameters(stored: str) -> dict[str, int]:
    return {name: int(value) for name, value in re.findall(r"([mtp])=(\d+)", stored)}


async def test_hashes_are_argon2id_above_the_floor_and_salted() -> None:
    first, second = await passwords.derive("to samo hasło"), await passwords.derive("to samo hasło")
    assert first != second
    assert first.startswith("$argon2id$v=19$")
    assert all(parameters(first)[name] >= least for name, least in FLOOR.items())
    assert parameters(first) == {"m": 65_536, "t": 3, "p": 1}


def test_unknown_users_cost_the_same_as_known_ones() -> None:
    assert parameters(passwords.DUMMY_HASH) == {
        "m": passwords.MEMORY_KIB,
        "t": passwords.ITERATIONS,
        "p": passwords.LANES,
    }


@pytest.mark.parametrize(
    "password", ["x" * 128, "🔑🗝️" * 20, "  spacje  ", "zażółć", "zaz\u0307o\u0301łć", "a\x00b" * 3, "ﬁnał①"]
)
@pytest.mark.usefixtures("light_hashes")
async def test_a_password_is_neither_trimmed_nor_folded(password: str) -> None:
    stored = await passwords.derive(password)
    assert await passwords.verify(password, stored) is Match.RIGHT
    for other in (password.strip() + "x", password.upper() + "Ł", password[:-1], password + " ", "finał1"):
        assert await passwords.verify(other, stored) is Match.WRONG


TYPED = [
    "zażółć gęślą",
    "zaz\u0307o\u0301łc\u0301 ge\u0328s\u0301la\u0328",
    "zażółć\u00a0gęślą",
    "zażo\u0301łć\u3000gęślą",
]


@pytest.mark.parametrize("new", TYPED)
@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.usefixtures("light_hashes")
async def test_a_password_is_the_same_from_every_keyboard(new: str, typed: str) -> None:
    assert await passwords.verify(typed, await passwords.derive(new)) is Match.RIGHT


@pytest.mark.parametrize("old", TYPED)
@pytest.mark.usefixtures("light_hashes")
async def test_hashes_of_what_was_typed_still_work_and_are_made_again(old: str) -> None:
    stored = passwords._derive(old)  # as it was done before passwords were normalised
    assert await passwords.verify(old, stored) is (Match.RIGHT if old == TYPED[0] else Match.OUTDATED)
    assert await passwords.verify(old + "x", stored) is Match.WRONG
    assert bool(await passwords.verify(TYPED[0], stored)) is (old in TYPED[:2])


@pytest.mark.parametrize("password", ["tajne hasło 77", TYPED[1]])
@pytest.mark.usefixtures("light_hashes")
async def test_a_wrong_password_costs_what_an_unknown_user_costs(password: str, verified: list[str]) -> None:
    await passwords.verify(password, await passwords.derive("inne"))
    known = len(verified)
    await passwords.verify(password, None)
    assert len(verified) == 2 * known


@pytest.mark.usefixtures("light_hashes")
async def test_dummy_hash_is_verified_for_unknown_users(verified: list[str]) -> None:
    stored = await passwords.derive("tajne hasło 77")
    assert not await passwords.verify("tajne hasło 77", None)
    assert not await passwords.verify("x" * 1_000_000, stored)
    assert set(verified) == {passwords.DUMMY_HASH}


async def test_hashes_with_weaker_parameters_are_outdated() -> None:
    now = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA"
    assert not passwords._is_outdated(now)
    assert not passwords._is_outdated(now.replace("65536", "131072"))
    for weaker in (now.replace("65536", "19456"), now.replace("t=3", "t=2"), "$2b$12$abc", "plain"):
        assert passwords._is_outdated(weaker)


@pytest.mark.usefixtures("light_hashes")
async def test_hashing_is_limited_to_two_at_once_and_a_bounded_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_QUEUE", 10)
    answers = await asyncio.gather(*(passwords.derive("x") for _ in range(30)), return_exceptions=True)
    assert sum(isinstance(answer, Unavailable) for answer in answers) == 20
    assert sum(isinstance(answer, str) for answer in answers) == 10
    assert passwords._threads._max_workers == 2
    assert await passwords.derive("x")


COMMON = """password Password1 PASSWORD123! p@ssw0rd passw0rd2026 12345678 123456789 0987654321 11111111 00000000
qwerty123 qwertyuiop QWERTY!! asdfghjkl zxcvbnm123 1qaz2wsx zaq12wsx ZAQ!2wsx 1q2w3e4r q1w2e3r4 qazwsxedc abcd1234
iloveyou iloveyou1 letmein! letmein2026 welcome1 monkey123 dragon12 football baseball superman sunshine princess1
polska123 Polska2026! haslo123 hasło123 mateusz1 Łukasz123 kochanie legia1916 matrix123 aaaaaaaa 12121212 testtest
abcabcabc 147258369 789456123 michal12 myszka12 samsung1 starwars whatever pokemon1 chocolate liverpool changeme"""
GOOD = """tajne-haslo-77 lawenda-demo-2026 correct-horse-battery-staple k8#vQ2!x zielony.słoń.tańczy hK2-mmR7-pq
kawiarniany-fotel 7ż-żółwi-w-rzece nieprzewidywalny mQ4tzR8vLw sto-lat-samotnosci"""


@pytest.mark.parametrize("password", COMMON.split())
def test_common_passwords_are_rejected(password: str) -> None:
    assert password_policy.is_common(password)


@pytest.mark.parametrize("password", GOOD.split())
def test_uncommon_passwords_are_accepted(password: str) -> None:
    assert not password_policy.is_common(password)


def test_the_list_is_as_long_as_it_says() -> None:
    assert len(password_policy._common()) >= 3_000


NAMES = ["iga.nowakowska@lawenda.example", "Iga Nowakowska", "Studio Lawenda"]


@pytest.mark.parametrize(
    "password",
    ["nowakowska", "Nowakowska1!", "StudioLawenda", "studio-lawenda", "lawenda2026", "Sekretarka1", "nowakowskaiga"],
)
def test_own_names_are_no_password(password: str) -> None:
    assert password_policy.is_derived_from(password, NAMES)


@pytest.mark.parametrize("password", ["lawenda-demo-2026", "kwitnie lawenda w polu", "tajne-haslo-77"])
def test_a_name_among_other_words_is_fine(password: str) -> None:
    assert not password_policy.is_derived_from(password, NAMES)
