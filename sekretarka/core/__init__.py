"""What every feature stands on: it knows nothing of the product but the names of its permissions.

`database` (one transaction, its tables and queries), `web` (shapes and rules of HTTP without a framework), `text`
(words, phone numbers, search), `runtime` (settings, time, log, secrets, signals, Redis).
"""
