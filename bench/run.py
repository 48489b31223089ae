"""Measure, as ratios within one run: starting, uploads, the codec, checks, filing through the ledger, the mock.

Run by ``make bench``. ``--size`` sets the uploads' size in MiB (2048 by default, and half of that for the mock; the
files are sparse).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from checks import measure_checks
from filing import measure_filing
from lxml import etree
from mock import measure_mock  # noqa: UP026 - bench/mock.py
from starting import measure_starting

from cybertip import Client, Schema, build, parse, read_record, sample, write

HERE = Path(__file__).resolve().parent
PEAK_LIMIT_KB = 100 * 1024


def timed(action: Callable[[], object]) -> float:
    """Seconds that an action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def best(action: Callable[[], object], rounds: int = 5) -> float:
    """The shortest of several times: what the machine can do when nothing else disturbs it."""
    return min(timed(action) for _ in range(rounds))


def client_upload(kind: str, base_url: str, path: Path, folder: Path) -> tuple[float, int]:
    """Seconds and peak kilobytes of an upload in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(HERE / "upload.py"), kind, base_url, str(path), str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    result = json.loads(done.stdout)
    return result["seconds"], result["peak_kb"]


def curl_upload(base_url: str, path: Path, report_id: int) -> float:
    """Seconds of md5sum plus curl's upload of the same file to the same server."""
    hashing = timed(lambda: subprocess.run(["md5sum", str(path)], check=True, capture_output=True))
    command = ["curl", "-s", "-S", "--fail", "-u", "mock:mock-password", "--form", f"id={report_id}"]
    command += ["--form", f"file=@{path}", f"{base_url}/upload"]
    return hashing + timed(lambda: subprocess.run(command, check=True, capture_output=True))


def measure_uploads(size: int, folder: Path) -> bool:
    """Print the uploads' times, memory and ratios; whether memory stayed within the limit."""
    path = folder / "sparse.bin"
    with path.open("wb") as file:
        file.truncate(size * 1024 * 1024)
    server = subprocess.Popen(
        [sys.executable, "-m", "cybertip", "mock", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        base_url = server.stdout.readline().strip()
        curl = None
        if shutil.which("curl") and shutil.which("md5sum"):
            report = build(read_record(sample.write_case(folder).read_bytes()), sample.profile()).report
            with Client("mock", "mock-password", base_url=base_url) as client:
                curl = curl_upload(base_url, path, client.submit(report).report_id)
            print(f"md5sum and curl          {curl:7.2f} s")
        within = True
        for kind in ("sync", "async"):
            seconds, peak = client_upload(kind, base_url, path, folder)
            ratio = f"{seconds / curl:5.2f} x md5sum and curl" if curl else "(no curl to compare with)"
            print(f"{kind:5} client, {size} MiB   {seconds:7.2f} s   peak {peak / 1024:6.1f} MiB   {ratio}")
            within = within and peak < PEAK_LIMIT_KB
        return within
    finally:
        server.terminate()
        server.wait()


def measure_codec(folder: Path) -> None:
    """Print what writing, validating and parsing cost, as multiples of lxml's own parsing."""
    record = read_record(sample.write_case(folder).read_bytes())
    report = build(record, sample.profile()).report
    data, schema = write(report), Schema.bundled()

    def repeat(action: Callable[[], object]) -> float:
        return best(lambda: [action() for _ in range(500)]) / 500

    base = repeat(lambda: etree.fromstring(data))
    print(f"report of {len(data)} bytes; lxml parses it in {base * 1e6:.0f} µs")
    for name, action in {
        "build": lambda: build(record, sample.profile()),
        "write": lambda: write(report),
        "validate": lambda: schema.validate(data),
        "parse": lambda: parse(data),
    }.items():
        seconds = repeat(action)
        print(f"  {name:9} {seconds * 1e6:7.0f} µs   {seconds / base:5.1f} x")


def main() -> int:
    """Run all measurements; the exit status says whether memory, growth, ratio and start stayed within their limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2048, help="MiB to upload")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cybertip-bench-") as name:
        quick = measure_starting()
        measure_codec(Path(name))
        linear = measure_checks()
        within = measure_uploads(options.size, Path(name))
        filing_within = measure_filing(200, Path(name))
        mock_within = measure_mock(max(options.size // 2, 1), Path(name))
    return 0 if quick and linear and within and filing_within and mock_within else 1


if __name__ == "__main__":
    sys.exit(main())
