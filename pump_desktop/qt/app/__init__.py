"""The program around the window: instance, life cycle, listener, settings, layout."""
