"""The window of ``make faults``: read and clicked from outside as a person would."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tools.fault_stage import Fault
from tools.fault_window_stage import windows
from tools.load_server import healthy


def test_what_a_window_shows_is_read_and_its_buttons_are_clicked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # no Xvfb: offscreen, which every machine has
    fault = Fault("none")
    with windows(tmp_path) as begin:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            window = begin(tmp_path / "data", port)
            window.wait("a refused port", lambda: window.has_shown("status", "Not listening"))
        (sentence,) = [one for one, places in window.sentences().items() if "notice" in places]
        assert sentence.startswith(f"Port {port} is in use")
        window.forget()
        assert window.sentences() == {}
        window.do("open", "settings")
        window.do("click", "Try again")
        window.wait("the listener", lambda: healthy(port))
        window.do("click", "No such button")
        window.wait("a refusal", lambda: window.has_shown("refused", "0 buttons say No such button"))
        window.end(fault)
    assert fault.wrong == ["refused: 0 buttons say No such button"]
