"""Powiadomienia: what the signed-in user is told."""
