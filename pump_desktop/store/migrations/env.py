"""What Alembic runs to migrate: it uses the connection, and the transaction, that the caller hands in."""

from __future__ import annotations

from alembic import context

# No begin_transaction() of Alembic's: the caller commits, after its own checks, or rolls back.
context.configure(connection=context.config.attributes["connection"], target_metadata=None)
context.run_migrations()
