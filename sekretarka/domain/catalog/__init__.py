"""What an organization sells: services with their length, price and buffers."""
