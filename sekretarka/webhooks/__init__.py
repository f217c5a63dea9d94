"""HTTP for vendors: verify over the raw bytes, store, answer after the commit."""
