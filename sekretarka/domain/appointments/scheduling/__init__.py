"""When there is time: local calendars as minutes, what keeps staff busy, free slots, and giving one away once."""
