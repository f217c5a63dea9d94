"""The application: puts the dashboard, the API and the background work together."""

import reflex as rx

from sekretarka import asgi
from sekretarka.cli import background, mail, sms
from sekretarka.ui import event_guard
from sekretarka.ui.app import create_app
from sekretarka.ui.headers import SecurityHeaders

app: rx.App = create_app()
app.api_transformer = [
    SecurityHeaders,
    lambda dashboard: asgi.in_front_of(dashboard, {**mail.mailbox_pages(), **sms.message_pages()}),
]
app.register_lifespan_task(background.background_lifespan)
event_guard.install(app)
