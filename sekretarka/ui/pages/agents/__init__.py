"""Agenci: who answers the phone, what they know and may do, and how they are connected."""
