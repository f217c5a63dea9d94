"""Version 1, all its resources."""

from fastapi import APIRouter

from sekretarka.api.v1 import agents, conversations, organizations, stream, team, users

router = APIRouter(prefix="/api/v1")
for resource in (users, organizations, team, agents, stream, conversations):
    router.include_router(resource.router)
