"""Pump Desktop: replay, verify and understand Stake Pump results on your own machine."""

__version__ = "0.1.0"
