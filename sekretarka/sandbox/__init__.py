"""Local stand-ins for the outside world, speaking the vendors' real protocols over HTTP."""
