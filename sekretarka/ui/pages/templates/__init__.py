"""Ustawienia → Szablony wiadomości."""
