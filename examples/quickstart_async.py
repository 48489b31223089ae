"""The same as quickstart.py with asyncio.

Start a mock first (``cybertip mock``); then run ``python examples/quickstart_async.py``.
CYBERTIP_BASE_URL names another mock.
"""

import asyncio
import os
import tempfile
from pathlib import Path

from cybertip import AsyncClient, CallError, build, read_record, sample, source


async def main(folder: Path) -> None:
    """File the case; retract what was opened if something fails before the end."""
    path = sample.write_case(folder)
    package = build(read_record(path.read_bytes()), sample.profile())
    async with AsyncClient("mock", "mock-password", base_url=os.environ.get("CYBERTIP_BASE_URL")) as client:
        report_id = (await client.submit(package.report)).report_id
        try:
            for item in package.files:
                picture = source(item.file(folder), name=item.name, sha256=item.sha256)
                upload = await client.upload(report_id, picture)
                await client.file_info(item.details(report_id, upload.file_id))
        except CallError as problem:
            # `known` says whether the server may have acted; before /finish a report can always be retracted.
            print(f"{problem.call} did not succeed: {problem.known}")
            await client.retract(report_id)
            raise
        result = await client.finish(report_id)
        print(f"report {result.report_id} is filed with {len(result.file_ids)} files")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(main(Path(name)))
