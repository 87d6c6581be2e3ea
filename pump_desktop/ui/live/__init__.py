"""The Live page and the view of one stream."""
