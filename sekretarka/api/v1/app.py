"""Version 1, all its resources."""

from fastapi import APIRouter

from sekretarka.api.v1 import (
    agents,
    api_keys,
    appointments,
    calendars,
    clients,
    conversations,
    message_templates,
    message_threads,
    messages,
    organizations,
    services,
    sessions,
    sms_gateways,
    staff,
    stream,
    tasks,
    team,
    tools,
    users,
)

PEOPLE = (users, sessions, organizations, team, api_keys)
CALLS = (agents, stream, conversations, tools, tasks)
MESSAGES = (messages, message_threads, message_templates, sms_gateways)
BOOKINGS = (services, staff, calendars, clients, appointments)

router = APIRouter(prefix="/api/v1")
for resource in (*PEOPLE, *CALLS, *MESSAGES, *BOOKINGS):
    router.include_router(resource.router)
