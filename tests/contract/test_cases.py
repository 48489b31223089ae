"""The sample cases build without errors, say what investigators need, and are accepted by the mock."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from cybertip.checks import validate
from cybertip.evidence import source
from cybertip.mock.core import MockCore
from cybertip.mock.state import ReportState
from cybertip.schema import Schema
from cybertip.xml import write
from tests.cases import GOLDEN, NAMES, NOW, RECORDS, ROOT, SampleCase, batch, load_batch, load_case, profile
from tests.contract.two_readings import of_the_mock

ACCOUNT = "mock"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the script has made the cases' files, as the README tells."""
    made = tmp_path_factory.mktemp("records")
    subprocess.run([sys.executable, str(RECORDS / "make_files.py"), str(made / "files")], check=True)
    return made


@pytest.fixture(scope="module", params=NAMES)
def case(request: pytest.FixtureRequest) -> SampleCase:
    """Each case."""
    return load_case(request.param)


def all_cases() -> list[SampleCase]:
    """The cases and the records of the batch."""
    return [*map(load_case, NAMES), *batch()]


def tree(folder: Path) -> dict[str, str]:
    """The texts of all files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_there_are_nine_cases_and_a_batch() -> None:
    """The names of the cases, so that none is lost by a slip."""
    assert NAMES == (
        "album", "enticement-text", "gaming-voice-chat", "hash-match", "legal-process-abroad", "peer-to-peer",
        "sextortion-chat", "third-party-url", "trafficking-web-page",
    )  # fmt: skip
    assert len(batch()) == 4


def test_the_golden_files_are_not_stale(tmp_path: Path) -> None:
    """tests/golden/ is what the cases give now; scripts/golden.py writes it, and a person looks at the difference."""
    subprocess.run([sys.executable, str(ROOT / "scripts" / "golden.py"), str(tmp_path)], check=True)
    assert tree(tmp_path) == tree(GOLDEN)


def test_every_document_is_valid(case: SampleCase) -> None:
    """Neither schema nor rules have an error to tell, on the day on which the case was decided."""
    schema = Schema.bundled()
    assert [list(schema.validate(document)) for document in (case.report, *case.details)] == [[]] * (
        1 + len(case.details)
    )
    assert not validate(case.report, case.details, profile=profile(), now=NOW).errors
    assert not case.findings.errors


def test_the_mock_reads_every_document_without_objection(case: SampleCase) -> None:
    """The second reading of the rules refuses nothing."""
    assert of_the_mock(case.report, case.details, NOW) == set()


def test_nothing_has_to_be_moved(case: SampleCase) -> None:
    """The records are written so that every value has its place on the wire."""
    assert case.package.repairs == ()


def test_the_records_tell_the_truth_of_their_files(folder: Path) -> None:
    """Digests and sizes are those of the files that the script makes, and it makes no others."""
    named = set()
    for case in all_cases():
        for item in case.record.evidence:
            data = (folder / item.location).read_bytes()
            assert (item.sha256, item.size) == (hashlib.sha256(data).hexdigest(), len(data))
            assert {one.hash_type: one.value for one in item.hashes} == {
                "MD5": hashlib.md5(data).hexdigest(),
                "SHA1": hashlib.sha1(data).hexdigest(),
            }
            named.add(item.location)
    assert named == {f"files/{name.name}" for name in (folder / "files").iterdir()}


def test_the_documents_do_not_contradict_what_happened() -> None:
    """Nobody is told of an upload that was none, of one port for two people's devices, or of a private public page."""
    shared = load_case("peer-to-peer")
    assert not any(
        b"Upload" in document or b"uploadedToEsp" in document for document in (shared.report, *shared.details)
    )
    assert all("Never uploaded to the provider" in (item.notes or "") for item in shared.record.evidence)
    game = load_case("gaming-voice-chat").record
    voices = [account.ip_events[0] for account in (*game.suspects, *game.victims)]
    assert len({event.date_time for event in voices}) == 1
    assert len({event.port for event in voices}) == len(voices)
    assert all("source port of" in (account.notes or "") for account in (*game.suspects, *game.victims))
    page = load_case("hash-match")
    assert page.record.evidence[0].publicly_available is False
    assert b"only the uploader could open it" in page.report


def test_a_whole_filing_ends_finished(case: SampleCase, folder: Path) -> None:
    """Submit, upload and file details of every file, finish: the mock holds one finished report with all files."""
    core = MockCore(clock=lambda: NOW, random=Random(1))
    assert core.submit(ACCOUNT, case.report).code == 0
    (report,) = core.reports.values()
    for file in case.package.files:
        sent = source(file.file(folder), name=file.name, sha256=file.sha256)
        with sent.open() as opened:
            data = opened.read()
        md5, sha256 = hashlib.md5(data).hexdigest(), hashlib.sha256(data).hexdigest()
        answer = core.upload(ACCOUNT, report.id, name=sent.name, size=len(data), md5=md5, sha256=sha256)
        assert answer.code == 0
        assert core.fileinfo(ACCOUNT, write(file.details(report.id, report.files[-1].id))).code == 0
    assert core.finish(ACCOUNT, report.id).code == 0
    assert report.state is ReportState.FINISHED
    assert len(report.files) == len(case.record.evidence)
    assert all(file.details is not None for file in report.files)


def test_the_batch_is_of_valid_records_about_one_file() -> None:
    """Each record could be filed alone: different users, one digest, tagged as viral, and nothing to object to."""
    cases = batch()
    assert [list(case.findings.errors) for case in cases] == [[]] * len(cases)
    assert all(of_the_mock(case.report, case.details, NOW) == set() for case in cases)
    assert len({case.record.id for case in cases}) == len(cases)
    assert len({suspect.identifier for case in cases for suspect in case.record.suspects}) == len(cases)
    assert len({item.sha256 for case in cases for item in case.record.evidence}) == 1
    assert all(
        item.annotations and item.annotations.viral and item.annotations.potential_meme
        for case in cases
        for item in case.record.evidence
    )


def test_the_batch_is_one_report_that_the_mock_files() -> None:
    """The four users stand in one report with one described file, and nothing stands in its way."""
    case = load_batch()
    assert not case.findings.errors
    assert not [one for one in (case.report, *case.details) if Schema.bundled().validate(one)]
    assert of_the_mock(case.report, case.details, NOW) == set()
    assert len(case.package.report.persons_or_users_reported) == 4
    assert [finding.code for finding in case.findings] == ["R706"] * 4


def test_the_page_explains_every_finding() -> None:
    """Each code that the cases are told, and each case, is named in the README of the folder."""
    page = (RECORDS / "README.md").read_text(encoding="utf-8")
    codes = {finding.code for case in all_cases() for finding in case.findings}
    assert codes == set(re.findall(r"^\| (Q\d{3}) \|", page, re.MULTILINE))
    for name in (*NAMES, "viral-meme-batch"):
        assert f"`{name}." in page


def test_the_command_line_reads_the_folder() -> None:
    """`cybertip validate` of the folder, with its profile, finds every record valid."""
    done = subprocess.run(
        [sys.executable, "-m", "cybertip", "validate", str(RECORDS), "--config", str(RECORDS / "cybertip.toml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(".json: valid") == len(NAMES)
