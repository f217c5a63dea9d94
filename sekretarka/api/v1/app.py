"""Version 1, all its resources."""

from fastapi import APIRouter

from sekretarka.api.v1 import agents, api_keys, conversations, organizations, sessions, stream, team, users

router = APIRouter(prefix="/api/v1")
for resource in (users, sessions, organizations, team, api_keys, agents, stream, conversations):
    router.include_router(resource.router)
