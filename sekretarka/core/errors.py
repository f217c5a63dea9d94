"""Expected failures: one class each with status, stable code and a text; entry points turn them into answers.

The tree, so that a caller can pick the level to catch; a class is a subclass of the one it stands under. Those marked *
are `temporary`: the same may work a little later.

    AppError 500
      · BadRequest 400
          · MalformedJson · InvalidSignature · IdempotencyKeyInvalid
      · Unauthenticated 401
          · SessionExpired · InvalidApiKey · InvalidCredentials
      · Forbidden 403
          · CsrfFailed · EmailNotVerified
      · NotFound 404
      · MethodNotAllowed 405
      · NotAcceptable 406
      · RequestTimeout 408 *
      · Conflict 409
          · Duplicate · LastOwner · InvalidStateTransition · SlotTaken · OutsideHours · TooSoon · TooFar
          · StaffUnavailable · CannotUndo · IdempotencyInProgress *
      · Gone 410
          · LinkExpired
      · PreconditionFailed 412
      · PayloadTooLarge 413
      · UriTooLong 414
      · UnsupportedMediaType 415
      · Invalid 422
      · IdempotencyKeyReused 422
      · Throttled 429 *
          · LoginThrottled
      · Unavailable 503 *

Features may define their own beside the function that raises them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True)
class Detail:
    """One wrong field: its path, a stable code, an English sentence."""

    path: tuple[str | int, ...]
    code: str
    message: str

    def as_json(self) -> dict[str, Any]:
        """`{"path": [...], "code": "...", "message": "..."}` (api.md#errors)."""
        return {**asdict(self), "path": list(self.path)}


class AppError(Exception):
    """An expected failure: HTTP `status`, stable `code`, English `message`. Its translation is `error.<code>`.

    `details` is a list for fields or an object for facts; `headers` go into the response.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"
    message: ClassVar[str] = "An unexpected error occurred"
    # Whether the same may work a little later: a job that fails with such an error is tried again.
    temporary: ClassVar[bool] = False
    registry: ClassVar[dict[str, type["AppError"]]] = {}

    def __init__(
        self,
        message: str | None = None,
        *,
        details: Sequence[Detail] | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message or self.message)
        self.text = message or self.message
        self.details = details
        self.headers = dict(headers or {})
        self.spoken: str | None = None  # for a caller on the telephone, in their language

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        registered = AppError.registry.setdefault(cls.code, cls)
        if registered is not cls and registered.status != cls.status:
            raise TypeError(f"{cls.code} already has status {registered.status}")

    def details_json(self) -> Any:
        """The envelope's `details`: a list for fields, an object for facts, None when there is nothing to say."""
        if self.details is None or isinstance(self.details, Mapping):
            return self.details
        return [detail.as_json() for detail in self.details]


class BadRequest(AppError):
    status, code, message = 400, "BAD_REQUEST", "The request cannot be understood"


class MalformedJson(BadRequest):
    code, message = "MALFORMED_JSON", "The body is not valid JSON"


class InvalidSignature(BadRequest):
    code, message = "INVALID_SIGNATURE", "The signature does not match"


class IdempotencyKeyInvalid(BadRequest):
    code, message = "IDEMPOTENCY_KEY_INVALID", "An idempotency key has 1 to 255 visible ASCII characters"


class Unauthenticated(AppError):
    status, code, message = 401, "UNAUTHENTICATED", "Sign in or send an API key"

    def __init__(self, message: str | None = None, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message, headers={"WWW-Authenticate": "Bearer", **(headers or {})})


class SessionExpired(Unauthenticated):
    code, message = "SESSION_EXPIRED", "The session has ended, sign in again"


class InvalidApiKey(Unauthenticated):
    code, message = "INVALID_API_KEY", "The API key is not valid"


class InvalidCredentials(Unauthenticated):
    code, message = "INVALID_CREDENTIALS", "E-mail or password is not right"


class Forbidden(AppError):
    status, code, message = 403, "FORBIDDEN", "Your role does not allow this"


class CsrfFailed(Forbidden):
    code, message = "CSRF_FAILED", "The request did not come from our own page"


class EmailNotVerified(Forbidden):
    code, message = "EMAIL_NOT_VERIFIED", "Open the link in the e-mail we sent first"


class NotFound(AppError):
    status, code, message = 404, "NOT_FOUND", "There is no such thing here"


class MethodNotAllowed(AppError):
    status, code, message = 405, "METHOD_NOT_ALLOWED", "This method does not exist here"


class NotAcceptable(AppError):
    status, code, message = 406, "NOT_ACCEPTABLE", "We cannot answer in that format"


class RequestTimeout(AppError):
    status, code, message = 408, "REQUEST_TIMEOUT", "The request took too long to arrive"
    temporary = True


class Conflict(AppError):
    status, code, message = 409, "CONFLICT", "This does not fit what is there"


class Duplicate(Conflict):
    code, message = "DUPLICATE", "This exists already"


class LastOwner(Conflict):
    code, message = "LAST_OWNER", "An organization keeps at least one owner"


class InvalidStateTransition(Conflict):
    code, message = "INVALID_STATE_TRANSITION", "This cannot change from its present state"

    @classmethod
    def between(cls, before: str, to: str, allowed: Sequence[str] = (), message: str | None = None) -> Self:
        """With `details` `{"from": before, "to": to, "allowed": [...]}`."""
        return cls(message, details={"from": str(before), "to": str(to), "allowed": list(map(str, allowed))})


class SlotTaken(Conflict):
    code, message = "SLOT_TAKEN", "This time is already taken, choose another one"


class OutsideHours(Conflict):
    code, message = "OUTSIDE_HOURS", "The business is closed at this time"


class TooSoon(Conflict):
    code, message = "TOO_SOON", "This time is too soon to be booked"


class TooFar(Conflict):
    code, message = "TOO_FAR", "This time is further ahead than appointments can be booked"


class StaffUnavailable(Conflict):
    code, message = "STAFF_UNAVAILABLE", "Nobody who does this works at this time"


class CannotUndo(Conflict):
    code, message = "CANNOT_UNDO", "This was changed since, or is too long ago to be undone"


class IdempotencyInProgress(Conflict):
    code, message = "IDEMPOTENCY_IN_PROGRESS", "The first request with this key is still at work"
    temporary = True

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class Gone(AppError):
    status, code, message = 410, "GONE", "This has expired"


class LinkExpired(Gone):
    code, message = "LINK_EXPIRED", "The link was used already or is too old"


class PreconditionFailed(AppError):
    status, code, message = 412, "PRECONDITION_FAILED", "It has changed since you read it"


class PayloadTooLarge(AppError):
    status, code, message = 413, "PAYLOAD_TOO_LARGE", "The body is too large"


class UriTooLong(AppError):
    status, code, message = 414, "URI_TOO_LONG", "The address is too long"


class UnsupportedMediaType(AppError):
    status, code, message = 415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as JSON"


class Invalid(AppError):
    """Input that does not fit its model or a rule; `details` lists the wrong fields."""

    status, code, message = 422, "VALIDATION_ERROR", "Some fields are not right"

    @classmethod
    def field(cls, path: Sequence[str | int], code: str, message: str) -> "Invalid":
        """With one `Detail`; `path` begins with "body" or "query"."""
        return cls(details=[Detail(tuple(path), code, message)])


class IdempotencyKeyReused(AppError):
    status, code, message = 422, "IDEMPOTENCY_KEY_REUSED", "This key came with another request before"


class Throttled(AppError):
    status, code, message = 429, "RATE_LIMITED", "Too many requests"
    temporary = True


class LoginThrottled(Throttled):
    code, message = "LOGIN_THROTTLED", "Too many attempts, wait a moment"


class Unavailable(AppError):
    status, code, message = 503, "SERVICE_UNAVAILABLE", "The service is not available right now"
    temporary = True

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, headers={"Retry-After": "2"})
