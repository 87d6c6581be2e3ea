"""Reveal and audit of a stream."""
