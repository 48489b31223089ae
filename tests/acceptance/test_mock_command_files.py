"""``cybertip mock --keep-files DIR``: what lies in the folder, and what never does."""

from __future__ import annotations

import base64
import socket
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import httpx
import pytest

from tests.acceptance.programs import DEFAULTS, PATIENCE, Program, open_report, refused_in_one_sentence, upload
from tests.mock_http import MULTIPART, part, response
from tests.samples import picture

Start = Callable[..., Program]


def files_in(folder: Path) -> dict[str, bytes]:
    """Everything that lies in a folder, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def begin_upload(program: Program, report_id: int) -> socket.socket:
    """A connection on which an upload has begun, and of which the mock has kept the first bytes."""
    connection = socket.create_connection(("127.0.0.1", program.port), timeout=PATIENCE)
    token = base64.b64encode(":".join(DEFAULTS).encode()).decode()
    connection.sendall(
        f"POST /ispws/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {token}\r\nExpect: 100-continue\r\n"
        f"Content-Type: {MULTIPART['Content-Type']}\r\nContent-Length: 1000000\r\n\r\n".encode()
    )
    assert connection.recv(1000).startswith(b"HTTP/1.1 100")
    connection.sendall(part("id", str(report_id).encode()) + part("file", b"x" * 100_000, "cut.bin"))
    return connection


def expected(fault: dict[str, object]) -> AbstractContextManager[object]:
    """What a client sees of a fault: an answer, or a broken connection."""
    return pytest.raises(httpx.TransportError) if fault["fault"] == "reset" else nullcontext()


def test_the_bytes_lie_under_the_ids(start: Start, tmp_path: Path) -> None:
    """Each file lies at REPORT_ID/FILE_ID with the bytes that were sent, for its owner only."""
    program = start("--keep-files", "deep/kept")
    contents = [picture(), b"", bytes(range(256)) * 10_000]
    kept = {}
    with program.client() as client:
        report_id = open_report(client)
        for content in contents:
            kept[f"{report_id}/{response(upload(client, report_id, content)).file_id}"] = content
    assert files_in(tmp_path / "deep" / "kept") == kept
    for path in (tmp_path / "deep" / "kept").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    program.stop()
    assert files_in(tmp_path / "deep" / "kept") == kept


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "a\0b", "..", "", "C:\\x", "x" * 300, ".arriving-x"])
def test_the_name_of_a_file_does_not_matter(start: Start, tmp_path: Path, name: str) -> None:
    """A file name that would lead elsewhere on a disk leads nowhere."""
    program = start("--keep-files", "folder/kept")
    with program.client() as client:
        report_id = open_report(client)
        answer = upload(client, report_id, b"content", name)
    assert answer.status_code == 200, answer.text
    assert files_in(tmp_path) == {f"folder/kept/{report_id}/{response(answer).file_id}": b"content"}


def test_a_refused_upload_leaves_nothing(start: Start, tmp_path: Path) -> None:
    """A closed report, one that never was, a form without an id or with two files: no bytes are kept."""
    program = start("--keep-files", "kept")
    with program.client() as client:
        report_id = open_report(client)
        client.post("/retract", data={"id": str(report_id)})
        assert upload(client, report_id, b"content").status_code == 400
        assert upload(client, report_id + 1, b"content").status_code == 400
        file, end = part("file", b"content", "x.bin"), b"--sample-boundary--\r\n"
        for body in (file + end, part("id", b"1") + file + file + end, part("id", b"x") + file + end, file, file[:-8]):
            assert client.post("/upload", content=body, headers=MULTIPART).status_code == 400
        client.post("/upload", content=part("id", b"1") + part("other", b"content", "x") + end, headers=MULTIPART)
    assert list((tmp_path / "kept").iterdir()) == []


def test_an_early_close_leaves_nothing(start: Start, tmp_path: Path) -> None:
    """A client that hangs up in the middle of an upload leaves no bytes behind."""
    program = start("--keep-files", "kept")
    with program.client() as client:
        begin_upload(program, open_report(client)).close()
    program.wait_for(lambda lines: any("POST /upload no answer" in line for line in lines))
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_stop_in_the_middle_of_an_upload_leaves_nothing(start: Start, tmp_path: Path) -> None:
    """A mock that is stopped during an upload takes the bytes with it."""
    program = start("--keep-files", "kept")
    with program.client() as client:
        report_id = open_report(client)
        with begin_upload(program, report_id):
            program.stop()
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "status", "status": 503},
        {"fault": "code", "code": 1000},
        {"fault": "reset", "at": "before-reading"},
        {"fault": "reset", "at": "while-reading", "after_bytes": 20_000},
        {"fault": "reset", "at": "while-reading", "after_bytes": 1_000_000},
    ],
)
def test_a_fault_that_does_not_act_leaves_nothing(start: Start, tmp_path: Path, fault: dict[str, object]) -> None:
    """Where a fault answers or cuts instead of acting, no file is added and no bytes are kept."""
    program = start("--keep-files", "kept")
    with program.client() as client:
        report_id = open_report(client)
        program.steer("PUT", "/faults", [fault])
        with expected(fault):
            upload(client, report_id, b"x" * 100_000)
    program.requests(2)
    assert program.look(f"/reports/{report_id}")["files"] == []
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.parametrize(
    "fault", [{"fault": "status", "status": 503, "acts": True}, {"fault": "reset"}, {"fault": "wrong-hash"}]
)
def test_a_fault_that_acts_keeps_the_bytes(start: Start, tmp_path: Path, fault: dict[str, object]) -> None:
    """Where the upload counts although the answer does not say so, its bytes are kept."""
    program = start("--keep-files", "kept")
    with program.client() as client:
        report_id = open_report(client)
        program.steer("PUT", "/faults", [fault])
        with expected(fault):
            upload(client, report_id, b"content")
    program.requests(2)
    (file,) = program.look(f"/reports/{report_id}")["files"]
    assert files_in(tmp_path / "kept") == {f"{report_id}/{file['file_id']}": b"content"}


def test_a_folder_that_is_gone_refuses_uploads_and_no_more(start: Start, tmp_path: Path) -> None:
    """If the folder disappears, uploads get 1111 and add no file; the mock goes on, and prints no traceback."""
    program = start("--keep-files", "kept")
    (tmp_path / "kept").rmdir()
    with program.client() as client:
        report_id = open_report(client)
        assert response(upload(client, report_id, b"content")).response_code == 1111
        assert client.get("/status").status_code == 200
    assert program.look(f"/reports/{report_id}")["files"] == []
    program.stop()


def test_bytes_that_cannot_be_put_into_their_place_refuse_the_upload(start: Start, tmp_path: Path) -> None:
    """If something else lies where the bytes should go, the upload gets 1111, adds no file and leaves nothing."""
    program = start("--keep-files", "kept", "--first-report-id", "4321")
    (tmp_path / "kept" / "4321").write_text("in the way")
    with program.client() as client:
        assert open_report(client) == 4321
        assert response(upload(client, 4321, b"content")).response_code == 1111
    assert program.look("/reports/4321")["files"] == []
    assert files_in(tmp_path / "kept") == {"4321": b"in the way"}
    program.stop()


@pytest.mark.parametrize(("folder", "words"), [("file/kept", "Not a directory"), ("x" * 300, "name too long")])
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, folder: str, words: str) -> None:
    """A folder in which nothing can be kept is named with the reason and the cure."""
    (tmp_path / "file").write_text("in the way")
    said = refused_in_one_sentence(tmp_path, "--keep-files", folder)
    assert "files cannot be kept in " in said
    assert words in said
    assert "choose a folder that you may write to" in said


def test_without_the_option_nothing_is_kept(start: Start, tmp_path: Path) -> None:
    """A mock that was not asked to keep files writes none."""
    program = start()
    with program.client() as client:
        upload(client, open_report(client), b"content")
    program.stop()
    assert list(tmp_path.iterdir()) == []
