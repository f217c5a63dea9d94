"""The application: puts the dashboard, the API and the background work together."""

import reflex as rx

from sekretarka.ui import guard
from sekretarka.ui.app import create_app

app: rx.App = create_app()
guard.install(app)
