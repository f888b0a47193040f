"""What is in the selected packet: its layers as boxes, its fields as a tree, its bytes, and its arithmetic."""
