"""What pages are made of: functions that take data (plain or vars) and know neither states nor services."""
