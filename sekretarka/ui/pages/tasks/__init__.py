"""Do zrobienia: what needs action, what was put off, what is done."""
