"""What a business sells: services with their length, price and buffers."""
