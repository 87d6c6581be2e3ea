"""Alert rules and their notices."""
