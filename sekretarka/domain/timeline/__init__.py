"""What there was with a client: visits and calls in one line."""
