"""People's own profiles."""

from uuid import UUID

from sqlmodel import select

from sekretarka.core.errors import NotFound
from sekretarka.core.scope import Scope
from sekretarka.domain.accounts.fields import email_key
from sekretarka.domain.accounts.models import User
from sekretarka.domain.accounts.schemas import UserPatch

LONGEST_KEY = 640


async def me(scope: Scope, *, lock: bool = False) -> User:
    """The signed-in person; a key or machine is `Forbidden`."""
    statement = select(User).where(User.id == scope.user_id)
    user = await scope.first(statement.with_for_update() if lock else statement)
    if user is None:
        raise NotFound
    return user


async def update_me(scope: Scope, patch: UserPatch) -> User:
    """Merge patch of one's own profile: absent keeps, null clears."""
    user = await me(scope, lock=True)
    changed = False
    for name in patch.model_fields_set:
        value = getattr(patch, name)
        changed |= getattr(user, name) != value
        setattr(user, name, value)
    return scope.touch(user) if changed else user


async def find_by_email(scope: Scope, email: str) -> User | None:
    """The account of an address, however it is written; None at once for what no address can be."""
    key = email_key(email)
    if not key.isprintable() or len(key) > LONGEST_KEY:
        return None
    return await scope.first(select(User).where(User.email_key == key))


async def find_by_id(scope: Scope, user_id: UUID) -> User | None:
    """Anybody; for what says who did something."""
    return await scope.first(select(User).where(User.id == user_id))
