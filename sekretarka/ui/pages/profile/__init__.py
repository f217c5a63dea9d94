"""Ustawienia, Profil: the signed-in user."""
