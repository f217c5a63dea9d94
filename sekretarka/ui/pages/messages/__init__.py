"""Wiadomości: the threads of messages with clients, and the open one beside them."""
