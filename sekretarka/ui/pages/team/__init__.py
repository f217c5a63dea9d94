"""Ustawienia, Zespół i role: who works in it and may do what."""
