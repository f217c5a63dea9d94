"""Klienci: who they are, their history, and duplicates."""
