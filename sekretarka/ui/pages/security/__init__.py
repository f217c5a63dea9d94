"""Ustawienia, Bezpieczeństwo: the password, and where one is signed in."""
