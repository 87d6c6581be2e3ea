"""Charts drawn with pyqtgraph, coloured by theme tokens."""
