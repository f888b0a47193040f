"""Shapes to somewhere: SVG, text, and (in ``qt``) the screen and PNG."""
