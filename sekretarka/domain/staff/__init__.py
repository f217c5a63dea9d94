"""Who does the work: staff, their hours, their time off, and what they can do."""
