"""Klienci: who they are, what there was with them, and who is the same person."""
