"""Make a night in which three of four filings failed, to practise with: find what is stuck, mend it, see it filed.

Start a mock first (``cybertip mock``), then run ``python examples/failed_overnight.py``. It makes the folder
``failed-overnight`` with a ledger, the settings, and what colleagues have left for whoever has to mend it (notes.txt).
Go there and begin with ``cybertip health``; docs/operating.md tells the rest. CYBERTIP_BASE_URL names another mock.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from cybertip import Client, Filer, Ledger, Pace, sample

URL = os.environ.get("CYBERTIP_BASE_URL") or "http://127.0.0.1:8750/ispws"
FOLDER = Path("failed-overnight")

SETTINGS = f"""\
[server]
base_url = "{URL}"

[profiles.default]
company_template = "Serve legal process by e-mail to legal@example.com."
legal_url = "https://example.com/legal"
service = "Example Photos"

[profiles.default.reporting_person]
emails = [{{ address = "reports@example.com", type = "Work" }}]

[profiles.default.contact_person]
emails = [{{ address = "legal@example.com", type = "Work" }}]
"""

NOTES = """\
Monday, for whoever is on duty:

- The reviewers say that night-1 names the wrong platform. The right record is corrected/night-1.json.
- Storage lost some files at midnight. What could be brought back is in restored/, under its old name;
  night-2 had its pictures in night-2/.
- NCMEC called back about report {report}: it was never finished, is not filed, and they have closed it.
  Their reference for that is 2026-0117.
"""


def faults(*wanted: dict[str, Any]) -> None:
    """Tell the mock what is to go wrong."""
    place = urlsplit(URL)
    httpx.put(f"{place.scheme}://{place.netloc}/_mock/faults", json=list(wanted)).raise_for_status()


def write_record(name: str, folder: Path, **incident: str) -> Path:
    """Write a made-up record with two pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = sample.write_case(folder)
    content = json.loads(path.read_text(encoding="utf-8"))
    content |= {"id": name, "incident": content["incident"] | incident}
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    return path.replace(folder / f"{name}.json")


FOLDER.mkdir()
(FOLDER / "cybertip.toml").write_text(SETTINGS, encoding="utf-8")
evidence = FOLDER / "evidence"
records = [write_record(f"night-{number}", evidence) for number in (1, 3, 4)]
write_record("night-1", FOLDER / "corrected", platform="Example Photos for the web")

pace = Pace(base=timedelta(milliseconds=10))
with (
    Ledger.open(FOLDER / "cybertip-mock.sqlite3", environment="mock", account="mock", pace=pace) as ledger,
    Client("mock", "mock-password", base_url=URL) as client,
):
    filer = Filer(ledger, client, sample.profile(), by="nightly job")

    # The first: the server does not take what it says.
    faults({"fault": "code", "call": "submit", "code": 4100, "description": "platform is not known"})
    filer.file(records[0].read_bytes(), evidence)

    # The third: the finish is lost, and then the server knows no such report.
    faults(
        {"fault": "status", "call": "finish", "status": 502, "acts": False},
        {"fault": "code", "call": "finish", "code": 5001},
    )
    lost = filer.file(records[1].read_bytes(), evidence, patience=timedelta(seconds=30))

    # The fourth goes well.
    faults()
    well = filer.file(records[2].read_bytes(), evidence)

    # The second: its files are gone when it is its turn.
    missing = write_record("night-2", FOLDER / "night-2")
    (FOLDER / "restored").mkdir()
    for picture in missing.parent.glob("*.png"):
        picture.replace(FOLDER / "restored" / picture.name)
    filer.file(missing.read_bytes(), missing.parent)

    (FOLDER / "notes.txt").write_text(NOTES.format(report=lost.status.report_id), encoding="utf-8")
    print(f"report {well.status.report_id} is filed; three other filings failed")
    for filing in ledger.filings(datetime.now(UTC)):
        print(f"{', '.join(filing.record_ids)}: {filing.status.kind}")
print(f"Now: cd {FOLDER}; cybertip health")
