"""Przegląd: what happened, what is going on, what to do."""
