"""URLs of rows that open beside their list, made in the browser: rows may be older than the filters above them."""

from typing import Any

import reflex as rx

from sekretarka.ui.reflex_internals import js
from sekretarka.ui.scripts import script

_LIBRARY = script("components/detail_href.jsx")


def detail_href(row_id: Any, name: str = "id") -> rx.Var[str]:
    """The present URL with this row open, which the query calls `name`."""
    row_id_var: rx.Var[Any] = rx.Var.create(row_id)
    imports = {_LIBRARY: ["detailHref"], "react-router": ["useLocation"]}
    return js(
        f"detailHref(here, {row_id_var!s}, '{name}')",
        row_id_var,
        imports=imports,
        hooks={"const here = useLocation();": None},
    )
