"""One folder per screen: page.py is what it looks like, state.py what it does."""
