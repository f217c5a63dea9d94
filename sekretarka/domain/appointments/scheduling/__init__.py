"""When there is time: local calendars as minutes, what occupies staff, free slots, and allocating each only once."""
