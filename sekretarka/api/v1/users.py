"""`/users/me`: the signed-in person."""

from fastapi import APIRouter

from sekretarka.api.replies import Data
from sekretarka.api.route import InScope, OneTransaction
from sekretarka.core.scope import Scope
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.models import User
from sekretarka.domain.accounts.schemas import UserPatch, UserView

router = APIRouter(prefix="/users", tags=["users"], route_class=OneTransaction)
PERSONAL = {"x-no-store": True}


@router.get("/me", openapi_extra=PERSONAL)
async def get_me(scope: InScope) -> Data[UserView]:
    """The signed-in person, with the organisation this session works for and the role there. Not for API keys."""
    return Data(data=_view(scope, await accounts.me(scope)))


@router.patch("/me", openapi_extra=PERSONAL)
async def update_me(scope: InScope, patch: UserPatch) -> Data[UserView]:
    """Merge patch of one's own profile: absent keeps, `null` clears `phone` and `avatarUrl`."""
    return Data(data=_view(scope, await accounts.update_me(scope, patch)))


def _view(scope: Scope, user: User) -> UserView:
    return UserView.of(user, scope.actor.organization_id, scope.actor.role)
