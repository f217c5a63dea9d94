"""Wizyty: the calendar, the open appointment beside it, and the dialog for a new one."""
