"""Texts of the messages that are sent by themselves: defaults in both languages, and what owners made of them."""
