"""Ustawienia, Klucze API: the keys that programs use."""
