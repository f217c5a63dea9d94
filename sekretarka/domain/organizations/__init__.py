"""Organizations, their members and roles, API keys."""
