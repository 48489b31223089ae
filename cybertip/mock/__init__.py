"""A stand-in for NCMEC's CyberTipline Reporting API, for developers and tests.

Nobody gets credentials before there is an integration, and nothing is ever tried against the real hosts. `MockServer`
is the mock on a real socket; `MockCore` is the same server as plain objects, without network, threads or real time,
for tests and simulations that move the clock by hand.

    with MockServer() as server:
        client = Client(server.username, server.password, base_url=server.base_url)
        ...
        assert server.report("latest").state is ReportState.FINISHED

Comments in the code mark each behaviour: *documented* by NCMEC, *seen* in exchanges of providers, or *assumed* where
neither tells. `Behaviour` has a switch for what matters and is not known; `docs/mock.md` lists all of it. What goes
wrong on a network, and what a server does wrong, are `cybertip.mock.faults`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cybertip.mock.behaviour import Behaviour
from cybertip.mock.core import MockCore
from cybertip.mock.state import ReceivedFile, ReceivedReport, ReportState

if TYPE_CHECKING:
    from cybertip.mock.app import create_app
    from cybertip.mock.background import MockServer
    from cybertip.mock.server import serve

__all__ = [
    "Behaviour",
    "MockCore",
    "MockServer",
    "ReceivedFile",
    "ReceivedReport",
    "ReportState",
    "create_app",
    "serve",
]

_WEB = {"MockServer": "background", "serve": "server", "create_app": "app"}


def __getattr__(name: str) -> Any:
    # The core works without the web libraries, so they are loaded with the first thing that needs them.
    if name in _WEB:
        from importlib import import_module

        return getattr(import_module(f"cybertip.mock.{_WEB[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
