"""AI Sekretarka: the dashboard and API behind an AI phone secretary."""
