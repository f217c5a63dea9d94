"""People, passwords and sessions."""
