"""Examples of schemas for the documentation, held true by a test. A schema without one gets it made from its fields."""

from typing import Any

from sekretarka.api.example_values import AGENT, ID, INSTANT, ORGANIZATION, OWNED, ROW, USER
from sekretarka.api.message_examples import MESSAGES
from sekretarka.api.task_examples import TASKS
from sekretarka.providers.registry import AI_SERVICE

HOURS = {
    "mon": [{"open": "09:00", "close": "13:00"}, {"open": "14:00", "close": "19:00"}],
    "tue": [{"open": "09:00", "close": "19:00"}],
    "wed": [{"open": "09:00", "close": "19:00"}],
    "thu": [{"open": "09:00", "close": "19:00"}],
    "fri": [{"open": "09:00", "close": "17:00"}],
    "sat": [],
    "sun": [],
}
ORGANIZATION_FIELDS = {
    "name": "Studio Lawenda",
    "industry": "beauty",
    "businessType": "salon",
    "phone": "+48221000200",
    "email": "kontakt@lawenda.example",
    "website": None,
    "address": {"street": "Lipowa 7", "postalCode": "00-316", "city": "Warszawa", "country": "PL"},
    "timezone": "Europe/Warsaw",
    "currency": "pln",
    "businessHours": HOURS,
    "closedDays": ["2026-12-24"],
    "observesPublicHolidays": True,
    "booking": {"slotMinutes": 15, "minimumNoticeMinutes": 120, "maximumAdvanceDays": 60, "holdMinutes": 5},
    "messaging": {
        "quietFrom": "21:00",
        "quietTo": "08:00",
        "dailyLimit": 500,
        "dailyLimitPerNumber": 10,
        "countries": ["PL"],
        "textBack": True,
    },
}
AGENT_FIELDS = {
    "name": "Ola",
    "voiceId": None,
    "language": "pl",
    "phoneNumber": "+48221000200",
    "greeting": "Dzień dobry, studio Lawenda, w czym mogę pomóc?",
    "personalityTraits": {"tone": "warm"},
    "knowledgeBase": {"facts": [], "faq": [{"question": "Czy można płacić kartą?", "answer": "Tak."}]},
    "capabilities": ["check_availability", "book", "take_message", "answer"],
}
CONNECTION = {
    "provider": AI_SERVICE,
    "endpoint": f"https://sekretarka.example/api/webhooks/{AI_SERVICE}/{ID}",
    "lastEventAt": INSTANT,
    "healthy": True,
    "problem": None,
    "unreadableCount": 0,
    "oddCount": 2,
    "oddFields": [{"field": "data.durationSeconds", "what": "rounded", "count": 1}],
}
CALL = {
    "agentId": AGENT,
    "callId": "call_1",
    "direction": "inbound",
    "callerNumber": "+48601000111",
    "callerName": "Anna Kowalska",
    "startedAt": INSTANT,
}
FOLLOW_UP = {"urgency": "normal", "state": "open", "assigneeId": None, "note": "Oddzwonić po 17."}
CONVERSATION = {
    **OWNED,
    **CALL,
    "channel": "voice",
    "isTest": False,
    "status": "completed",
    "clientId": ID,
    "endedAt": "2026-11-22T15:25:08.123Z",
    "lastEventAt": "2026-11-22T15:25:08.123Z",
    "durationSeconds": 62,
    "outcome": "booked",
    "intent": "booking",
    "summary": "Umówiona na strzyżenie w piątek o 14:30.",
    "sentiment": 0.6,
    "topics": ["strzyżenie"],
    "notes": None,
    "hasRecording": True,
    "aiDisclosedAt": INSTANT,
    "recordingConsent": None,
    "billableSeconds": 62,
    "cost": {"amount": 37, "currency": "pln"},
    "appointmentIds": [ID],
    "lastLine": "Do zobaczenia!",
    "followUp": FOLLOW_UP,
}
EVENT = {
    "type": "call_ended",
    "timestamp": INSTANT,
    "data": {
        "agentId": AGENT,
        "callId": "call_1",
        "sequence": 4,
        "endedAt": INSTANT,
        "durationSeconds": 62,
        "outcome": "booked",
        "summary": "Umówiona na strzyżenie w piątek o 14:30.",
    },
}

NO_CALL = {"conversation": None, "message": None}
EMAIL = {"email": "iga@example.com"}
LINK_TOKEN = {"token": "5f0c6b1d" * 8}
PASSWORD_RESET = {**LINK_TOKEN, "password": "osiem-slow-ktore-pamietam"}
MONEY = {"amount": 12000, "currency": "pln"}
SERVICE_FIELDS: dict[str, Any] = {
    "name": "Strzyżenie",
    "description": None,
    "category": "Włosy",
    "duration": 60,
    "bufferBefore": 0,
    "bufferAfter": 10,
    "price": MONEY,
    "isActive": True,
    "staffIds": [],
}
STAFF_FIELDS = {
    "name": "Ewa",
    "email": None,
    "phone": None,
    "role": "stylistka",
    "color": "#7c3aed",
    "userId": None,
    "isActive": True,
    "weeklyHours": HOURS,
}
TIME_OFF = {**ROW, "startsAt": INSTANT, "endsAt": "2026-11-23T15:24:06.123Z", "reason": "Urlop"}
CLIENT_FIELDS = {
    "name": "Anna Kowalska",
    "phone": "+48601000111",
    "email": None,
    "language": "pl",
    "notes": "Uczulona na amoniak.",
}
SLOT = {"timezone": "Europe/Warsaw", "serviceType": "Strzyżenie", "scheduledAt": "2026-11-27T14:30:00"}
APPOINTMENT = {
    **OWNED,
    "clientId": ID,
    "clientName": "Anna Kowalska",
    "clientPhone": "+48601000111",
    "clientEmail": None,
    "serviceId": ID,
    "serviceType": "Strzyżenie",
    "staffId": ID,
    "scheduledAt": "2026-11-27T13:30:00.000Z",
    "endsAt": "2026-11-27T14:30:00.000Z",
    "status": "scheduled",
    "price": MONEY,
    "notes": None,
    "source": "agent",
    "agentId": AGENT,
    "conversationId": None,
    "cancelledReason": None,
}

NOW = {"instant": INSTANT, "weekday": "niedziela", "timezone": "Europe/Warsaw"}

REGISTRATION = {
    "email": "iga@example.com",
    "password": "osiem-slow-ktore-pamietam",
    "name": "Iga Nowak",
    "organizationName": "Studio Lawenda",
    "language": "pl",
}

TOKEN = "0123456789abcdef" * 4
JOINING = {"token": TOKEN, "name": "Ewa Lis", "language": "pl", "password": "osiem-slow-ktore-pamietam"}
OFFER = {
    "organizationName": "Studio Lawenda",
    "invitedBy": "Iga Nowak",
    "email": "ewa@example.com",
    "role": "staff",
    "expiresAt": "2026-11-29T15:24:06.123Z",
    "hasAccount": False,
}

API_KEY = {
    **OWNED,
    "name": "Recepcja AI",
    "prefix": "sk_live_9dKq3Zx1",
    "scopes": ["conversations:read", "conversations:write"],
    "effectiveScopes": ["conversations:read", "conversations:write"],
    "status": "active",
    "createdById": USER,
    "createdByName": "Iga Nowak",
    "expiresAt": None,
    "lastUsedAt": INSTANT,
    "revokedAt": None,
}

# For schemas and fields without an example of their own.
BY_TYPE: dict[str, Any] = {
    "uuid": ID,
    "date-time": INSTANT,
    "date": "2026-11-27",
    "string": "text",
    "integer": 1,
    "number": 0.5,
    "boolean": True,
    "object": {},
}
BY_SCHEMA: dict[str, dict[str, Any]] = {
    "Metadata": {"page": 1, "limit": 20, "total": 1},
    "UserView": {
        **ROW,
        "email": "iga@example.com",
        "name": "Iga Nowak",
        "phone": None,
        "avatarUrl": None,
        "language": "pl",
        "emailVerifiedAt": None,
        "organizationId": ORGANIZATION,
        "role": "owner",
    },
    "UserPatch": {"name": "Iga Nowak", "phone": "+48601000111", "avatarUrl": None, "language": "pl"},
    "IdentityView": {**ROW, "provider": "google", "name": "Google", "email": "iga@example.com"},
    "DeviceView": {
        **ROW,
        "lastSeenAt": INSTANT,
        "expiresAt": "2026-12-22T15:24:06.123Z",
        "browser": "Firefox",
        "system": "Windows",
        "device": "computer",
        "current": True,
    },
    "SignedOut": {"count": 2},
    "PasswordChange": {"currentPassword": "to-co-dotychczas", "newPassword": "osiem-slow-ktore-pamietam"},
    "ApiKeyView": API_KEY,
    "ApiKeyCreate": {"name": "Recepcja AI", "scopes": ["conversations:read", "conversations:write"], "expiresAt": None},
    "ApiKeyPatch": {"name": "Recepcja AI (nocna)", "expiresAt": "2027-11-22T15:24:06.123Z"},
    "NewApiKeyView": {
        **API_KEY,
        "lastUsedAt": None,
        "key": "sk_live_9dKq3Zx1_Vb6hQ0yTn2uLr8mWc5eXs1aJd4fGk7pRz3oNi9tBq2E_1mZ8aQ",
    },
    "OrganizationView": {**ROW, **ORGANIZATION_FIELDS, "escalation": {"userIds": [USER], "minutes": 5}},
    "OrganizationCreate": ORGANIZATION_FIELDS,
    "OrganizationPatch": {"phone": "+48221000200", "booking": {"slotMinutes": 30}},
    "MemberView": {
        **OWNED,
        "userId": USER,
        "name": "Iga Nowak",
        "email": "iga@example.com",
        "avatarUrl": None,
        "role": "owner",
        "joinedAt": INSTANT,
        "lastSeenAt": INSTANT,
    },
    "MemberPatch": {"role": "staff"},
    "InvitationView": {
        **OWNED,
        "email": "ewa@example.com",
        "role": "staff",
        "status": "pending",
        "invitedById": USER,
        "expiresAt": "2026-11-29T15:24:06.123Z",
    },
    "InvitationCreate": {"email": "ewa@example.com", "role": "staff"},
    "InvitationToken": {"token": TOKEN},
    "Offer": OFFER,
    "AgentView": {**OWNED, **AGENT_FIELDS, "status": "active", "connection": CONNECTION},
    "AgentCreate": AGENT_FIELDS,
    "AgentPatch": {"greeting": "Dzień dobry!", "knowledgeBase": {"facts": ["Parking za budynkiem."]}},
    "ConnectionView": CONNECTION,
    "SecretView": {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "previousUntil": None},
    "ConversationView": CONVERSATION,
    "ConversationCreate": CALL,
    "ConversationPatch": {"outcome": "answered", "notes": "Stała klientka.", "followUp": FOLLOW_UP},
    **TASKS,
    "Transcript": {
        "messages": [
            {
                "id": "s1",
                "timestamp": INSTANT,
                "speaker": "agent",
                "text": "Dzień dobry, studio Lawenda.",
                "sentiment": None,
                "final": True,
            }
        ]
    },
    "ServiceView": {**OWNED, **SERVICE_FIELDS},
    "ServiceCreate": SERVICE_FIELDS,
    "ServicePatch": {"price": MONEY, "bufferAfter": 15},
    "StaffAppointmentsView": {
        **OWNED,
        **STAFF_FIELDS,
        "upcomingAppointments": 12,
        "timeOff": [TIME_OFF],
        "calendarUrl": f"https://sekretarka.example/api/v1/staff/{ID}/calendar.ics?key=…",
    },
    "StaffDeleted": {
        **OWNED,
        **STAFF_FIELDS,
        "upcomingAppointments": 1,
        "timeOff": [],
        "calendarUrl": None,
        "appointments": [APPOINTMENT],
    },
    "StaffCreate": STAFF_FIELDS,
    "StaffPatch": {"role": "kolorystka", "weeklyHours": {"sat": [{"open": "09:00", "close": "14:00"}]}},
    "TimeOffView": TIME_OFF,
    "TimeOffCreate": {"startsAt": "2026-12-27", "endsAt": "2026-12-31", "reason": "Urlop"},
    "ScheduleConflictView": {**APPOINTMENT, "reason": "off"},
    "TimeOffTaken": {**TIME_OFF, "appointments": [APPOINTMENT]},
    "ClientView": {
        **OWNED,
        **CLIENT_FIELDS,
        "blockedAt": None,
        "optedOutAt": None,
        "smsConsentAt": None,
        "emailConsentAt": None,
        "visitCount": 4,
        "noShowCount": 0,
        "lastVisitAt": INSTANT,
    },
    "ClientCreate": {**CLIENT_FIELDS, "phone": "601 000 111"},
    **MESSAGES,
    "TimelineEntry": {**ROW, "kind": "appointment", "at": INSTANT, "appointment": APPOINTMENT, **NO_CALL},
    "ClientPatch": {"name": "Anna Kowalska-Lis", "blocked": False},
    "AppointmentView": APPOINTMENT,
    "AppointmentCreate": {**SLOT, "clientName": "Anna Kowalska", "clientPhone": "601 000 111"},
    "AppointmentPatch": {"scheduledAt": "2026-11-27T15:30:00+01:00", "notes": "Zadzwoniła, że się spóźni."},
    "AvailabilityView": {
        "date": "2026-11-27",
        "timezone": "Europe/Warsaw",
        "slots": [
            {"time": "2026-11-27T14:15:00+01:00", "available": False, "staffIds": []},
            {"time": "2026-11-27T14:30:00+01:00", "available": True, "staffIds": [ID]},
        ],
    },
    "HoldCreate": SLOT,
    "HoldView": {
        **ROW,
        "expiresAt": INSTANT,
        "staffId": ID,
        "serviceId": ID,
        "scheduledAt": "2026-11-27T13:30:00.000Z",
        "endsAt": "2026-11-27T14:30:00.000Z",
    },
    "ChangeView": {
        **ROW,
        "change": "moved",
        "actor": "user",
        "userId": USER,
        "before": {"scheduledAt": "2026-11-27T13:30:00.000Z"},
        "after": {"scheduledAt": "2026-11-27T14:30:00.000Z"},
    },
    "ToolCall": {
        "callId": "call_1",
        "toolCallId": "t1",
        "agentId": AGENT,
        "arguments": {
            "serviceType": "Strzyżenie",
            "scheduledAt": "2026-11-27T14:30:00+01:00",
            "clientName": "Anna Kowalska",
        },
    },
    "ToolAnswer": {
        "say": "Umówione: Strzyżenie w najbliższy piątek o czternastej trzydzieści. Koszt to sto dwadzieścia złotych.",
        "data": {"appointment": APPOINTMENT},
        "now": NOW,
    },
    "Now": NOW,
    "Ready": {
        "database": "ok",
        "migrations": "ok",
        "redis": "unused",
        "outboxLagSeconds": 0,
        "laneLagSeconds": {"mail": 0, "messages": 0, "voice": 0, "media": 0, "default": 0},
    },
    "Receipt": {"received": True, "duplicate": False},
    "RegisteredView": {"userId": USER, "email": "iga@example.com"},
}
STREAM = 'event: ready\ndata: {"id": 41}\nid: 41\nretry: 3000\n\nevent: conversation.updated\ndata: {…}\nid: 42\n\n'
CALENDAR = (
    "BEGIN:VCALENDAR\r\nPRODID:-//AI Sekretarka//Calendar 1.0//EN\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"
    f"UID:{ID}\r\nSEQUENCE:0\r\nDTSTART;TZID=Europe/Warsaw:20261123T100000\r\nSTATUS:CONFIRMED\r\n"
    "SUMMARY:Strzyżenie\\, Studio Lawenda\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
BY_MEDIA_TYPE = {"text/event-stream": STREAM, "text/calendar": CALENDAR}
