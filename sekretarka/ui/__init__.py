"""The dashboard: pages, their state and the components they are made of."""
