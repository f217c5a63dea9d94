"""Urgent calls: whom they are told to, one after another, until somebody takes care of it."""
