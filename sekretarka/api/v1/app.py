"""Version 1, all its resources."""

from fastapi import APIRouter

from sekretarka.api.v1 import agents, conversations, organizations, users

router = APIRouter(prefix="/api/v1")
for resource in (users, organizations, agents, conversations):
    router.include_router(resource.router)
