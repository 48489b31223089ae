"""``cybertip mock --state FILE``: what survives, and the files that it does not take."""

from __future__ import annotations

import resource
import shutil
import signal
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cybertip.mock.storage import FORMAT
from tests.acceptance.programs import Program, open_report, refused_in_one_sentence, upload
from tests.mock_http import XML, response
from tests.samples import file_details_xml, picture, report_xml

Start = Callable[..., Program]


def fill(program: Program) -> tuple[int, int]:
    """File a report with two files and leave another open; their ids. The last request is about neither."""
    with program.client() as client:
        filed = open_report(client)
        for name in ("one.png", "\u00e9t\u00e9 two.png"):
            file_id = response(upload(client, filed, picture(), name)).file_id
            assert file_id is not None
            details = client.post("/fileinfo", content=file_details_xml(filed, file_id), headers=XML)
            assert details.status_code == 200, details.text
        assert client.post("/finish", data={"id": str(filed)}).status_code == 200
        left_open = open_report(client)
        # Its line is printed when everything about the requests before it has been kept.
        client.get("/status")
    program.requests(8)
    return filed, left_open


@pytest.mark.parametrize("end", [lambda program: program.stop(), lambda program: program.kill()], ids=["term", "kill"])
def test_everything_survives(start: Start, tmp_path: Path, end: Callable[[Program], object]) -> None:
    """Reports, files, details, exchanges, the moved clock and the ids are there again, however the mock ended."""
    first = start("--state", "state")
    filed, left_open = fill(first)
    first.steer("POST", "/clock", {"advance_seconds": 3600})
    before = [first.look(f"/reports/{report_id}") for report_id in (filed, left_open)]
    assert before[0]["state"] == "finished"
    assert [file["name"] for file in before[0]["files"]] == ["one.png", "\u00e9t\u00e9 two.png"]
    assert all(file["details"] for file in before[0]["files"])
    assert [one["call"] for one in before[0]["exchanges"]] == ["submit", *["upload", "fileinfo"] * 2, "finish"]
    end(first)
    second = start("--state", "state", "--first-report-id", "5")
    assert [second.look(f"/reports/{report_id}") for report_id in (filed, left_open)] == before
    assert second.look("/clock")["offset_seconds"] == 3600
    with second.client() as client:
        assert open_report(client) == left_open + 1
        assert client.post("/finish", data={"id": str(left_open)}).status_code == 200


@pytest.mark.parametrize("call", ["submit", "upload", "fileinfo", "finish"])
def test_what_was_answered_survives_a_kill(start: Start, tmp_path: Path, call: str) -> None:
    """A mock that is killed as soon as a client has its answer has kept what the answer says."""
    first = start("--state", "state")
    with first.client() as client:
        report_id = open_report(client)
        file_id = ""
        if call != "submit":
            file_id = response(upload(client, report_id, b"content")).file_id or ""
        if call == "fileinfo":
            client.post("/fileinfo", content=file_details_xml(report_id, file_id), headers=XML)
        if call == "finish":
            client.post("/finish", data={"id": str(report_id)})
        first.kill()
    report = start("--state", "state").look(f"/reports/{report_id}")
    assert report["state"] == ("finished" if call == "finish" else "open")
    assert [file["file_id"] for file in report["files"]] == ([file_id] if file_id else [])
    if call == "fileinfo":
        assert file_id in report["files"][0]["details"]


def test_a_stopped_mock_leaves_one_file(start: Start, tmp_path: Path) -> None:
    """After an orderly end the file alone holds everything, so that it can be copied."""
    first = start("--state", "state")
    filed, _ = fill(first)
    first.stop(signal.SIGINT)
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    shutil.copy(tmp_path / "state", tmp_path / "copy")
    assert start("--state", "copy").look(f"/reports/{filed}")["state"] == "finished"


def test_deleted_reports_stay_deleted_and_ids_go_on(start: Start, tmp_path: Path) -> None:
    """Deleting all reports reaches the file, and no later report gets an id of theirs."""
    first = start("--state", "state")
    _, last = fill(first)
    first.look("/reports")
    with first.client() as client:
        assert client.delete(first.base_url.replace("/ispws", "/_mock/reports")).json()["deleted"] == 2
    first.stop()
    second = start("--state", "state")
    assert second.look("/reports")["reports"] == []
    with second.client() as client:
        assert open_report(client) == last + 1


def test_only_the_owner_can_read_the_file(start: Start, tmp_path: Path) -> None:
    """The file and those that SQLite puts beside it have mode 0600."""
    program = start("--state", "state")
    fill(program)
    paths = list(tmp_path.iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert tmp_path / "state" in paths


def test_a_file_in_use_is_refused(start: Start, tmp_path: Path) -> None:
    """A second mock on the same file is refused, and the first goes on undisturbed."""
    first = start("--state", "state")
    filed, _ = fill(first)
    said = refused_in_one_sentence(tmp_path, "--state", "state")
    assert "the state file state is in use; stop the other mock" in said
    assert first.look(f"/reports/{filed}")["state"] == "finished"


def database(path: Path, *statements: str) -> None:
    """Make a database of somebody else's."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


FOREIGN = ("CREATE TABLE letters (text TEXT)", "INSERT INTO letters VALUES ('dear aunt')")


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (FOREIGN, "a database of something else"),
        (("PRAGMA journal_mode = WAL", *FOREIGN), "a database of something else"),
        (("PRAGMA application_id = 77", "PRAGMA user_version = 3"), "a database of something else"),
    ],
    ids=["tables", "wal", "no tables"],
)
def test_another_database_is_left_alone(tmp_path: Path, statements: tuple[str, ...], words: str) -> None:
    """A SQLite database of another program is refused, and not a byte of it changes."""
    path = tmp_path / "letters.db"
    database(path, *statements)
    before = path.read_bytes()
    said = refused_in_one_sentence(tmp_path, "--state", "letters.db")
    assert words in said
    assert "choose another file; this one was left alone" in said
    assert path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["letters.db"]


def test_a_text_file_is_left_alone(tmp_path: Path) -> None:
    """A file that is no database is refused, and stays as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("Things to remember.\n" * 100)
    said = refused_in_one_sentence(tmp_path, "--state", "notes.txt")
    assert "is no SQLite database; choose another file; this one was left alone" in said
    assert path.read_text() == "Things to remember.\n" * 100


def test_a_newer_format_is_refused(start: Start, tmp_path: Path) -> None:
    """A state of a later version is told apart from a damaged one, and left alone."""
    fill(first := start("--state", "state"))
    first.stop()
    database(tmp_path / "state", f"PRAGMA user_version = {FORMAT + 1}")
    before = (tmp_path / "state").read_bytes()
    said = refused_in_one_sentence(tmp_path, "--state", "state")
    assert f"has format {FORMAT + 1}, this version reads {FORMAT}" in said
    assert (tmp_path / "state").read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE facts",
        "UPDATE reports SET opened_at = 'yesterday'",
        "UPDATE exchanges SET data = '[]'",
        "DELETE FROM reports",
    ],
)
def test_a_damaged_state_is_refused(start: Start, tmp_path: Path, statement: str) -> None:
    """A state that cannot be read any more is no defect of the mock: the file is named, and left alone."""
    fill(first := start("--state", "state"))
    first.stop()
    database(tmp_path / "state", statement)
    before = (tmp_path / "state").read_bytes()
    said = refused_in_one_sentence(tmp_path, "--state", "state")
    assert "the state file state is damaged; choose another file" in said
    assert (tmp_path / "state").read_bytes() == before


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("missing/state", "No such file or directory"),
        ("file/state", "Not a directory"),
        # SQLite's own files beside it would have names that are too long.
        ("x" * 250, "unable to open database file"),
    ],
    ids=["missing", "file", "no room beside it"],
)
def test_a_path_that_cannot_be_written_is_refused(tmp_path: Path, path: str, words: str) -> None:
    """A path at which no state can be kept is named with the reason and the cure."""
    (tmp_path / "file").write_text("in the way")
    said = refused_in_one_sentence(tmp_path, "--state", path)
    assert words in said
    assert "choose a path that you may write to" in said


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="this system cannot limit another process")
def test_a_full_disk_is_told_and_survived(start: Start, tmp_path: Path) -> None:
    """What cannot be kept is answered with 500 and told in a line; the mock goes on, and keeps what it can again."""
    program = start("--state", "state")
    # The server ends the connection after such an answer, so each request has its own.
    with program.client(headers={"Connection": "close"}) as client:
        kept = [open_report(client)]
        program.requests(1)  # its line comes when all of it has been kept, and then the file grows no more
        _, hard = resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, ((tmp_path / "state-wal").stat().st_size, hard))
        assert client.post("/submit", content=report_xml(), headers=XML).status_code == 500
        assert client.get("/status").status_code == 200
        resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        kept.append(open_report(client))
    lines = program.requests(5)
    (told,) = [line for line in lines if "what arrived could not be kept" in line]
    assert "make room" in told
    assert "[the mock failed]" in lines[lines.index(told) - 1]
    program.stop()
    assert [one["report_id"] for one in start("--state", "state").look("/reports")["reports"]] == kept[::-1]
