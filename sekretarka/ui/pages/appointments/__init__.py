"""Wizyty: the calendar, the open visit beside it, and the dialog for a new one."""
