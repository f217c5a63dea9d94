"""Webhooks as received: raw body, deduplicated, worked off exactly once."""
