"""Examples of messages and of what sends them."""

from typing import Any

from sekretarka.api.example_values import ID, INSTANT, OWNED

BODY = "Do zobaczenia w piątek o 14:30. Studio Lawenda"
PRICE = {"amount": 16, "currency": "pln"}
GATEWAY = {"provider": "smsapi", "number": "+48601000333", "senderName": "Lawenda", "partPrice": 16}
MESSAGES: dict[str, Any] = {
    "MessageView": {
        **OWNED,
        "channel": "sms",
        "direction": "outbound",
        "status": "sent",
        "clientId": ID,
        "conversationId": ID,
        "from": "+48601000333",
        "to": "+48601000111",
        "subject": None,
        "body": BODY,
        "sentAt": INSTANT,
        "kind": "service",
        "template": None,
        "appointmentId": None,
        "parts": 1,
        "price": PRICE,
        "failure": None,
    },
    "MessageSend": {"channel": "sms", "to": "601 000 111", "body": BODY},
    "MessagePreview": {"channel": "sms", "body": BODY},
    "MessagePreviewView": {
        "size": {"body": BODY, "encoding": "ucs2", "units": 46, "parts": 1, "left": 24, "price": PRICE},
        "plain": None,
    },
    "SmsGatewayCreate": {**GATEWAY, "credentials": {"token": "your-token-at-SMSAPI"}},
    "SmsGatewayPatch": {"senderNameStatus": "approved", "partPrice": 16},
    "SmsGatewayView": {
        **OWNED,
        **GATEWAY,
        "first": True,
        "senderNameStatus": "approved",
        "callbackUrl": "https://sekretarka.example/api/webhooks/smsapi/5b0ab8d3-9c0e-4f29-8c9e-0d5f7c6a1e42",
        "problem": None,
        "problemAt": None,
    },
}
