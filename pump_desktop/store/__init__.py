"""Runs, their outcomes and live streams in one SQLite file: the only place that speaks SQL."""
