"""The listener's settings, with the real listener: it moves, asks and counts anew while scripts post."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from pump_desktop.qt.app.listening import ListenerState
from pump_desktop.system.settings import load_settings, save_settings
from pump_desktop.ui.settings.sections import RotateDialog
from tests.api.samples import bet
from tests.ui.support.program import Running, Start, click, edit, lit, texts
from tests.ui.support.settings_at import SettingsAt


@pytest.fixture
def at(running: Running, qtbot: QtBot) -> SettingsAt:
    return SettingsAt(running, qtbot)


@pytest.fixture
def taken() -> Iterator[int]:
    """Give a port somebody else listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        yield other.getsockname()[1]


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port: int = other.getsockname()[1]
        return port


def post(at: SettingsAt, number: int = 1, token: str | None = None) -> httpx.Response:
    headers = {"X-Ingest-Token": at.status.token if token is None else token}
    return httpx.post(f"{at.status.url}/live/ingest", json=bet(number), headers=headers, timeout=30)


class Script(threading.Thread):
    """Posts bet after bet where it is told to, each until it is taken, and keeps which were acknowledged."""

    def __init__(self, urls: list[str], token: str) -> None:
        super().__init__()
        self.urls = urls
        self.acknowledged: list[int] = []
        self.errors: list[str] = []
        self._headers = {"X-Ingest-Token": token}
        self._stop_asked = threading.Event()

    def run(self) -> None:
        number = 0
        with httpx.Client(headers=self._headers, timeout=30) as client:
            while not self._stop_asked.is_set():
                number += 1
                taken = False
                while not taken and not self._stop_asked.is_set():
                    # Whichever of the two answers; a refused connection is what a script meets, too.
                    for url in self.urls:
                        taken = taken or self._post(client, url, number)

    def _post(self, client: httpx.Client, url: str, number: int) -> bool:
        try:
            answered = client.post(f"{url}/live/ingest", json=bet(number))
        except httpx.TransportError as error:
            self.errors.append(type(error).__name__)
            return False
        if answered.status_code != 200:
            self.errors.append(answered.text)
            return False
        self.acknowledged.append(number)
        return True

    def end(self) -> None:
        self._stop_asked.set()
        self.join(60)
        assert not self.is_alive()


class TestPort:
    def test_it_moves_while_bets_arrive_and_loses_none(self, at: SettingsAt) -> None:
        before, port = at.status.port, free_port()
        script = Script([at.status.url, f"http://127.0.0.1:{port}"], at.status.token)
        script.start()
        at.wait_for(lambda: len(script.acknowledged) > 20)
        at.type("Port", str(port))
        at.wait_for(lambda: at.status.port == port)
        here = len(script.acknowledged)
        at.wait_for(lambda: len(script.acknowledged) > here + 20)
        script.end()
        at.settle()
        assert at.file == {"ingest_port": port}
        assert f"Listening on 127.0.0.1:{port}" in " ".join(texts(at.page))
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{before}/healthz")
        with closing(sqlite3.connect(at.running.data / "pump.db")) as database:
            stored = {nonce for (nonce,) in database.execute("SELECT nonce FROM live_bets")}
        assert set(script.acknowledged) <= stored
        # Nothing but refused or closed connections stood in the way.
        assert set(script.errors) <= {"ConnectError", "ReadError", "RemoteProtocolError", "WriteError"}

    def test_a_taken_one_is_a_sentence_and_the_old_one_goes_on(self, at: SettingsAt, taken: int) -> None:
        before = at.status
        at.type("Port", str(taken))
        at.wait_for(lambda: bool(lit(at.page)))
        assert lit(at.page) == {
            "Port": f"Port {taken} is in use by another program. Choose another port, or 0 for any free one."
        }
        assert at.text("Port") == str(taken)
        assert at.file == {}
        assert (at.status.state, at.status.port) == (ListenerState.LISTENING, before.port)
        assert post(at).status_code == 200

    def test_one_that_was_taken_at_the_start_can_be_tried_again(
        self, start: Start, qtbot: QtBot, taken: int
    ) -> None:
        at = SettingsAt(start(ingest_port=taken), qtbot)
        assert at.status.sentence
        assert any(words.startswith(f"Not listening · Port {taken}") for words in texts(at.page))
        click(at.page, "Try again")
        at.wait_for(lambda: at.status.state is ListenerState.REFUSED)
        port = free_port()
        at.type("Port", str(port))
        at.wait_for(lambda: at.status.state is ListenerState.LISTENING)
        at.settle()
        assert (at.status.port, at.file) == (port, {"ingest_port": port})
        assert post(at).status_code == 200
        at.running.window.clear_toasts()


def test_a_new_token_is_asked_for_at_once(at: SettingsAt) -> None:
    old = at.status.token
    token = edit(at.page, "Token")
    assert (token.text(), token.echoMode()) == (old, QLineEdit.EchoMode.Password)
    click(at.page, "Show token")
    assert token.echoMode() is QLineEdit.EchoMode.Normal
    click(at.page, "New token …")
    (dialog,) = at.running.window.findChildren(RotateDialog)
    assert any("Scripts that post here are refused" in words for words in texts(dialog))
    click(dialog, "Make a new token")
    at.wait_for(lambda: at.status.token not in {"", old})
    assert token.text() == at.status.token == (at.running.data / "token").read_text().strip()
    assert post(at, token=old).status_code == 401
    assert post(at).status_code == 200


def test_a_token_of_the_settings_file_makes_room_for_a_new_one(
    start: Start, qtbot: QtBot, data: Path
) -> None:
    old = "word-in-the-file"
    save_settings(data / "settings.json", {"ingest_token": old, "ingest_port": 0})
    at = SettingsAt(start(load_settings({"data_dir": data})), qtbot)
    assert at.text("Token") == old
    at.running.program.preferences.rotate_token()
    at.wait_for(lambda: at.status.token != old)
    assert at.file == {"ingest_port": 0}
    assert load_settings({"data_dir": data}).ingest_token is None
    assert post(at, token=old).status_code == 401
    assert post(at).status_code == 200


def test_token_switch_and_rate_limit_hold_without_a_restart(at: SettingsAt) -> None:
    server = at.running.program.listening._endpoint
    assert post(at, token="").status_code == 401
    at.click("Ask for the token when bets are posted")
    assert at.file == {"ingest_token_required": False}
    assert any(words.startswith("Off: every web page you open") for words in texts(at.page))
    assert post(at, token="").status_code == 200
    at.type("Rate limit", "2")
    at.settle()
    codes = [post(at, number).status_code for number in (2, 3, 4)]
    assert codes == [200, 200, 429]
    # No connection was closed for it: it is the same server.
    endpoint = at.running.program.listening._endpoint
    assert server is not None
    assert endpoint is not None
    assert endpoint.server is server.server


def test_a_token_that_cannot_be_written_is_a_sentence(at: SettingsAt) -> None:
    old = at.status.token
    (at.running.data / "token").unlink()
    (at.running.data / "token").mkdir()
    at.running.program.preferences.rotate_token()
    at.wait_for(lambda: "Token of the listener" in lit(at.page))
    assert (
        f"The token file {at.running.data / 'token'} cannot be written"
        in lit(at.page)["Token of the listener"]
    )
    assert at.status.token == old
    assert post(at).status_code == 200
