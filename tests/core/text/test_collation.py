"""Names in the order of the Polish alphabet."""

import random

import pytest

from sekretarka.core.text.collation import KEY_LENGTH, sort_key

ORDERED = [
    "+48601000111", "007", "1 Maja", "Abc", "Azor", "Ąbc", "Borys", "Celina", "Ćma", "Ewa", "Ęcki", "Lucyna", "Łucja",
    "Marta", "Nina", "Ńemen", "Ola", "Orzeł", "Ósmy", "Rene", "René", "Renia", "Stefan", "Świt", "Van Gogh",
    "Vancouver", "Zenon", "Zofia", "Źdźbło", "Żaneta", "Анна", "Наталя",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_polish_order(seed: int) -> None:
    mixed = random.Random(seed).sample(ORDERED, len(ORDERED))
    assert sorted(mixed, key=sort_key) == ORDERED
    assert sorted((name.swapcase() for name in mixed), key=sort_key) == [name.swapcase() for name in ORDERED]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("żaneta", "ŻANETA"),
        ("Z\u0307aneta", "Żaneta"),
        ("Anna\u00a0Ż", " anna  ż"),
        ("ＡＢＣ", "abc"),
        ("Łu\u200bcja", "Łucja"),
    ],
)
def test_spelling_does_not_count(one: str, other: str) -> None:
    assert sort_key(one).split("\t")[0] == sort_key(other).split("\t")[0]


@pytest.mark.parametrize("name", ["\ufdfa" * 120, "ż" * 120, "𝕬" * 120, "", "\U0001f468\u200d" * 60])
def test_keys_are_short(name: str) -> None:
    assert len(sort_key(name)) <= KEY_LENGTH
