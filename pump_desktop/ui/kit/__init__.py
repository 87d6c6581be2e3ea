"""Widgets and dialogs that all features share."""
