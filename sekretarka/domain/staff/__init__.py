"""Who does the work: people, their hours, their time off, and what they can do."""
