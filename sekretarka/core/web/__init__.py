"""Shapes and rules of the API that need no web framework: schemas, paging, idempotency, rate limits, signatures."""
