"""Ustawienia, Organizacja: the business, its address and opening hours."""
