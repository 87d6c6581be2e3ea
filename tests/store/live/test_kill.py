from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pump_desktop.domain.live import StreamQuery
from pump_desktop.store.db.database import open_database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.streams import StreamsStore
from tests.store.samples import noon

KILLED = """
import sys
from pathlib import Path
from pump_desktop.store.db.database import open_database
from pump_desktop.store.live.streams import StreamsStore
from pump_desktop.store.db.writer import Writer
from tests.store.live_samples import make_bet
from tests.store.samples import NOON, noon

database = open_database(Path(sys.argv[1]), now=noon)
streams = StreamsStore(database, Writer(database))
number = 1
while True:
    streams.ingest([make_bet(number + i) for i in range(100)], NOON).result()
    number += 100
    print(number - 1, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
@pytest.mark.parametrize("answered", [1, 7, 20])
def test_kill_in_the_middle_leaves_whole_batches(path: Path, answered: int) -> None:
    command = [sys.executable, "-c", KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(answered):
            told = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        told = max([told, *map(int, process.stdout.read().split())])
    database = open_database(path, now=noon)
    writer = Writer(database)
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        bets = connection.exec_driver_sql("SELECT nonce FROM live_bets ORDER BY nonce").scalars().all()
    store = StreamsStore(database, writer)
    (row,) = store.streams(StreamQuery()).items
    assert bets == list(range(1, row.total_bets + 1))
    assert row.total_bets >= told
    assert row.total_bets % 100 == 0
    with store.board(row.id) as reader:
        assert reader.nonces().tolist() == bets
    writer.close()
    database.close()
