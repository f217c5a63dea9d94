"""Ustawienia, Organizacja: the business and its address."""
