"""A restore, and a disk that fills up, while bets are posted to the real listener."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from pump_desktop.api.server import Listener
from pump_desktop.services.backend import Backend
from pump_desktop.store.db.connections import driver_of
from tests.api.samples import TOKEN, bet

POSTERS = 4
ENOUGH = 60


def stored_ids(path: Path) -> set[str]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
        return {name for (name,) in connection.execute("SELECT antebot_bet_id FROM live_bets")}


class Posters:
    """Scripts that post one bet after the other, and remember the order of the answers."""

    def __init__(self, url: str) -> None:
        self.statuses: set[int] = set()
        self.sentences: set[str] = set()
        self.acknowledged: list[str] = []
        self._url = url
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._more = threading.Condition(self._lock)
        self._threads = [threading.Thread(target=self._post, args=(each,)) for each in range(POSTERS)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, more: int) -> list[str]:
        """Wait until so many more bets are acknowledged, and give all of them."""
        with self._more:
            wanted = len(self.acknowledged) + more
            assert self._more.wait_for(lambda: len(self.acknowledged) >= wanted, timeout=60)
            return list(self.acknowledged)

    def end(self) -> None:
        """Stop after the bet under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _post(self, each: int) -> None:
        number = 0
        with httpx.Client(base_url=self._url, headers={"X-Ingest-Token": TOKEN}, timeout=60) as client:
            while not self._stop.is_set():
                number += 1
                body = bet(each * 1_000_000 + number)
                answer = client.post("/live/ingest", json=body)
                with self._more:
                    self.statuses.add(answer.status_code)
                    if answer.status_code == 200:
                        self.acknowledged.append(body["id"])
                    else:
                        self.sentences.add(answer.json()["detail"])
                    self._more.notify_all()


def test_a_restore_under_load_loses_no_acknowledged_bet(backend: Backend, listen: object) -> None:
    listener: Listener = listen(ingest_rate_limit=1_000_000)  # type: ignore[operator]  # the fixture's function
    posters = Posters(listener.url)
    try:
        posters.wait_for(ENOUGH)
        backup = backend.storage.back_up()
        before = posters.wait_for(ENOUGH)
        restored = backend.storage.restore(backup.path)
        after = set(posters.wait_for(ENOUGH)) - set(before)
    finally:
        posters.end()
    aside, now = stored_ids(restored.put_aside), stored_ids(backend.storage.path)
    assert set(before) <= aside
    assert posters.statuses <= {200, 503}
    # Whatever was acknowledged is in one of the two, and what came last is in the restored file.
    assert set(posters.acknowledged) <= aside | now
    assert posters.acknowledged[-1] in now
    assert after - aside


@pytest.mark.expects_warning
def test_a_full_disk_answers_503_with_a_sentence_and_goes_on_when_there_is_room(
    backend: Backend, client: httpx.Client
) -> None:
    assert client.post("/live/ingest", json=bet(1)).status_code == 200
    writer = backend.storage._writer

    def limit(pages: int) -> None:
        writer.submit(
            lambda connection: driver_of(connection).execute(f"PRAGMA max_page_count = {pages}").fetchone()
        ).result(10)

    (used,) = writer.submit(
        lambda connection: driver_of(connection).execute("PRAGMA page_count").fetchone()
    ).result(10)
    limit(used)
    batch = [bet(number, id=f"b-{number}", nonce=number) for number in range(100, 1000)]
    refused = client.post("/live/ingest/batch", json=batch)
    assert refused.status_code == 503
    assert refused.json()["detail"].startswith("The disk is full: nothing was stored in ")
    limit(1_000_000)
    taken = client.post("/live/ingest/batch", json=batch)
    assert taken.status_code == 200
    assert all(one["accepted"] for one in taken.json()["results"])


@pytest.mark.parametrize("path", ["/live/ingest", "/live/ingest/batch"])
def test_bets_are_refused_with_a_sentence_while_the_folder_moves(
    backend: Backend, client: httpx.Client, tmp_path: Path, path: str
) -> None:
    backend.storage.move_to(tmp_path / "new", tmp_path / "data")
    refused = client.post(path, json=bet(1) if path.endswith("ingest") else [bet(1)])
    assert refused.status_code == 503
    assert refused.json()["detail"] == "The data folder is being moved. Try again in a moment."
    backend.storage.stay()
    assert client.post("/live/ingest", json=bet(1)).status_code == 200
