"""What users are told of: one message for each call, and what is to do in the evening."""
