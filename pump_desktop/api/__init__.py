"""What goes over HTTP, and what ``--json`` prints: the same bodies."""
