"""What happened to shapes. Geometry only: no Qt, no files."""
