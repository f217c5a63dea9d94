"""What the AI does for a caller during a call."""
