"""The application: puts the dashboard, the API and the background work together."""

import reflex as rx

from sekretarka import doors
from sekretarka.cli import background
from sekretarka.ui import event_guard
from sekretarka.ui.app import create_app
from sekretarka.ui.headers import SecurityHeaders

app: rx.App = create_app()
app.api_transformer = [SecurityHeaders, doors.in_front_of]
app.register_lifespan_task(background.beside_the_doors)
event_guard.install(app)
