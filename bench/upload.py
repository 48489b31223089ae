"""Upload one file to a mock and tell the time and the peak memory of this process. Run by `bench/run.py`."""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from cybertip import AsyncClient, Client, Timeouts, build, read_record, sample
from cybertip.models import Report


def _report(folder: Path) -> Report:
    return build(read_record(sample.write_case(folder).read_bytes()), sample.profile()).report


async def _upload(base_url: str, path: str, report: Report, timeouts: Timeouts) -> float:
    async with AsyncClient("mock", "mock-password", base_url=base_url, timeouts=timeouts) as client:
        report_id = (await client.submit(report)).report_id
        started = time.perf_counter()
        await client.upload(report_id, path)
        return time.perf_counter() - started


def main() -> None:
    """Upload, and print seconds and kilobytes as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["sync", "async"])
    parser.add_argument("base_url")
    parser.add_argument("path")
    parser.add_argument("folder")
    options = parser.parse_args()
    report = _report(Path(options.folder))
    timeouts = Timeouts(read=600)
    if options.kind == "async":
        seconds = asyncio.run(_upload(options.base_url, options.path, report, timeouts))
    else:
        with Client("mock", "mock-password", base_url=options.base_url, timeouts=timeouts) as client:
            report_id = client.submit(report).report_id
            started = time.perf_counter()
            client.upload(report_id, options.path)
            seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kilobytes, macOS bytes.
    print(json.dumps({"seconds": seconds, "peak_kb": peak // 1024 if sys.platform == "darwin" else peak}))


if __name__ == "__main__":
    main()
