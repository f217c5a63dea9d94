"""Plays the external AI voice service: Polish phone calls to a salon as signed webhooks."""
