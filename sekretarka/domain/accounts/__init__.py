"""Users: profiles, passwords, sessions, emailed tokens, and the throttling that guards signing in."""
