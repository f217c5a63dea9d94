"""Visits: when there is time, holding it, booking it, moving it, and how a visit ends."""
