"""SIGKILL in the middle of the load: every answered bet is there after a restart, none twice."""

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest

from tools.load import stored_numbers
from tools.load_client import post_singles
from tools.load_server import Server, serving

ROUNDS = 10


async def load_and_kill(server: Server, first: int, wanted: int) -> set[int]:
    """Post over 16 connections, kill the server after ``wanted`` answers, give the answered numbers."""
    seen = 0

    def kill_after_enough() -> bool:
        nonlocal seen
        seen += 1
        if seen == wanted:
            server.process.kill()
        return False

    tally = await post_singles(server.port, server.token, connections=16, stop=kill_after_enough, first=first)
    return set(tally.acknowledged)


@pytest.mark.slow
def test_no_answered_bet_is_lost_or_doubled_by_sigkill(tmp_path: Path) -> None:
    moments = random.Random(20261123)
    answered: set[int] = set()
    for number in range(ROUNDS):
        with serving(tmp_path) as server:
            answered |= asyncio.run(load_and_kill(server, 1 + number * 1_000_000, moments.randint(50, 400)))
            server.process.wait(30)
    with serving(tmp_path) as server:
        stored = stored_numbers(server.database)
    assert len(answered) >= ROUNDS * 50
    assert answered - set(stored) == set()
    assert len(stored) == len(set(stored))
    connection = sqlite3.connect(server.database)
    assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    rounds = connection.execute("select count(*) from live_rounds").fetchone()[0]
    connection.close()
    assert rounds == len(stored)
