"""Ustawienia, Bezpieczeństwo: the password, linked accounts, and where one is signed in."""
