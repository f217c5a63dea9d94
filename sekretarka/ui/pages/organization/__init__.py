"""Ustawienia, Organizacja: the organization and its address."""
