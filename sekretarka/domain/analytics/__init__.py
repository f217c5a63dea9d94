"""Numbers over what happened; reads only."""
