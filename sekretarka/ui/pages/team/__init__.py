"""Ustawienia, Zespół i role: who works here and may do what."""
