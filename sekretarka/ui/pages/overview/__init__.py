"""Przegląd: numbers of calls, calls going on, and what is to be done."""
