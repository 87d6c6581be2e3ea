"""Live data on its way to the window."""
