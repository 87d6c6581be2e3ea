"""What connects Antebot: its script, a test bet, the check of the connection."""
