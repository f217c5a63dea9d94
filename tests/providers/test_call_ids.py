"""What names a call, and what is a template that nobody filled in."""

from typing import Any

import pytest

from sekretarka.providers.call_ids import MAX_LENGTH, usable
from sekretarka.providers.errors import InvalidPayload
from tests.providers.test_reading import ODD, change, full, read

UNFILLED: tuple[object, ...] = (
    *("{{call.id}}", "{{ system__conversation_id }}", "${callId}", "<call_id>", "[object Object]", "%CALL_ID%"),
    *("$call.id", "call.id", "YOUR_CALL_ID", "your-call-id-here", "#{call_id}", "%(call_id)s", "@{callId}", "{callId}"),
    *("undefined", "null", "None", "nil", "NaN", "string", "unknown", "N/A", "Unknown call", "", "  ", "-", "0000"),
    *("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "callId", "CALLID", "call_id"),
    *("callid", "CALLSID", "Session-ID", "conversation_id", "SESSIONID", "no-id", "callId_here", "some call"),
    *("%7B%7Bcall.id%7D%7D", "%7Bcall_id%7D", "%3Ccall-id%3E", "%5BcallId%5D", "call%20id", "%%call%%"),
    *("REPLACE_ME", "replace-with-call-id", "not_available", "unavailable", "X-Call-Id", "twilio_call_sid", "call_xxx"),
    *("retell_call_id", "conv_id", "generated-uuid", "brak", "nieznany", "identyfikator", "wstaw_id", "id_rozmowy"),
    *("xxxx", "call\x00", "...", "'undefined'", '"null"', ":call_id", "\ud800", "{% call %}", "<?= $id ?>", "brak id"),
    *(None, True, False, 0, 1.5, {}, {"id": "call_1"}, [], ["call_1"]),
)
NAMES: tuple[object, ...] = (
    *("call_1", "c", "1", "CA0123456789abcdef0123456789abcdef", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "call-a"),
    *("{3F2504E0-4F89-11D3-9A0C-0305E82C3301}", "abc@10.0.0.1", "abc%40host", "v3:Xy/z+==", "room-klient", "null-7"),
    *("anna", "nana", "innana", "callanna", "lucja", "missed", "sessions-7", "x1", "conv-7", "SIP/trunk-00000a1b"),
    "rozmowa-12",
)


@pytest.mark.parametrize("value", UNFILLED)
def test_a_template_names_no_call(value: object) -> None:
    assert usable(value) is None


@pytest.mark.parametrize("value", NAMES)
def test_a_name_is_used_as_it_is(value: object) -> None:
    assert usable(value) == value


def test_numbers_spaces_and_long_names() -> None:
    assert usable(17) == "17"
    assert usable(' "call_1"\n') == "call_1"
    long = [usable("7" * length) for length in (MAX_LENGTH, MAX_LENGTH + 1, MAX_LENGTH + 2)]
    assert len(set(long)) == 3
    assert all(len(name or "") <= MAX_LENGTH for name in long)


@pytest.mark.parametrize(
    "odd",
    [
        *(odd for odd in ODD if not isinstance(odd, int | float | str)),
        True,
        "",
        " ",
        "{{call.id}}",
        "undefined",
        "null",
    ],
)
def test_an_event_of_no_call_is_unreadable(odd: Any) -> None:
    with pytest.raises(InvalidPayload) as caught:
        read(change(full(), ("data", "callId"), odd))
    assert str(caught.value) == "fields: data.callId"


def test_a_call_may_be_a_number() -> None:
    assert read(change(full(), ("data", "callId"), 17)).data.call_id == "17"


@pytest.mark.parametrize("value", [" call_1\n", "'call_1'", "y" * 300, "call_1"])
def test_events_and_tools_of_one_call_name_the_same(value: str) -> None:
    assert read(change(full(), ("data", "callId"), value)).data.call_id == usable(value)
