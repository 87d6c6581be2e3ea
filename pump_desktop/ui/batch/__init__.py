"""Several seed pairs, one scan after another."""
