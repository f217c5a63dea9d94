"""People: profiles, passwords, sessions, and the throttles that guard signing in."""
