"""Alert rules, their watcher and their notices."""
