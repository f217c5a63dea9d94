"""The strict decoder: what Python's own reads alike it reads alike, the rest it refuses with a path."""

import json as plain
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekretarka.core.errors import Invalid, MalformedJson
from sekretarka.core.web import json

text = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-json.INT64, json.INT64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(text, inner, max_size=5),
    max_leaves=30,
)


@given(values, st.booleans())
def test_good_values_come_through_unchanged(value: Any, escaped: bool) -> None:
    assert json.decode(plain.dumps(value, ensure_ascii=escaped).encode()) == value


@given(st.binary(max_size=60))
def test_no_bytes_make_it_stumble(body: bytes) -> None:
    try:
        json.decode(body)
    except (MalformedJson, Invalid):
        return
    plain.loads(body.decode())


@given(
    values, st.lists(st.integers(0, 200), max_size=4), st.sampled_from(["\ud800", "\x00", math.nan, math.inf, 2**63])
)
def test_one_bad_leaf_is_found_wherever_it_stands(value: Any, way: list[int], bad: Any) -> None:
    path: list[Any] = ["body"]
    for step in way:
        if step % 2:
            value = {**(value if isinstance(value, dict) else {}), f"k{step}": bad}
            path.insert(1, f"k{step}")
        else:
            value = [bad]
            path.insert(1, 0)
        bad = value
    if not way:
        value = bad
    with pytest.raises(Invalid) as refused:
        json.decode(plain.dumps(value).encode())
    assert refused.value.details is not None
    assert tuple(path) in [detail.path for detail in refused.value.details]  # type: ignore[union-attr]


@pytest.mark.parametrize("depth", [1, 31, 32, 33, 1_000, 200_000])
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")])
def test_depth_ends_at_thirty_two(depth: int, brackets: tuple[str, str]) -> None:
    body = (brackets[0] * depth + "1" + brackets[1] * depth).encode()
    if depth <= json.MAX_DEPTH:
        json.decode(body)
    else:
        with pytest.raises(MalformedJson):
            json.decode(body)
