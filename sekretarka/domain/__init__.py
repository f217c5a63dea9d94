"""The business, cut by feature; imports go only from high features to low ones."""
