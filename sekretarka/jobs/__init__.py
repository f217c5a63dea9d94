"""Work in the background: the inbox, and what is due by the clock."""
