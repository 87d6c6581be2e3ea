"""The outside world: paths, settings, resources, logs and crash reports; no Qt, no SQL."""
