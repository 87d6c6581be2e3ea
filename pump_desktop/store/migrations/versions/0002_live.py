"""Live streams: their bets and rounds, the figures kept with them, and what people pin to them."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE live_streams (
        id TEXT NOT NULL,
        server_seed_hashed TEXT NOT NULL,
        client_seed TEXT NOT NULL,
        created_at TEXT NOT NULL,
        last_seen_at TEXT NOT NULL,
        first_nonce INTEGER,
        last_nonce INTEGER,
        notes TEXT NOT NULL DEFAULT '',
        server_seed TEXT,
        revealed_at TEXT,
        total_bets INTEGER NOT NULL DEFAULT 0,
        total_rounds INTEGER NOT NULL DEFAULT 0,
        heartbeats INTEGER NOT NULL DEFAULT 0,
        duplicate_nonces INTEGER NOT NULL DEFAULT 0,
        off_table INTEGER NOT NULL DEFAULT 0,
        lowest_multiplier REAL,
        highest_multiplier REAL,
        multiplier_sum REAL NOT NULL DEFAULT 0,
        matches INTEGER NOT NULL DEFAULT 0,
        mismatches INTEGER NOT NULL DEFAULT 0,
        deleted INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (id),
        CONSTRAINT uq_live_streams_seeds UNIQUE (server_seed_hashed, client_seed),
        CONSTRAINT ck_live_streams_id CHECK (length(id) = 36),
        CONSTRAINT ck_live_streams_revealed CHECK ((server_seed IS NULL) = (revealed_at IS NULL)),
        CONSTRAINT ck_live_streams_deleted CHECK (deleted IN (0, 1))
    )
    """,
    "CREATE INDEX ix_live_streams_last_seen_at ON live_streams (last_seen_at)",
    """
    CREATE TABLE live_bets (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        stream_id TEXT NOT NULL,
        antebot_bet_id TEXT NOT NULL,
        received_at TEXT NOT NULL,
        date_time TEXT,
        nonce INTEGER NOT NULL,
        amount REAL NOT NULL,
        payout REAL NOT NULL,
        currency TEXT,
        difficulty TEXT NOT NULL,
        round_target REAL,
        round_result REAL NOT NULL,
        safe_pumps INTEGER,
        verdict TEXT,
        FOREIGN KEY (stream_id) REFERENCES live_streams (id) ON DELETE CASCADE,
        CONSTRAINT uq_live_bets_antebot_bet_id UNIQUE (stream_id, antebot_bet_id),
        CONSTRAINT ck_live_bets_nonce CHECK (nonce BETWEEN 1 AND 9007199254740991),
        CONSTRAINT ck_live_bets_amount CHECK (amount >= 0),
        CONSTRAINT ck_live_bets_payout CHECK (payout >= 0),
        CONSTRAINT ck_live_bets_difficulty CHECK (difficulty IN ('easy', 'medium', 'hard', 'expert')),
        CONSTRAINT ck_live_bets_round_target CHECK (round_target IS NULL OR round_target > 0),
        CONSTRAINT ck_live_bets_round_result CHECK (round_result >= 0),
        CONSTRAINT ck_live_bets_safe_pumps CHECK (safe_pumps IS NULL OR safe_pumps BETWEEN 0 AND 24),
        CONSTRAINT ck_live_bets_verdict CHECK (verdict IS NULL OR verdict IN ('match', 'mismatch'))
    )
    """,
    "CREATE INDEX ix_live_bets_stream_id_id ON live_bets (stream_id, id, round_result, difficulty)",
    "CREATE INDEX ix_live_bets_stream_id_nonce ON live_bets (stream_id, nonce, id, round_result, difficulty)",
    "CREATE INDEX ix_live_bets_stream_id_round_result ON live_bets (stream_id, round_result, nonce)",
    """
    CREATE TABLE live_rounds (
        stream_id TEXT NOT NULL,
        nonce INTEGER NOT NULL,
        round_result REAL NOT NULL,
        difficulty TEXT,
        received_at TEXT NOT NULL,
        safe_pumps INTEGER,
        by_bet INTEGER NOT NULL,
        verdict TEXT,
        PRIMARY KEY (stream_id, nonce),
        FOREIGN KEY (stream_id) REFERENCES live_streams (id) ON DELETE CASCADE,
        CONSTRAINT ck_live_rounds_nonce CHECK (nonce BETWEEN 1 AND 9007199254740991),
        CONSTRAINT ck_live_rounds_round_result CHECK (round_result >= 0),
        CONSTRAINT ck_live_rounds_difficulty CHECK
            (difficulty IS NULL OR difficulty IN ('easy', 'medium', 'hard', 'expert')),
        CONSTRAINT ck_live_rounds_safe_pumps CHECK (safe_pumps IS NULL OR safe_pumps BETWEEN 0 AND 24),
        CONSTRAINT ck_live_rounds_by_bet CHECK (by_bet IN (0, 1)),
        CONSTRAINT ck_live_rounds_verdict CHECK (verdict IS NULL OR verdict IN ('match', 'mismatch'))
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ix_live_rounds_stream_id_round_result ON live_rounds (stream_id, round_result, nonce)",
    """
    CREATE TABLE live_tallies (
        stream_id TEXT NOT NULL,
        axis TEXT NOT NULL,
        bucket INTEGER NOT NULL,
        difficulty TEXT NOT NULL,
        round_result REAL NOT NULL,
        bets INTEGER NOT NULL,
        rounds INTEGER NOT NULL,
        PRIMARY KEY (stream_id, axis, bucket, difficulty, round_result),
        FOREIGN KEY (stream_id) REFERENCES live_streams (id) ON DELETE CASCADE,
        CONSTRAINT ck_live_tallies_axis CHECK (axis IN ('nonce', 'id'))
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE live_money (
        stream_id TEXT NOT NULL,
        currency TEXT NOT NULL,
        bets INTEGER NOT NULL,
        wagered REAL NOT NULL,
        paid REAL NOT NULL,
        PRIMARY KEY (stream_id, currency),
        FOREIGN KEY (stream_id) REFERENCES live_streams (id) ON DELETE CASCADE
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE live_bookmarks (
        id TEXT NOT NULL,
        bet_id INTEGER NOT NULL,
        note TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT uq_live_bookmarks_bet_id UNIQUE (bet_id),
        FOREIGN KEY (bet_id) REFERENCES live_bets (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE live_snapshots (
        id TEXT NOT NULL,
        stream_id TEXT NOT NULL,
        name TEXT NOT NULL,
        filter TEXT NOT NULL,
        last_bet_id INTEGER NOT NULL,
        created_at TEXT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY (stream_id) REFERENCES live_streams (id) ON DELETE CASCADE,
        CONSTRAINT ck_live_snapshots_filter CHECK (json_valid(filter))
    )
    """,
    "CREATE INDEX ix_live_snapshots_stream_id ON live_snapshots (stream_id)",
    """
    CREATE TABLE alert_rules (
        id TEXT NOT NULL,
        stream_id TEXT,
        created_at TEXT NOT NULL,
        kind TEXT NOT NULL,
        parameters TEXT NOT NULL,
        enabled INTEGER NOT NULL DEFAULT 1,
        PRIMARY KEY (id),
        FOREIGN KEY (stream_id) REFERENCES live_streams (id) ON DELETE CASCADE,
        CONSTRAINT ck_alert_rules_parameters CHECK (json_valid(parameters)),
        CONSTRAINT ck_alert_rules_enabled CHECK (enabled IN (0, 1))
    )
    """,
    "CREATE INDEX ix_alert_rules_stream_id ON alert_rules (stream_id)",
    """
    CREATE TABLE rejected_messages (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        received_at TEXT NOT NULL,
        reason TEXT NOT NULL,
        body TEXT NOT NULL
    )
    """,
)


def upgrade() -> None:
    """Make the tables and their indexes."""
    connection = op.get_bind()
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
