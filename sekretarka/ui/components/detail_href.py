"""Addresses of rows that open beside their list, made in the browser: rows may be older than the filters above them."""

from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from sekretarka.ui.scripts import script

_LIBRARY = script("components/detail_href.jsx")


def detail_href(row_id: Any) -> rx.Var[str]:
    """The present address with this row open."""
    given: rx.Var[Any] = rx.Var.create(row_id)
    own = VarData(
        imports={_LIBRARY: [ImportVar(tag="detailHref")], "react-router": [ImportVar(tag="useLocation")]},
        hooks={"const here = useLocation();": None},
    )
    data = VarData.merge(given._get_all_var_data(), own)
    return rx.Var(f"detailHref(here, {given!s})", _var_type=str, _var_data=data)
