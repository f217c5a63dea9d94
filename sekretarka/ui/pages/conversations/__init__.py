"""Rozmowy: every call, searched and filtered in the URL, with its transcript in a panel at the side."""
