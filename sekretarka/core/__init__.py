"""Plain tools that know nothing of the product except the names of permissions."""
