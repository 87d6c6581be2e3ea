"""Scans and what is asked of stored runs."""
