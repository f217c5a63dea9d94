"""A live list that does not move under the pointer."""

from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from sekretarka.ui.scripts import script

_LIBRARY = script("components/stable_list.jsx")


def stable_list(rows: Any, place: str) -> rx.Var[list[Any]]:
    """`rows` as they should be drawn inside the element with the id `place`: what is new waits until the pointer left.

    The rows are dicts with an `id`; their type is that of `rows`.
    """
    given: rx.Var[Any] = rx.Var.create(rows)
    name = f"stable_{place}"
    own = VarData(
        imports={_LIBRARY: [ImportVar(tag="useStableList")]},
        hooks={f"const {name} = useStableList({given!s}, '{place}');": given._get_all_var_data()},
    )
    data = VarData.merge(given._get_all_var_data(), own)
    return rx.Var(name, _var_type=given._var_type, _var_data=data).guess_type()
