"""File one made-up case: from a review record to the receipt.

Start a mock first (``cybertip mock``); then run ``python examples/quickstart.py``.
CYBERTIP_BASE_URL names another mock.
"""

import os
import tempfile
from pathlib import Path

from cybertip import Client, build, read_record, sample, source

with (
    tempfile.TemporaryDirectory() as folder,
    Client("mock", "mock-password", base_url=os.environ.get("CYBERTIP_BASE_URL")) as client,
):
    # A provider's pipeline hands in its own record; this one is made up, with two plain pictures.
    path = sample.write_case(Path(folder))
    record = read_record(path.read_bytes())

    # Only a confirmed decision becomes a report. Anything wrong is a RecordError whose findings name the place.
    package = build(record, sample.profile())

    report_id = client.submit(package.report).report_id
    for item in package.files:
        # With the SHA-256 that was reviewed, a file that changed since never arrives as a whole.
        picture = source(item.file(path.parent), name=item.name, sha256=item.sha256)
        upload = client.upload(report_id, picture)
        client.file_info(item.details(report_id, upload.file_id))

    # From here on it is filed. Keep the receipt byte for byte.
    result = client.finish(report_id)
    print(f"report {result.report_id} is filed with {len(result.file_ids)} files")
    print(result.receipt.decode())
