"""Live bets: messages in, streams and their figures out."""
