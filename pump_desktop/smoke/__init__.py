"""The self-test every installation can make of itself: ``pump-desktop --smoke``."""
