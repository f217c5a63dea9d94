"""Users' own profiles."""

from uuid import UUID

from sqlmodel import select

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.domain.accounts.fields import email_key
from sekretarka.domain.accounts.models import User
from sekretarka.domain.accounts.schemas import UserPatch

MAX_KEY_LENGTH = 640


async def me(uow: UnitOfWork, *, lock: bool = False) -> User:
    """The signed-in user's row, locked with `lock`. `Unauthenticated` for nobody, `Forbidden` for a key or machine,
    `NotFound` for a deleted user."""
    statement = select(User).where(User.id == uow.user_id)
    user = await uow.one_or_none(statement.with_for_update() if lock else statement)
    if user is None:
        raise NotFound
    return user


async def update_me(uow: UnitOfWork, patch: UserPatch) -> User:
    """Merge patch of the signed-in user's own profile: absent keeps, null clears. Raises as `me` does."""
    user = await me(uow, lock=True)
    changed = False
    for name in patch.model_fields_set:
        value = getattr(patch, name)
        changed |= getattr(user, name) != value
        setattr(user, name, value)
    return uow.bump_version(user) if changed else user


async def find_by_email(uow: UnitOfWork, email: str) -> User | None:
    """The account of an address in any spelling; None without one, and without a query for what no address can be."""
    key = email_key(email)
    if not key.isprintable() or len(key) > MAX_KEY_LENGTH:
        return None
    return await uow.one_or_none(select(User).where(User.email_key == key))


async def find_by_id(uow: UnitOfWork, user_id: UUID) -> User | None:
    """Any user, of any organization; None when there is none."""
    return await uow.one_or_none(select(User).where(User.id == user_id))
