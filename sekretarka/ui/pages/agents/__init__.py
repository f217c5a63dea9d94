"""Agenci: the AI agents, what they know and may do, and how they are connected."""
