"""Runs, streams and snapshots compared."""
