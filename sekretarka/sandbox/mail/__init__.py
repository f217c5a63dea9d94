"""A mail server that delivers to nobody: it keeps what it was given, for people and tests to look at."""
