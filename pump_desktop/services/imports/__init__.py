"""Files of bets read in, and pasted bets."""
