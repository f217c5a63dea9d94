"""The business's customers, known by their phone number."""
