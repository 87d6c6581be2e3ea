"""Import of bets from files."""
