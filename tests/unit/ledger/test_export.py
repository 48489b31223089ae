"""One filing's history for people who have no ledger."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cybertip.errors import ConfigurationError
from cybertip.filing.preservation import Retention
from cybertip.ledger import Ledger, LedgerError
from tests.unit.ledger.ledgers import Clock, add, file_it, open_ledger, package


@pytest.fixture
def folder(ledger: Ledger, tmp_path: Path) -> Path:
    """The history of a filing that was filed, exported under a wide umask."""
    filing_id = add(ledger)
    file_it(ledger, filing_id)
    folder = tmp_path / "history"
    before = os.umask(0)
    try:
        ledger.export(filing_id, folder)
    finally:
        os.umask(before)
    return folder


@pytest.fixture
def history(folder: Path) -> dict[str, Any]:
    """What history.json says."""
    content: dict[str, Any] = json.loads((folder / "history.json").read_text())
    return content


def test_the_sums_can_be_checked_with_a_common_tool(folder: Path) -> None:
    """Every file but the sums themselves has its sum, as the README says."""
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=True)
    checked = {line.split(":")[0] for line in done.stdout.splitlines()}
    there = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    assert checked == there - {"SHA256SUMS"}


def test_answers_and_documents_are_there_byte_for_byte(folder: Path) -> None:
    """The raw answers in the order of sending, the package's documents, and the record."""
    answers = sorted((folder / "answers").iterdir())
    assert [one.name for one in answers][:2] == ["001-submit.xml", "002-upload.xml"]
    assert answers[-1].name == "006-finish.xml"
    assert answers[-1].read_bytes() == b"<answer call='finish'/>\r\n"
    assert (folder / "packages/1/report.xml").read_bytes() == package().report
    assert (folder / "packages/1/file-002.content").read_bytes() == b"made of the record"
    assert (folder / "packages/1/file-001.xml").read_bytes() == package().files[0].details
    assert (folder / "records/001-version-1").read_bytes() == b'{"id":"case-1"}'


def test_only_the_owner_can_read_it(folder: Path) -> None:
    """Files have mode 0600 and folders 0700, whatever the umask."""
    for one in [folder, *folder.rglob("*")]:
        assert one.stat().st_mode & 0o777 == (0o700 if one.is_dir() else 0o600), one


def test_the_history_names_where_it_comes_from(ledger: Ledger, history: dict[str, Any]) -> None:
    """The ledger's id and generation, the filing, the records, and times in UTC."""
    assert history["ledger"] == {"id": ledger.id, "generation": 1, "environment": "mock"}
    assert history["records"][0]["id"] == "case-1"
    times = [event["recorded_at"] for event in history["events"]] + [one["sent_at"] for one in history["exchanges"]]
    assert all(time.endswith("Z") for time in times)
    assert all(datetime.fromisoformat(time).utcoffset() is not None for time in times)
    assert [one["told"]["request_id"] is not None for one in history["exchanges"]] == [True] * 6


def test_the_chain_can_be_checked_by_the_readme(folder: Path, history: dict[str, Any]) -> None:
    """A reader who follows README.txt, without our code, comes to the same links and digests."""

    def sha(text: bytes) -> str:
        return hashlib.sha256(text).hexdigest()

    def plain(value: object) -> bytes:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")

    digests = set()
    for one in history["exchanges"]:
        salt = bytes.fromhex(one["salt"])
        assert one["told"]["body"] == sha(salt + (folder / one["answer"]).read_bytes())
        digests.add(sha(salt + plain(one["told"])))
    for one in history["packages"]:
        sizes = [item["size"] for item in one["files"]]
        told = {"manifest": sha(one["manifest"].encode()), "sizes": sizes}
        digests.add(sha(bytes.fromhex(one["salt"]) + plain(told)))
        assert json.loads(one["manifest"])["report"] == sha((folder / one["report"]).read_bytes())
    for one in history["records"]:
        told = {"record": one["id"], "sha256": sha((folder / one["file"]).read_bytes())}
        digests.add(sha(bytes.fromhex(one["salt"]) + plain(told)))
    for one in history["findings"]:
        digests.add(sha(bytes.fromhex(one["salt"]) + one["findings"].encode()))
    previous = "0" * 64
    named = set()
    for event in history["events"]:
        assert event["payload_digest"] == sha(bytes.fromhex(event["salt"]) + event["payload"].encode())
        assert event["previous"] == previous
        link = {
            "attached": event["attached"],
            "call_id": event["call_id"],
            "fence": event["fence"],
            "filing": history["filing"],
            "format": event["format"],
            "kind": event["kind"],
            "ledger": history["ledger"]["id"],
            "payload": event["payload_digest"],
            "previous": previous,
            "recorded": event["recorded_microseconds"],
            "seq": event["seq"],
        }
        previous = sha(plain(link))
        assert event["link"] == previous
        for name, value in event["attached"].items():
            if name != "state":  # it is computed from the events, not stored beside them
                named.update(value if isinstance(value, list) else [value])
    assert previous == history["head"]
    assert named == digests


def test_the_history_can_be_read_by_people(folder: Path, history: dict[str, Any]) -> None:
    """A line for each event, in order, with its time; it says which environment and which record it is about."""
    head, lines = (folder / "history.txt").read_text().split("\n\n")[0], _lines(folder)
    assert f"The history of filing {history['filing']}" in head
    assert "(environment: mock)" in head
    assert "Records: case-1" in head
    assert [line[2:21].replace(" ", "T") for line in lines] == [one["recorded_at"][:19] for one in history["events"]]
    assert lines[0] == "  2026-03-02 12:00:00 UTC | cybertip | handed it in"
    assert lines[-1].endswith("| the server | accepted the request to finish the report | report 4100000001")
    assert "history.txt" in (folder / "README.txt").read_text()


def _lines(folder: Path) -> list[str]:
    return (folder / "history.txt").read_text().split("\n\n", 2)[2].splitlines()


def test_a_folder_that_is_there_is_refused(ledger: Ledger, folder: Path) -> None:
    """Nothing is written over."""
    before = (folder / "history.json").read_bytes()
    with pytest.raises(ConfigurationError, match="is there already"):
        ledger.export(add(ledger, "other"), folder)
    assert (folder / "history.json").read_bytes() == before


def test_what_is_not_there_is_not_exported(ledger: Ledger, tmp_path: Path) -> None:
    """No folder is left behind for a filing that does not exist, or where none can be made."""
    with pytest.raises(LedgerError, match="no filing"):
        ledger.export("nothing", tmp_path / "a")
    assert not (tmp_path / "a").exists()
    with pytest.raises(ConfigurationError, match="cannot be made"):
        ledger.export(add(ledger), tmp_path / "missing" / "b")


def test_what_was_purged_has_no_file(path: Path, tmp_path: Path) -> None:
    """It is still named by its digest, with who took it out, when and why; the receipt is there."""
    clock = Clock()
    with open_ledger(path, clock) as ledger:
        filing_id = add(ledger)
        file_it(ledger, filing_id)
        clock.pass_by(days=400)
        ledger.purge(filing_id, by="Kim", reason="a year has passed", retention=Retention())
        ledger.export(filing_id, tmp_path / "purged")
    content = json.loads((tmp_path / "purged/history.json").read_text())
    assert content["purged"] == [{"at": "2027-04-06T12:00:00Z", "by": "Kim", "reason": "a year has passed"}]
    assert not (tmp_path / "purged/records").exists()
    assert not (tmp_path / "purged/packages").exists()
    assert [one.name for one in (tmp_path / "purged/answers").iterdir()] == ["006-finish.xml"]
    assert all(one["payload"] for one in content["events"])
    assert all(one["digest"] for one in content["exchanges"])
    # What stays of the packages is proven by the event, as the README says.
    told = content["events"][-1]
    kept = [
        {
            "revision": one["revision"],
            "batched": one["batched"],
            "versions": one["versions"],
            "files": [{"sha256": file["sha256"], "size": file["size"]} for file in one["files"]],
        }
        for one in content["packages"]
    ]
    text = json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()
    assert told["attached"]["kept"] == hashlib.sha256(bytes.fromhex(told["salt"]) + text).hexdigest()
