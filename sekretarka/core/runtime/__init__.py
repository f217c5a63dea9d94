"""The process: settings, time, log, secrets, signals, Redis, and waking one another."""
