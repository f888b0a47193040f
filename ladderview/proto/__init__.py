"""Bytes to fields and messages. Sans-IO: knows no file, no packet number, no Qt."""
