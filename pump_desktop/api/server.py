"""The listener: uvicorn in a thread of this program, on a loopback socket of its own."""

from __future__ import annotations

import errno
import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime

import uvicorn

from pump_desktop.api.app import GuardedApi, create_app, with_settings
from pump_desktop.api.connections import Connection
from pump_desktop.api.context import Context
from pump_desktop.api.traffic import Traffic
from pump_desktop.domain.errors import KnownError, PortTakenError
from pump_desktop.services.backend import Backend
from pump_desktop.system.clock import utc_now
from pump_desktop.system.settings import Settings

HOST = "127.0.0.1"

_START_TIMEOUT_S = 10.0
_STOP_TIMEOUT_S = 6.0
# Requests under way get this long after stop() began; it must end before the thread is given up.
_GRACE_S = 4
# Longer than scripts pause between bets: a connection closed under a client's hands costs a retry.
_KEEP_ALIVE_S = 75

_log = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """uvicorn, telling when it listens and ending what never ends by itself."""

    def __init__(self, config: uvicorn.Config, context: Context) -> None:
        super().__init__(config)
        self._context = context
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close event streams and stop scans first, because nobody else will."""
        self._context.closing.say()
        await super().shutdown(sockets)


class Listener:
    """The HTTP listener of an open backend; ``start()`` and ``stop()`` may follow each other."""

    def __init__(
        self,
        backend: Backend,
        *,
        settings: Settings,
        token: str,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._backend = backend
        self._settings = settings
        self._token = token
        self._now = now
        self._socket: socket.socket | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._context: Context | None = None
        self._app: GuardedApi | None = None
        self._port = 0

    @property
    def port(self) -> int:
        """The port that is listened on; 0 while stopped."""
        return self._port

    @property
    def url(self) -> str:
        """The address scripts post to."""
        return f"http://{HOST}:{self._port}"

    def start(self, port: int | None = None) -> None:
        """Listen on ``port`` (the settings' one when None, any free one for 0); raises KnownError."""
        if self._thread is not None:
            raise RuntimeError("the listener runs already")
        listening = bind(self._settings.ingest_port if port is None else port)
        app = create_app(self._backend, settings=self._settings, token=self._token, now=self._now)
        context: Context = app.state.context
        config = uvicorn.Config(
            app,
            http=Connection,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            # Otherwise a header could say which client it is, and go round the rate limit.
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_GRACE_S,
        )
        server = _Server(config, context)
        thread = threading.Thread(target=self._serve, args=(server, listening), name="listener", daemon=True)
        thread.start()
        if not server.ready.wait(_START_TIMEOUT_S) or not server.started:
            server.should_exit = True
            context.work.close()
            listening.close()
            raise KnownError("The listener did not start; the log says why.")
        self._server, self._thread, self._context, self._app = server, thread, context, app
        self._port = listening.getsockname()[1]
        _log.info("listening on %s", self.url)

    def stop(self, timeout: float = _STOP_TIMEOUT_S) -> None:
        """Answer what is under way, close all connections and end the thread; a second call does nothing."""
        server, thread = self._server, self._thread
        if server is None or thread is None:
            return
        server.should_exit = True
        thread.join(timeout)
        if thread.is_alive():
            server.force_exit = True
            _log.error("the listener did not end in %.0f s", timeout)
            if self._context is not None:
                self._context.work.close()
        self._server = self._thread = self._app = None
        self._port = 0

    def change(self, settings: Settings, token: str) -> None:
        """Have other limits and another token in force from the next request on; no connection is closed."""
        self._settings, self._token = settings, token
        app, context = self._app, self._context
        if app is not None and context is not None:
            self._context = with_settings(app, context, settings, token)

    def traffic(self) -> Traffic:
        """Give how busy ingest is; safe to call from any thread."""
        return Traffic() if self._context is None else self._context.traffic.read()

    @staticmethod
    def _serve(server: _Server, listening: socket.socket) -> None:
        try:
            server.run(sockets=[listening])
        except Exception:  # noqa: BLE001 - logged; start() tells its caller that nothing listens
            _log.exception("the listener failed")
        finally:
            listening.close()
            server.ready.set()  # for a start() that waits: no more will come


def bind(port: int) -> socket.socket:
    """Give a socket that listens on a loopback port, 0 for any free one; raises KnownError."""
    # IPPROTO_TCP by name: only then asyncio turns Nagle's delay off, which costs 44 ms an answer.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # A port whose last connections are still winding down is free.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # On Windows another program could otherwise take the port over.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        listening.bind((HOST, port))
        # At once: two sockets may be bound to one port with SO_REUSEADDR as long as neither listens.
        listening.listen(512)
    except (OSError, OverflowError) as error:
        listening.close()
        kind = PortTakenError if getattr(error, "errno", None) == errno.EADDRINUSE else KnownError
        raise kind(_refusal(port, error)) from error
    return listening


def _refusal(port: int, error: OSError | OverflowError) -> str:
    if isinstance(error, OverflowError):
        return f"Port {port} does not exist; choose one from 1 to 65535."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program. Choose another port, or 0 for any free one."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this account. Choose one from 1024 to 65535."
    return f"Port {port} cannot be listened on: {error.strerror or error}."
