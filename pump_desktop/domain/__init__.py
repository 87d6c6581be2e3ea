"""The words of the game as frozen values: difficulties, tables, odds, seeds, requests, runs, errors."""
