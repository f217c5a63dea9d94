"""Ustawienia, Profil: the signed-in person."""
