"""Twilio Messaging: SMS under a number or a name."""
