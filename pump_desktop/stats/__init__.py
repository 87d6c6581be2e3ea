"""Figures that are true: pure numpy and scipy over outcome vectors and their counts."""
