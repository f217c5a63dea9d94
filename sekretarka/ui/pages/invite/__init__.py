"""The link of an invitation."""
