"""A file to columns: packets, flows, and the damage found on the way."""
