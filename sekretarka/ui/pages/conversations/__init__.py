"""Rozmowy: every call, searched and filtered in the address, with its transcript in a sheet at the side."""
