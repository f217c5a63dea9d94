"""Businesses, their members and roles, API keys."""
