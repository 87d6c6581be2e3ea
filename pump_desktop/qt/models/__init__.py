"""Qt models over frozen values and arrays; no widget, no SQL."""
