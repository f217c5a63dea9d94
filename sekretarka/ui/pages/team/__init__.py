"""Ustawienia, Zespół i role: the members of the organization and what they may do."""
