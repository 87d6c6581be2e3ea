"""The dialog that connects Antebot."""
