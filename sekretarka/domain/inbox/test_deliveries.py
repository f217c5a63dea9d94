"""Deliveries that the dashboard sends to itself are marked where they begin: they prove and count nothing."""

from collections.abc import Mapping

from sekretarka.core.runtime import crypto
from sekretarka.core.web.standard_webhooks import ID_HEADER

HEADER = "x-sekretarka-test"
_PURPOSE = "test-delivery"


def mark(message_id: str) -> str:
    """The value of `HEADER` for the delivery with this `ID_HEADER`, which only this installation can make."""
    return crypto.hmac_hex(_PURPOSE, message_id)


def is_test(headers: Mapping[str, str]) -> bool:
    """Whether a delivery with these headers bears the mark of its id."""
    return HEADER in headers and crypto.is_hmac_hex(_PURPOSE, headers.get(ID_HEADER, ""), headers[HEADER])
