"""Speech to text; no Qt."""
