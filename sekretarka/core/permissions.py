"""Who may do what: the only truth, for REST, screens, jobs and API keys alike."""

from enum import StrEnum


class Permission(StrEnum):
    """`<resource>:<read|write>`, and `tools:use`; the same words are the scopes of API keys."""

    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    ORGANIZATIONS_READ = "organizations:read"
    ORGANIZATIONS_WRITE = "organizations:write"
    ORGANIZATIONS_DELETE = "organizations:delete"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    API_KEYS_READ = "api-keys:read"
    API_KEYS_WRITE = "api-keys:write"
    AGENTS_READ = "agents:read"
    AGENTS_WRITE = "agents:write"
    CONVERSATIONS_READ = "conversations:read"
    CONVERSATIONS_WRITE = "conversations:write"
    SERVICES_READ = "services:read"
    SERVICES_WRITE = "services:write"
    STAFF_READ = "staff:read"
    STAFF_WRITE = "staff:write"
    CLIENTS_READ = "clients:read"
    CLIENTS_WRITE = "clients:write"
    APPOINTMENTS_READ = "appointments:read"
    APPOINTMENTS_WRITE = "appointments:write"
    MESSAGES_READ = "messages:read"
    MESSAGES_WRITE = "messages:write"
    TASKS_READ = "tasks:read"
    TASKS_WRITE = "tasks:write"
    TOOLS_USE = "tools:use"


class Role(StrEnum):
    """A member's role in one organization."""

    OWNER = "owner"
    ADMIN = "admin"
    STAFF = "staff"
    VIEWER = "viewer"


_READ = frozenset(
    {
        Permission.USERS_READ,
        Permission.USERS_WRITE,  # one's own profile only
        Permission.ORGANIZATIONS_READ,
        Permission.AGENTS_READ,
        Permission.CONVERSATIONS_READ,
        Permission.SERVICES_READ,
        Permission.STAFF_READ,
        Permission.CLIENTS_READ,
        Permission.APPOINTMENTS_READ,
        Permission.MESSAGES_READ,
        Permission.TASKS_READ,
    }
)
_STAFF = _READ | {
    Permission.CONVERSATIONS_WRITE,
    Permission.CLIENTS_WRITE,  # notes only
    Permission.APPOINTMENTS_WRITE,  # their own appointments only
    Permission.MESSAGES_WRITE,
    Permission.TASKS_WRITE,
}
_ADMIN = _STAFF | {
    Permission.ORGANIZATIONS_WRITE,
    Permission.MEMBERS_READ,  # staff and viewers know their colleagues by name only
    Permission.MEMBERS_WRITE,
    Permission.AGENTS_WRITE,
    Permission.SERVICES_WRITE,
    Permission.STAFF_WRITE,
    Permission.API_KEYS_READ,
    Permission.API_KEYS_WRITE,
}
_OWNER = frozenset(Permission)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _OWNER,
    Role.ADMIN: _ADMIN,
    Role.STAFF: _STAFF,
    Role.VIEWER: _READ,
}


def covers(own: Role, other: Role) -> bool:
    """Whether a member with the role `own` may give or take the role `other`: nobody hands out more than they have."""
    return ROLE_PERMISSIONS[other] <= ROLE_PERMISSIONS[own]


# What acts for an organization is no user: an API key never deletes the organization, edits a profile, hands out
# roles or makes keys.
_PEOPLE_ONLY = (
    Permission.ORGANIZATIONS_DELETE,
    Permission.USERS_READ,
    Permission.USERS_WRITE,
    Permission.MEMBERS_WRITE,
    Permission.API_KEYS_WRITE,
)
KEY_SCOPES: tuple[Permission, ...] = tuple(permission for permission in Permission if permission not in _PEOPLE_ONLY)
