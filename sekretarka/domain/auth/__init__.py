"""How callers prove who they are: passwords, OpenID providers, sessions, API keys, and opening an account."""
