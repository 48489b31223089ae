"""The mock in the background of a test: a server in a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from cybertip.mock.app import BASE_PATH
from cybertip.mock.behaviour import Behaviour
from cybertip.mock.certificate import make_certificate
from cybertip.mock.core import MockCore
from cybertip.mock.exchanges import Exchange
from cybertip.mock.faults import AnyFault, FaultPlan, RandomFaults
from cybertip.mock.inspection_web import INSPECTION_PATH
from cybertip.mock.keeping import Keeper
from cybertip.mock.server import LOOPBACK, Server, Settings, base_url_of, listen, now
from cybertip.mock.state import FIRST_REPORT_ID, ReceivedReport


class MockServer:
    """A mock server in a background thread, for the time of a ``with`` block.

    It listens on loopback. Any number of them can run in one process; each has accounts and reports of its own.
    `core` stays readable after the block.
    """

    def __init__(
        self,
        accounts: Mapping[str, str] | None = None,
        *,
        core: MockCore | None = None,
        behaviour: Behaviour | None = None,
        first_report_id: int = FIRST_REPORT_ID,
        port: int = 0,
        tls: bool = False,
        keep_files: Path | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
    ) -> None:
        """Prepare a server; it starts with the ``with`` block.

        Args:
            accounts: user name -> password; one account, ``mock`` with ``mock-password``, where none are given.
            core: the core to serve, in place of `accounts`, `behaviour` and `first_report_id`: with a clock of one's
                own, or reports from before.
            behaviour: how to behave where the real server's behaviour is not known, or changed.
            first_report_id: the id of the first report; each later one is one more.
            port: the port to listen on; 0 takes any free one.
            tls: whether to serve HTTPS, with a certificate made for the occasion (`ca_file`).
            keep_files: a folder to keep the bytes of uploaded files in.
            on_exchange: called, in the thread of the server, with each request that has come to its end; a queue's
                ``put`` lets a test wait for one that nobody waits for any more.

        Raises:
            ConfigurationError: an account cannot be used with HTTP Basic authentication, the folder cannot be used, or
                a package for TLS is missing.
            TypeError: `core` is given together with what it has of its own.
        """
        if core is not None and (accounts is not None or behaviour is not None or first_report_id != FIRST_REPORT_ID):
            raise TypeError("give accounts, behaviour and first id, or a core, not both: a core has its own")
        self.core = core or MockCore(accounts, clock=now, behaviour=behaviour, first_report_id=first_report_id)
        self._settings = Settings(
            port=port,
            certificate=make_certificate(LOOPBACK) if tls else None,
            keeper=Keeper(keep_files) if keep_files is not None else None,
            on_exchange=on_exchange,
        )
        self._base_url: str | None = None
        self._server: Server | None = None
        self._running = ExitStack()

    def __repr__(self) -> str:
        return f"MockServer({self._base_url or 'not started'}, core={self.core!r})"

    @property
    def base_url(self) -> str:
        """The address of the API, such as ``http://127.0.0.1:8750/ispws``. Raises RuntimeError before the start."""
        if self._base_url is None:
            raise RuntimeError("the mock server has not been started: use it in a with statement")
        return self._base_url

    @property
    def inspection_url(self) -> str:
        """The address to look at it, such as ``http://127.0.0.1:8750/_mock``. Raises RuntimeError before the start."""
        return self.base_url.removesuffix(BASE_PATH) + INSPECTION_PATH

    @property
    def username(self) -> str:
        """The name of the first account."""
        return next(iter(self.core.accounts))

    @property
    def password(self) -> str:
        """The password of the first account, in clear."""
        return self.core.accounts.password(self.username)

    @property
    def environ(self) -> dict[str, str]:
        """The environment variables with which `cybertip` and programs made with it reach this mock."""
        variables = {
            "CYBERTIP_ENVIRONMENT": "mock",
            "CYBERTIP_BASE_URL": self.base_url,
            "CYBERTIP_USERNAME": self.username,
            "CYBERTIP_PASSWORD": self.password,
        }
        return variables if self.ca_file is None else {**variables, "SSL_CERT_FILE": str(self.ca_file)}

    @property
    def ca_file(self) -> Path | None:
        """The certificate for clients to trust, where it serves HTTPS. The file is gone when the server is."""
        return self._settings.certificate.ca_file if self._settings.certificate is not None else None

    # --- what arrived, and what is to happen ---------------------------------------------------------------------

    @property
    def reports(self) -> list[ReceivedReport]:
        """Every report that was opened, oldest first."""
        return list(self.core.reports.values())

    def report(self, report_id: int | Literal["latest"] = "latest") -> ReceivedReport:
        """One report. Raises LookupError where there is none."""
        if report_id != "latest":
            return self.core.reports[report_id]
        if not self.core.reports:
            raise LookupError("no report has been opened yet")
        return self.reports[-1]

    @property
    def faults(self) -> tuple[AnyFault, ...]:
        """The faults that are left."""
        return self.core.faults.left.faults

    def set_faults(self, *faults: AnyFault, random: RandomFaults | None = None) -> None:
        """Replace all faults; none are left where none are given."""
        self._do(partial(self.core.set_faults, FaultPlan(faults=faults, random=random)))

    def advance(self, by: timedelta) -> None:
        """Move the mock's time on."""
        self._do(partial(self.core.move_clock, by=by))

    def reset(self) -> None:
        """Forget all reports, faults and moves of the clock. Report ids go on from where they are."""
        self._do(self._reset)

    def _reset(self) -> None:
        self.core.forget()
        self.core.set_faults(FaultPlan())
        self.core.reset_clock()

    def _do(self, action: Callable[[], object]) -> None:
        """Let something happen to the core where everything happens to it: in the thread of the server."""
        if self._server is None:
            action()
        else:
            self._server.do(action)

    def __enter__(self) -> Self:
        """Start, and return once it takes connections.

        Raises:
            ConfigurationError: the port cannot be used.
        """
        with ExitStack() as running:
            if self._settings.certificate is not None:
                running.enter_context(self._settings.certificate)
            listener = listen(LOOPBACK, self._settings.port)
            self._base_url = base_url_of(listener, self._settings)
            self._server = running.enter_context(_in_background(self.core, self._settings, listener))
            self._running = running.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop: requests under way get a second to come to their end, then their connections are cut."""
        self._running.close()
        self._server = None


@contextmanager
def _in_background(core: MockCore, settings: Settings, listener: socket.socket) -> Iterator[Server]:
    ready = threading.Event()
    server = Server(core, settings, ready.set)

    def run() -> None:
        try:
            with listener:
                server.run([listener])
        finally:
            # Nobody may wait for a server that could not start; the thread itself reports why.
            ready.set()

    thread = threading.Thread(target=run, name="cybertip mock", daemon=True)
    thread.start()
    ready.wait()
    try:
        if not server.started:
            raise RuntimeError("the mock server did not start")
        yield server
    finally:
        server.should_exit = True
        thread.join()
