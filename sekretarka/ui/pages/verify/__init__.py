"""Proving an address by a mailed link."""
