"""The first tables: runs and their outcome bytes."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE runs (
        id TEXT NOT NULL,
        created_at TEXT NOT NULL,
        name TEXT NOT NULL DEFAULT '',
        notes TEXT NOT NULL DEFAULT '',
        server_seed TEXT NOT NULL,
        server_seed_sha256 TEXT NOT NULL,
        client_seed TEXT NOT NULL,
        nonce_start INTEGER NOT NULL,
        nonce_end INTEGER NOT NULL,
        difficulty TEXT NOT NULL,
        targets TEXT NOT NULL,
        duration_ms INTEGER NOT NULL,
        engine_version TEXT NOT NULL,
        outcome_digest TEXT NOT NULL,
        summary TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT ck_runs_id CHECK (length(id) = 36),
        CONSTRAINT ck_runs_server_seed_sha256 CHECK (length(server_seed_sha256) = 64),
        CONSTRAINT ck_runs_outcome_digest CHECK (length(outcome_digest) = 64),
        CONSTRAINT ck_runs_nonce_start CHECK (nonce_start >= 1),
        CONSTRAINT ck_runs_nonce_end CHECK (nonce_end BETWEEN nonce_start AND 9007199254740991),
        CONSTRAINT ck_runs_difficulty CHECK (difficulty IN ('easy', 'medium', 'hard', 'expert')),
        CONSTRAINT ck_runs_duration_ms CHECK (duration_ms >= 0),
        CONSTRAINT ck_runs_targets CHECK (json_valid(targets)),
        CONSTRAINT ck_runs_summary CHECK (json_valid(summary))
    )
    """,
    "CREATE INDEX ix_runs_created_at ON runs (created_at)",
    "CREATE INDEX ix_runs_difficulty ON runs (difficulty)",
    "CREATE INDEX ix_runs_server_seed_sha256 ON runs (server_seed_sha256)",
    "CREATE INDEX ix_runs_client_seed ON runs (client_seed)",
    """
    CREATE TABLE run_outcomes (
        run_id TEXT NOT NULL,
        chunk_index INTEGER NOT NULL,
        first_nonce INTEGER NOT NULL,
        "count" INTEGER NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (run_id, chunk_index),
        FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
        CONSTRAINT ck_run_outcomes_chunk_index CHECK (chunk_index >= 0),
        CONSTRAINT ck_run_outcomes_first_nonce CHECK (first_nonce >= 1),
        CONSTRAINT ck_run_outcomes_count CHECK ("count" >= 1)
    )
    """,
)


def upgrade() -> None:
    """Make both tables and their indexes."""
    connection = op.get_bind()
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
