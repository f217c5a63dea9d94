"""What there was with a client: appointments and calls in one line."""
