"""Backups, restores, checks, compacting, deletion of old rounds, moves: the care of the data file."""
