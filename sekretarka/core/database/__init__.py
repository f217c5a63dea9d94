"""The database: engines, base tables, the unit of work, and what is read or written beside it."""
