"""Calls: transcripts, outcomes and what needs to follow."""
