"""`/users/me`: the signed-in person."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col

from sekretarka.api.replies import Data, Deleted, Listed, listed
from sekretarka.api.route import InScope, OneTransaction
from sekretarka.core.paging import Order, PageQuery, paginate
from sekretarka.core.scope import Scope
from sekretarka.domain.accounts import identities
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.models import Identity, User
from sekretarka.domain.accounts.schemas import IdentityView, UserPatch, UserView

router = APIRouter(prefix="/users", tags=["users"], route_class=OneTransaction)
PERSONAL = {"x-no-store": True}
IN_ORDER_OF_LINKING = Order(col(Identity.created_at), descending=False)


@router.get("/me", openapi_extra=PERSONAL)
async def get_me(scope: InScope) -> Data[UserView]:
    """The signed-in person, with the organisation this session works for and the role there. Not for API keys."""
    return Data(data=_view(scope, await accounts.me(scope)))


@router.patch("/me", openapi_extra=PERSONAL)
async def update_me(scope: InScope, patch: UserPatch) -> Data[UserView]:
    """Merge patch of one's own profile: absent keeps, `null` clears `phone` and `avatarUrl`."""
    return Data(data=_view(scope, await accounts.update_me(scope, patch)))


@router.get("/me/identities", openapi_extra=PERSONAL)
async def list_identities(scope: InScope, query: Annotated[PageQuery, Query()]) -> Listed[IdentityView]:
    """The accounts at Google and other providers that sign this person in. Not for API keys."""
    page = await paginate(scope, identities.query(scope), IN_ORDER_OF_LINKING, query, {"user": scope.user_id})
    return listed(map(IdentityView.of, page.rows), page)


@router.delete("/me/identities/{identity_id}")
async def unlink_identity(scope: InScope, identity_id: UUID) -> Data[Deleted]:
    """Forget a linked account; 409 `LAST_SIGN_IN` when nothing else would sign the person in. Not for API keys."""
    row = await identities.unlink(scope, identity_id)
    return Data(data=Deleted(id=row.id))


def _view(scope: Scope, user: User) -> UserView:
    return UserView.of(user, scope.actor.organization_id, scope.actor.role)
