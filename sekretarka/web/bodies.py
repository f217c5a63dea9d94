"""Bodies of the Auth.js surface: JSON or a form, as its clients send either; and strict JSON for our own additions."""

from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

from sekretarka.core.errors import BadRequest, CsrfFailed, Invalid, UnsupportedMediaType
from sekretarka.core.web import json
from sekretarka.core.web.schemas import Input
from sekretarka.core.web.validation import checked
from sekretarka.http import origins
from sekretarka.http.bodies import read_body

Data = TypeVar("Data", bound=Input)

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MAX_FIELDS = 50


async def read(request: Request, *allowed: str) -> dict[str, Any]:
    """The fields of a body, texts when it is a form; `UnsupportedMediaType` unless its type is allowed.
    `MalformedJson`, `Invalid` or `BadRequest` when it cannot be read.
    """
    body = await read_body(request)
    media_type = request.headers.get("content-type", "").split(";", maxsplit=1)[0].strip().lower()
    if not body and not media_type and FORM in allowed:
        return {}
    if media_type not in allowed:
        raise UnsupportedMediaType(headers={"Accept": ", ".join(allowed)})
    return _form(body) if media_type == FORM else _object(body)


async def read_own_json(request: Request) -> dict[str, Any]:
    """The fields of a JSON body as `read` has them; `CsrfFailed` when a page that is not ours sent it."""
    if not origins.is_own_page(request.headers):
        raise CsrfFailed
    return await read(request, JSON)


async def parse(request: Request, model: type[Data]) -> Data:
    """`read_own_json` as its model; `Invalid` for wrong, missing or unknown fields."""
    return checked(model, await read_own_json(request))


def _object(body: bytes) -> dict[str, Any]:
    value = json.decode(body)
    if not isinstance(value, dict):
        raise Invalid.field(["body"], "dict_type", "The body must be an object")
    return value


def _form(body: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        raise BadRequest("The form cannot be read") from None
