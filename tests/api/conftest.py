import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest

from pump_desktop.api.server import Listener
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.api.samples import TOKEN

MESSAGES = Path(__file__).parents[1] / "data" / "messages.json"


@pytest.fixture
def listen(backend: Backend) -> Iterator[Callable[..., Listener]]:
    """Give a function that starts a listener with some settings on a free port."""
    started: list[Listener] = []

    def start(**settings: Any) -> Listener:
        listener = Listener(backend, settings=Settings(**settings), token=TOKEN)
        listener.start(0)
        started.append(listener)
        return listener

    yield start
    for listener in started:
        listener.stop()


@pytest.fixture
def listener(listen: Callable[..., Listener]) -> Listener:
    return listen(max_nonces=20_000)


@pytest.fixture
def client(listener: Listener) -> Iterator[httpx.Client]:
    """Give a client that knows the token."""
    with httpx.Client(base_url=listener.url, headers={"X-Ingest-Token": TOKEN}, timeout=20) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """Give one listener for all tests of a module that leave nothing stored."""
    backend = open_backend(Settings(), resolve_paths(tmp_path_factory.mktemp("shared")))
    opened = Listener(backend, settings=Settings(max_nonces=20_000), token=TOKEN)
    opened.start(0)
    # All its threads now: one that began within a test would look like left behind by it.
    pool = opened._context.work._reads  # type: ignore[union-attr]  # it has started
    together = Barrier(pool._max_workers)
    for future in [pool.submit(together.wait) for _ in range(pool._max_workers)]:
        future.result(5)
    yield opened
    opened.stop()
    backend.close()


@pytest.fixture
def shared_client(shared: Listener) -> Iterator[httpx.Client]:
    """Give a client of the shared listener that knows the token."""
    with httpx.Client(base_url=shared.url, headers={"X-Ingest-Token": TOKEN}, timeout=20) as opened:
        yield opened


@pytest.fixture(scope="session")
def messages() -> dict[str, Any]:
    """Give the contract's examples of messages."""
    loaded: dict[str, Any] = json.loads(MESSAGES.read_bytes())
    return loaded
