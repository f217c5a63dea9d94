"""The organization's customers, known by their phone number."""
