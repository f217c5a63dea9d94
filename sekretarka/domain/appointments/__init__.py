"""Appointments: when there is time, holding it, booking it, moving it, and how an appointment ends."""
