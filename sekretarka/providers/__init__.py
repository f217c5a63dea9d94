"""The outside world in our words: one folder per vendor, and nobody else imports its SDK."""
