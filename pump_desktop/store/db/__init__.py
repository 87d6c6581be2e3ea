"""The database itself: tables, connections, migrations, the thread that writes."""
