"""Ustawienia, Integracje: the accounts that the organization's SMS go through."""
