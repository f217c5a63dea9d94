"""Ustawienia, Godziny i dni wolne: when the business is open, and what can be booked."""
