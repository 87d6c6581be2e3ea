"""Results, rounds and payouts of a stream checked against its seed."""
