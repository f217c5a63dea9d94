"""Ustawienia, Klucze API: what programs call with."""
