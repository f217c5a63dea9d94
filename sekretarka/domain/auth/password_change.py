"""Changing one's password: the current one proves who asks, and every other session ends (security.md#t4). Hashing
takes a fifth of a second and holds no transaction, so this begins its own units of work."""

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Invalid
from sekretarka.domain.accounts import login_throttling, password_policy, passwords, sessions
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.models import Session
from sekretarka.domain.accounts.schemas import PasswordChange
from sekretarka.domain.auth import recovery


async def change(actor: Actor, data: PasswordChange) -> tuple[Session, str]:
    """Store the new password; returns the session that asked, the only one left, and its new token. `Invalid` for a
    wrong current password or a weak new one; `LoginThrottled` after too many wrong ones."""
    async with begin(actor) as uow:
        user = await accounts.me(uow)
    stored, account = user.password_hash, f"{user.id}|password-change"
    _refuse_weak(data, user.email, user.name)
    async with begin(actor, write=True) as uow:
        await login_throttling.require_account_attempt(uow, account)
    if not await passwords.verify(data.current_password, stored):
        raise _wrong()
    fresh = await passwords.derive(data.new_password)
    async with begin(actor, write=True) as uow:
        user = await accounts.me(uow, lock=True)
        if user.password_hash != stored:
            raise _wrong()  # changed by somebody else while this one was being verified
        session = await sessions.current(uow)
        await recovery.change_password(uow, user, fresh, keep_session_id=session.id)
        await login_throttling.clear_account(uow, account)
        return session, sessions.rotate_token(uow, session)


def _refuse_weak(data: PasswordChange, *names: str) -> None:
    if password_policy.is_derived_from(data.new_password, names):
        raise Invalid.field(["body", "newPassword"], "guessable_password", password_policy.GUESSABLE_MESSAGE)
    if data.new_password == passwords.normalise(data.current_password):
        raise Invalid.field(["body", "newPassword"], "same_password", "This is the password you have already")


def _wrong() -> Invalid:
    return Invalid.field(["body", "currentPassword"], "wrong_password", "This is not your present password")
