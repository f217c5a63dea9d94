"""Webhooks as received: raw body, deduplicated, processed exactly once."""
