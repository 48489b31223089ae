"""A stand-in for NCMEC's CyberTipline Reporting API, for developers and tests.

Nobody gets credentials before there is an integration, and nothing is ever tried against the real hosts. `MockServer`
is the mock on a real socket; `MockCore` is the same server as plain objects, without network, threads or real time,
for tests that move the clock by hand.

    with MockServer() as server:
        client = Client(server.username, server.password, base_url=server.base_url)
        ...
        assert server.core.reports[report_id].state is ReportState.FINISHED

It is faithful to the server of 2025 in: the seven endpoints and their form encodings, Basic authentication, the
schema, the response codes 0, 2000, 3300, 4000, 4100, 4110, 5001, 5002, 5101 and 5102 and where they appear, the life
of a report including its lapse, the MD5 of uploads, and the odd headers. Comments in the code mark each behaviour:
*documented* by NCMEC, *seen* in exchanges of providers, or *assumed* where neither tells; an assumption takes the
stricter side, so that a client learns of a problem here and not there.

It does not yet: check the rules beyond the schema, behave like the server of 2016, keep its state or the uploaded
bytes, misbehave on request, or show what arrived on a page.

What it received can be looked at (`MockCore.reports`). Uploaded bytes are digested and dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cybertip.mock.core import MockCore
from cybertip.mock.state import ReportState

if TYPE_CHECKING:
    from cybertip.mock.server import MockServer, serve

__all__ = ["MockCore", "MockServer", "ReportState", "serve"]


def __getattr__(name: str) -> Any:
    # The core works without the web libraries, so they are loaded with the first thing that needs them.
    if name in ("MockServer", "serve"):
        from cybertip.mock import server

        return getattr(server, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
