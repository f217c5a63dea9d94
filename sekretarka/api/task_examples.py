"""Examples of tasks, escalations and notifications."""

from typing import Any

from sekretarka.api.example_values import ID, INSTANT, OWNED, USER

TASKS: dict[str, Any] = {
    "TaskView": {
        **OWNED,
        "kind": "missed_call",
        "urgency": "normal",
        "state": "open",
        "resolution": None,
        "doneAt": None,
        "snoozedUntil": None,
        "assigneeId": USER,
        "note": "Oddzwonić po 17.",
        "clientId": ID,
        "conversationId": ID,
        "appointmentId": None,
        "messageId": None,
        "callerNumber": "+48601000111",
        "name": "Anna Kowalska",
        "summary": None,
        "count": 2,
        "lastAt": INSTANT,
        "scheduledAt": None,
    },
    "TaskCreate": {"note": "Zamówić farbę 7/43.", "urgency": "normal", "assigneeId": USER},
    "TaskPatch": {"state": "done", "note": "Oddzwoniłam, umówiona na piątek."},
    "EscalationView": {
        **OWNED,
        "conversationId": ID,
        "userIds": [USER, ID],
        "minutes": 5,
        "state": "acknowledged",
        "endedAt": INSTANT,
        "acknowledgedBy": "sms",
        "acknowledgedById": USER,
        "rungs": [{"userId": USER, "channel": "sms", "toldAt": INSTANT, "status": "delivered", "failure": None}],
    },
    "NotificationPreferencesView": {
        **OWNED,
        "emailCalls": "all",
        "smsCalls": "to_do",
        "appCalls": "to_do",
        "digest": True,
        "quietFrom": "21:00",
        "quietTo": "08:00",
    },
    "NotificationPreferencesPatch": {"emailCalls": "to_do", "smsCalls": "to_do", "digest": True},
}
