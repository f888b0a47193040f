"""A ladder without a capture: a text that describes connections, and the packets composed from it."""
