"""Runs and their outcomes in one SQLite file: the only place that speaks SQL."""
