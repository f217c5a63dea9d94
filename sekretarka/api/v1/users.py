"""`/users/me`: the signed-in user."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.web.paging import PageQuery, SortKey, paginate
from sekretarka.domain.accounts import identities
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.models import Identity, User
from sekretarka.domain.accounts.schemas import IdentityView, UserPatch, UserView
from sekretarka.domain.notifications import service as preferences
from sekretarka.domain.notifications.schemas import NotificationPreferencesPatch, NotificationPreferencesView
from sekretarka.http.responses import Deleted, Envelope, Page, page_of

router = APIRouter(prefix="/users", tags=["users"], route_class=TransactionalRoute)
PERSONAL = {"x-no-store": True}
IN_ORDER_OF_LINKING = SortKey(col(Identity.created_at), descending=False)


@router.get("/me", openapi_extra=PERSONAL)
async def get_me(uow: WithUnitOfWork) -> Envelope[UserView]:
    """The signed-in user, with the organization of this session and the role there. Not for API keys."""
    return Envelope(data=_view(uow, await accounts.me(uow)))


@router.patch("/me", openapi_extra=PERSONAL)
async def update_me(uow: WithUnitOfWork, patch: UserPatch) -> Envelope[UserView]:
    """Merge patch of one's own profile: absent keeps, `null` clears `phone` and `avatarUrl`."""
    return Envelope(data=_view(uow, await accounts.update_me(uow, patch)))


@router.get("/me/notification-preferences", openapi_extra=PERSONAL)
async def get_notification_preferences(uow: WithUnitOfWork) -> Envelope[NotificationPreferencesView]:
    """What the signed-in user is told by the organization of this session. Not for API keys."""
    return Envelope(data=NotificationPreferencesView.model_validate(await preferences.mine(uow)))


@router.patch("/me/notification-preferences", openapi_extra=PERSONAL)
async def update_notification_preferences(
    uow: WithUnitOfWork, patch: NotificationPreferencesPatch
) -> Envelope[NotificationPreferencesView]:
    """Merge patch of one's own preferences."""
    return Envelope(data=NotificationPreferencesView.model_validate(await preferences.update_mine(uow, patch)))


@router.get("/me/identities", openapi_extra=PERSONAL)
async def list_identities(uow: WithUnitOfWork, query: Annotated[PageQuery, Query()]) -> Page[IdentityView]:
    """The accounts at Google and other providers that sign this user in. Not for API keys."""
    page = await paginate(uow, identities.query(uow), IN_ORDER_OF_LINKING, query, {"user": uow.user_id})
    return page_of(map(IdentityView.of, page.rows), page)


@router.delete("/me/identities/{identity_id}")
async def unlink_identity(uow: WithUnitOfWork, identity_id: UUID) -> Envelope[Deleted]:
    """Unlink an account; 409 `LAST_SIGN_IN` when nothing else would sign the user in. Not for API keys."""
    row = await identities.unlink(uow, identity_id)
    return Envelope(data=Deleted(id=row.id))


def _view(uow: UnitOfWork, user: User) -> UserView:
    return UserView.of(user, uow.actor.organization_id, uow.actor.role)
