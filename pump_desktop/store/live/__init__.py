"""Live streams, their bets and rounds, and what users pin to them."""
