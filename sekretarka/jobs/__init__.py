"""Work in the background: inbox, queued jobs, and what is due by the clock."""
