"""What entry points share: cookies, bodies, origins, envelopes, entity tags and idempotency of HTTP."""
