"""The bare address."""
