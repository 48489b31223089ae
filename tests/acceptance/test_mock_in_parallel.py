"""Two hundred filings at once: nothing of one ends up in another."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from dataclasses import dataclass, field
from random import Random

import httpx

from cybertip.mock import MockServer, ReportState
from cybertip.mock.state import ReceivedReport
from tests.contract.judging import SEED
from tests.mock_http import XML, response
from tests.samples import file_details_xml, report_xml

FILINGS = 200
ACCOUNTS = {"esp-one": "password-one", "esp-two": "password-two"}
CALLS = {ReportState.FINISHED: "/finish", ReportState.RETRACTED: "/retract"}


@dataclass
class Filing:
    """What one task did, and what the mock answered to it.

    Attributes:
        account: whose filing it is.
        xml: its own report.
        state: how it leaves the report.
        report_id: the id of the report.
        files: file id -> file name, MD5, size, and details where it sent some; in the order of the uploads.
    """

    account: str
    xml: bytes = field(repr=False)
    state: ReportState
    report_id: int = 0
    files: dict[str, tuple[str, str, int, bytes | None]] = field(default_factory=dict)


def matches(filing: Filing, report: ReceivedReport) -> bool:
    """Whether the mock has of this filing exactly what was sent."""
    files = {file.id: (file.name, file.md5, file.size, file.details) for file in report.files}
    sent = (filing.report_id, filing.account, filing.xml, filing.state, list(filing.files.items()))
    return sent == (report.id, report.account, report.xml, report.state, list(files.items()))


async def file(client: httpx.AsyncClient, filing: Filing, rng: Random, mark: str, others: list[Filing]) -> None:
    """Open a report, upload files, describe some, and end as planned. One of the other account's is tried as well."""
    filing.report_id = response(await client.post("/submit", content=filing.xml, headers=XML)).report_id or 0
    form = {"id": str(filing.report_id)}
    for number in range(rng.randrange(1, 4)):
        name, data = f"{mark}-{number}.bin", f"{mark}-{number} ".encode() * rng.choice((1, 1000, 20_000))
        uploaded = response(await client.post("/upload", data=form, files={"file": (name, data)}))
        assert (uploaded.report_id, uploaded.file_id is None) == (filing.report_id, False)
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        assert uploaded.hash == md5
        details = None
        if rng.random() < 0.5:
            details = file_details_xml(filing.report_id, uploaded.file_id or "").replace(b"holiday", mark.encode())
            assert (await client.post("/fileinfo", content=details, headers=XML)).status_code == 200
        filing.files[uploaded.file_id or ""] = (name, md5, len(data), details)
    foreign = [other.report_id for other in others if other.account != filing.account and other.report_id]
    refused = await client.post("/retract", data={"id": str(rng.choice(foreign or [1]))})
    assert response(refused).response_code == (3300 if foreign else 5001)
    if filing.state in CALLS:
        assert (await client.post(CALLS[filing.state], data=form)).status_code == 200


async def file_all(base_url: str, filings: list[Filing]) -> None:
    """Run all filings at once, each over a connection of its own."""
    unused = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # making one for each client would take seconds

    async def one(number: int, filing: Filing) -> None:
        auth = (filing.account, ACCOUNTS[filing.account])
        async with httpx.AsyncClient(
            base_url=base_url, auth=auth, verify=unused, trust_env=False, timeout=60
        ) as client:
            await file(client, filing, Random(f"{SEED} {number}"), f"filing-{number}", filings)

    async with asyncio.TaskGroup() as tasks:
        for number, filing in enumerate(filings):
            tasks.create_task(one(number, filing))


def test_two_hundred_filings_at_once_do_not_mix() -> None:
    """Each report of many parallel ones ends as its own task left it, with its own files and no others."""
    head = f"CYBERTIP_TEST_SEED={SEED}"
    print(head)
    rng = Random(SEED)
    filings = [
        Filing(
            account=rng.choice(list(ACCOUNTS)),
            xml=report_xml().replace(b"sample_user", f"filing-{number}".encode()),
            state=rng.choice((ReportState.FINISHED, ReportState.RETRACTED, ReportState.OPEN)),
        )
        for number in range(FILINGS)
    ]
    with MockServer(ACCOUNTS) as server:
        asyncio.run(file_all(server.base_url, filings))
        reports = dict(server.core.reports)
    assert reports.keys() == {filing.report_id for filing in filings}, head
    mixed = [number for number, filing in enumerate(filings) if not matches(filing, reports[filing.report_id])]
    assert not mixed, f"{head}: filings {mixed} are not as they were sent"
