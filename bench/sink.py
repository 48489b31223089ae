"""A bare uvicorn that digests whatever is posted to it: what `bench/mock.py` measures the mock against.

The same server settings and the same digests as the mock, and nothing else: no form, no routes, no credentials.
"""

from __future__ import annotations

import hashlib
import signal
import socket
import sys

import uvicorn
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

BACKLOG = 2048


async def sink(_scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer with the digests of the body, once it is complete."""
    digests = (hashlib.md5(usedforsecurity=False), hashlib.sha256())
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        for digest in digests:
            digest.update(message["body"])
        more = message["more_body"]
    body = " ".join(digest.hexdigest() for digest in digests).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def main() -> None:
    """Listen on a free port of loopback, print the address in one line, and serve until SIGTERM."""
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}/ispws", flush=True)
        settings = uvicorn.Config(
            sink, lifespan="off", ws="none", server_header=False, proxy_headers=False, log_config=None
        )
        # uvicorn ends in order and then raises the signal once more, which is how this process is meant to end.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        uvicorn.Server(settings).run([listener])


if __name__ == "__main__":
    main()
