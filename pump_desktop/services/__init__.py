"""Use cases without Qt and without HTTP; the window, the command line and the listener call the same ones."""
