"""Money is an integer of minor units and a currency, never a float."""

from typing import Annotated

from pydantic import Field

from sekretarka.core.web.schemas import Input

LIMIT = 10**12


class Money(Input):
    """`amount` is in minor units: `{"amount": 12000, "currency": "pln"}` is 120 zł."""

    amount: Annotated[int, Field(strict=True, ge=-LIMIT, le=LIMIT)]
    currency: Annotated[str, Field(pattern=r"^[a-z]{3}$")]
