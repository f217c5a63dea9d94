"""Another business of one's own."""
