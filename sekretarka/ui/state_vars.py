"""States as pages see them: to the type checker a state's fields are plain values, on a page they are vars."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.session import SessionState


def state_vars(state: type[rx.State]) -> Any:
    """The state itself, whose vars and handlers a page may use in any expression."""
    return state


session = state_vars(SessionState)


def draft_owner() -> Any:
    """A var: whose unsaved drafts are whose, a user's in an organization."""
    return session.user_id + "|" + session.organization_id


def allowed(permission: Permission) -> Any:
    """A var: whether the signed-in user has a permission. Only to hide what would be rejected."""
    return session.permissions.contains(str(permission))
