"""Measure the mock: uploads against a bare uvicorn that digests the same bytes, its peak memory, its start.

``--size`` sets the upload's size in MiB (1024 by default; the file is sparse). The sender hands the file to the kernel,
so that both servers, and not the sender, set the pace. Fails below `RATIO_LIMIT` of the bare server's throughput, and
where the mock's memory reaches `PEAK_LIMIT` bytes.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from cybertip import Client, build, read_record, sample

HERE = Path(__file__).resolve().parent
MOCK = ("-m", "cybertip", "mock", "--port", "0")
SINK = (str(HERE / "sink.py"),)

MIB = 1024 * 1024
ROUNDS = 5
STARTS = 5
RATIO_LIMIT = 0.8
PEAK_LIMIT = 80 * 1000 * 1000
TIMEOUT = 600

BOUNDARY = "bench-boundary"

# Where freed memory lies on its heap decides whether glibc gives each buffer back and asks for it again: chance, and a
# third of the time. Both servers keep it. Other C libraries do not know these variables.
STEADY_HEAP = {"MALLOC_TRIM_THRESHOLD_": str(64 * MIB), "MALLOC_MMAP_THRESHOLD_": str(32 * MIB)}


@contextmanager
def running(command: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Start a server in a process of its own; gives its base URL, once it listens, and its process id."""
    server = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **STEADY_HEAP},
    )
    with server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip(), server.pid
        finally:
            server.terminate()


def upload(base_url: str, path: Path, report_id: int) -> float:
    """Seconds that an upload takes, from its first byte to the answer, on a connection that is open already."""
    opening = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="id"\r\n\r\n{report_id}\r\n--{BOUNDARY}\r\n'
        'Content-Disposition: form-data; name="file"; filename="sparse.bin"\r\n\r\n'
    ).encode()
    closing = f"\r\n--{BOUNDARY}--\r\n".encode()
    address = urlsplit(base_url)
    head = (
        f"POST {address.path}/upload HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n"
        f"Authorization: Basic {b64encode(b'mock:mock-password').decode()}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(opening) + path.stat().st_size + len(closing)}\r\n\r\n"
    ).encode()
    with socket.create_connection((address.hostname, address.port), TIMEOUT) as connection, path.open("rb") as file:
        started = time.perf_counter()
        connection.sendall(head + opening)
        connection.sendfile(file)
        connection.sendall(closing)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
        seconds = time.perf_counter() - started
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"the server answered {answer[:80]!r}")
    return seconds


def peak_bytes(pid: int) -> int:
    """The most memory that a process had so far; outside Linux what it has now, which after uploads is close."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], check=True, capture_output=True, text=True)
    return int(shown.stdout) * 1024


def start_seconds() -> float:
    """Seconds from the start of a mock's process to its base URL on stdout; the shortest of several."""

    def once() -> float:
        started = time.perf_counter()
        with running(MOCK):
            return time.perf_counter() - started

    return min(once() for _ in range(STARTS))


def measure_mock(size: int, folder: Path) -> bool:
    """Print throughputs, ratio, memory and start-up; whether ratio and memory are within their limits."""
    path = folder / "sparse-for-the-mock.bin"
    with path.open("wb") as file:
        file.truncate(size * MIB)
    report = build(read_record(sample.write_case(folder).read_bytes()), sample.profile()).report
    of_sink, of_mock = [], []
    with running(SINK) as (sink_url, _), running(MOCK) as (mock_url, pid):
        with Client("mock", "mock-password", base_url=mock_url) as client:
            report_id = client.submit(report).report_id
        # In turns, so that whatever else the machine does hits both.
        for _ in range(ROUNDS):
            of_sink.append(upload(sink_url, path, report_id))
            of_mock.append(upload(mock_url, path, report_id))
        peak = peak_bytes(pid)
    ratio = min(of_sink) / min(of_mock)
    for name, seconds in (("bare uvicorn, digesting", min(of_sink)), ("mock", min(of_mock))):
        print(f"{name:23}, {size} MiB   {seconds:6.2f} s   {size / seconds:7.1f} MiB/s")
    print(f"the mock has {ratio:.2f} of the bare server's throughput (at least {RATIO_LIMIT})")
    print(f"the mock's peak memory: {peak / 1e6:.1f} MB (below {PEAK_LIMIT / 1e6:.0f})")
    print(f"the mock listens {start_seconds():.2f} s after its start")
    return ratio >= RATIO_LIMIT and peak < PEAK_LIMIT


def main() -> int:
    """Measure the mock alone; the exit status says whether it stayed within its limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024, help="MiB to upload")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cybertip-bench-") as name:
        return 0 if measure_mock(options.size, Path(name)) else 1


if __name__ == "__main__":
    sys.exit(main())
