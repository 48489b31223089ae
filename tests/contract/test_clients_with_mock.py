"""Both clients against the mock server: every call, the life of a report, and many things at once."""

from __future__ import annotations

import asyncio
import hashlib
import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import anyio
import pytest

from cybertip import AsyncClient, Client, source
from cybertip.errors import (
    AlreadyFinishedError,
    AlreadyRetractedError,
    CredentialsError,
    FileNotFoundOnReportError,
    Known,
    RefusedError,
    ReportNotFoundError,
)
from cybertip.evidence import BLOCK
from cybertip.findings import DocumentError
from cybertip.mock import MockServer, ReportState
from cybertip.models import FileDetails, Report
from cybertip.schema import bundled_xsd
from cybertip.xml import parse
from tests.canaries import PASSWORD, USERNAME
from tests.contract.both_clients import KINDS, Driver, driving
from tests.samples import file_details_xml, picture, report_xml

BOTH = pytest.mark.parametrize("kind", KINDS)
REPORT = parse(report_xml(), Report).document


@pytest.fixture
def server() -> Iterator[MockServer]:
    """A mock that knows the clients' credentials."""
    with MockServer({USERNAME: PASSWORD}) as running:
        yield running


def opened(driver: Driver) -> int:
    """The id of a new report."""
    report_id = driver.do(lambda client: client.submit(REPORT)).report_id
    assert isinstance(report_id, int)
    return report_id


@BOTH
def test_the_server_is_there(kind: str, server: MockServer) -> None:
    """A status call tells whom the server takes the caller for, and the schema can be fetched."""
    with driving(kind, server.base_url) as driver:
        status = driver.do(lambda client: client.status())
        assert (status.user, status.remote_ip) == (USERNAME, "127.0.0.1")
        assert driver.do(lambda client: client.xsd()).xsd == bundled_xsd()


@BOTH
def test_the_life_of_a_report(kind: str, server: MockServer) -> None:
    """A report is opened, gets a file and its details, and is filed; the receipt lists the file."""
    with driving(kind, server.base_url) as driver:
        report_id = opened(driver)
        upload = driver.do(lambda client: client.upload(report_id, picture()))
        details = parse(file_details_xml(report_id, upload.file_id), FileDetails).document
        info = driver.do(lambda client: client.file_info(details))
        finished = driver.do(lambda client: client.finish(report_id))
    assert upload.md5 == hashlib.md5(picture(), usedforsecurity=False).hexdigest()
    assert (info.report_id, info.file_id) == (report_id, upload.file_id)
    assert (finished.report_id, finished.file_ids) == (report_id, (upload.file_id,))
    assert b"reportDoneResponse" in finished.receipt
    assert finished.answer.request_id
    received = server.core.reports[report_id]
    assert received.state is ReportState.FINISHED
    assert received.files[0].sha256 == hashlib.sha256(picture()).hexdigest()


@BOTH
def test_documents_as_bytes(kind: str, server: MockServer) -> None:
    """Hand-written documents arrive byte for byte."""
    document = report_xml().replace(b"?>", b"?>\n<!-- by hand -->", 1)
    with driving(kind, server.base_url) as driver:
        report_id = driver.do(lambda client: client.submit(document)).report_id
        upload = driver.do(lambda client: client.upload(report_id, b"synthetic"))
        driver.do(lambda client: client.file_info(file_details_xml(report_id, upload.file_id)))
    assert server.core.reports[report_id].xml == document


@BOTH
def test_finished_twice(kind: str, server: MockServer) -> None:
    """After a report was filed, nothing changes it any more, and every call says so."""
    with driving(kind, server.base_url) as driver:
        report_id = opened(driver)
        assert driver.do(lambda client: client.finish(report_id)).file_ids == ()
        for use in (
            lambda client: client.finish(report_id),
            lambda client: client.retract(report_id),
            lambda client: client.upload(report_id, b"synthetic"),
            lambda client: client.file_info(file_details_xml(report_id, "0" * 32)),
        ):
            with pytest.raises(AlreadyFinishedError) as caught:
                driver.do(use)
            assert (caught.value.code, caught.value.known, caught.value.report_id) == (5102, Known.REFUSED, report_id)
    assert server.core.reports[report_id].state is ReportState.FINISHED


@BOTH
def test_retracted_twice(kind: str, server: MockServer) -> None:
    """A report that was retracted stays so, and cannot be filed."""
    with driving(kind, server.base_url) as driver:
        report_id = opened(driver)
        assert driver.do(lambda client: client.retract(report_id)).report_id == report_id
        for use in (lambda client: client.retract(report_id), lambda client: client.finish(report_id)):
            with pytest.raises(AlreadyRetractedError) as caught:
                driver.do(use)
            assert caught.value.code == 5101
    assert server.core.reports[report_id].state is ReportState.RETRACTED


@BOTH
def test_what_does_not_exist(kind: str, server: MockServer) -> None:
    """A report or a file that the server does not know is an error of its own."""
    with driving(kind, server.base_url) as driver:
        with pytest.raises(ReportNotFoundError) as unknown:
            driver.do(lambda client: client.finish(4711))
        report_id = opened(driver)
        with pytest.raises(FileNotFoundOnReportError) as no_file:
            driver.do(lambda client: client.file_info(file_details_xml(report_id, "0" * 32)))
    assert (unknown.value.code, no_file.value.code) == (5001, 5002)
    assert unknown.value.request_id


@BOTH
def test_details_twice(kind: str, server: MockServer) -> None:
    """Details are accepted once per file, and a refusal is not repeated."""
    with driving(kind, server.base_url) as driver:
        report_id = opened(driver)
        upload = driver.do(lambda client: client.upload(report_id, b"synthetic"))
        details = file_details_xml(report_id, upload.file_id)
        driver.do(lambda client: client.file_info(details))
        with pytest.raises(RefusedError):
            driver.do(lambda client: client.file_info(details))
        assert driver.waits == []


@BOTH
@pytest.mark.parametrize("credentials", [{"nobody": "else"}, {USERNAME: "other"}])
def test_wrong_credentials(kind: str, credentials: dict[str, str]) -> None:
    """Credentials that the server does not accept are told at once, and asked about once."""
    with MockServer(credentials) as server, driving(kind, server.base_url) as driver:
        with pytest.raises(CredentialsError) as caught:
            driver.do(lambda client: client.submit(REPORT))
        assert (caught.value.known, caught.value.http_status, driver.waits) == (Known.NOT_EXECUTED, 401, [])
        assert not server.core.reports


@BOTH
def test_a_document_that_the_schema_refuses_is_not_sent(kind: str, server: MockServer) -> None:
    """What the schema refuses never leaves the machine."""
    wrong = report_xml().replace(b"<incidentSummary>", b"<incidentSummary><unknown/>")
    with driving(kind, server.base_url) as driver:
        for use in (
            lambda client: client.submit(wrong),
            lambda client: client.submit(b"no XML"),
            lambda client: client.submit(file_details_xml(1, "0" * 32)),
            lambda client: client.file_info(report_xml()),
        ):
            with pytest.raises(DocumentError):
                driver.do(use)
    assert not server.core.reports


def uploaded_bytes(driver: Driver, report_id: int, file: Any) -> int:
    """Upload, and give what the progress callback was told at last; what it was told before only grows."""
    told: list[int] = [0]
    driver.do(lambda client: client.upload(report_id, file, told.append))
    assert told == sorted(told)
    return told[-1]


@BOTH
@pytest.mark.parametrize("size", [0, 1, BLOCK, 3 * BLOCK + 7])
def test_a_file_in_every_form(kind: str, size: int, server: MockServer, tmp_path: Path) -> None:
    """A file arrives the same from its path, from memory, from an open file, and as a source with a name."""
    data = (hashlib.sha256(b"%d" % size).digest() * (size // 32 + 1))[:size]
    path = tmp_path / 'Größe "1".bin'
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    with driving(kind, server.base_url) as driver, path.open("rb") as file:
        report_id = opened(driver)
        forms: list[Any] = [path, str(path), data, io.BytesIO(data), file, source(data, name="a.png", sha256=digest)]
        for form in forms:
            assert uploaded_bytes(driver, report_id, form) == size
        assert not file.closed
    received = server.core.reports[report_id].files
    assert {(one.size, one.sha256) for one in received} == {(size, digest)}
    names = ["Größe %221%22.bin"] * 2 + ["file"] * 2 + ["Größe %221%22.bin", "a.png"]
    assert [one.name for one in received] == names


def test_threads_share_a_client(server: MockServer) -> None:
    """One client serves many threads, each with reports of its own."""

    def file_one(number: int) -> tuple[int, int, str]:
        report_id = client.submit(REPORT).report_id
        data = b"synthetic %d" % number * 40_000
        upload = client.upload(report_id, data)
        client.file_info(file_details_xml(report_id, upload.file_id))
        assert client.finish(report_id).file_ids == (upload.file_id,)
        return number, report_id, upload.md5

    with Client(USERNAME, PASSWORD, base_url=server.base_url) as client, ThreadPoolExecutor(8) as threads:
        results = list(threads.map(file_one, range(24)))
    assert len({report_id for _, report_id, _ in results}) == 24
    for number, report_id, md5 in results:
        assert md5 == hashlib.md5(b"synthetic %d" % number * 40_000, usedforsecurity=False).hexdigest()
        assert server.core.reports[report_id].state is ReportState.FINISHED


@pytest.mark.anyio
async def test_many_uploads_at_once(server: MockServer, tmp_path: Path) -> None:
    """Twenty uploads of one report run side by side, and none mixes with another."""
    paths = [tmp_path / f"{number}.bin" for number in range(20)]
    for number, path in enumerate(paths):
        path.write_bytes(b"%02d" % number * (BLOCK + number))
    ids: dict[str, str] = {}
    async with AsyncClient(USERNAME, PASSWORD, base_url=server.base_url) as client:
        report_id = (await client.submit(REPORT)).report_id

        async def upload(path: Path) -> None:
            ids[path.name] = (await client.upload(report_id, path)).file_id

        async with anyio.create_task_group() as tasks:
            for path in paths:
                tasks.start_soon(upload, path)
        finished = await client.finish(report_id)
    assert set(finished.file_ids) == set(ids.values())
    received = {one.name: one for one in server.core.reports[report_id].files}
    for path in paths:
        assert received[path.name].id == ids[path.name]
        assert received[path.name].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


class Watched(io.BytesIO):
    """A file of which is known when it was closed."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.done = threading.Event()

    def close(self) -> None:
        super().close()
        self.done.set()


class WatchedSource:
    """A large file."""

    name = "large.bin"
    size = 100 * BLOCK
    sha256 = None

    def __init__(self) -> None:
        self.files: list[Watched] = []

    def open(self) -> BinaryIO:
        self.files.append(Watched(bytes(self.size)))
        return self.files[-1]


@pytest.mark.anyio
@pytest.mark.parametrize("how", ["task", "scope", "time-out"])
async def test_an_upload_that_is_cancelled(how: str, server: MockServer) -> None:
    """Cancelling in the middle of an upload closes the file, stores nothing, and leaves the client usable."""
    file = WatchedSource()
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with AsyncClient(USERNAME, PASSWORD, base_url=server.base_url) as client:
        report_id = (await client.submit(REPORT)).report_id
        scope = anyio.CancelScope()

        async def upload() -> None:
            with scope:
                await client.upload(report_id, file, lambda _: loop.call_soon_threadsafe(begun.set))

        async def upload_in_time() -> None:
            async with asyncio.timeout(None) as limit:
                waiting = asyncio.create_task(begun.wait())
                waiting.add_done_callback(lambda _: limit.reschedule(loop.time()))
                await client.upload(report_id, file, lambda _: loop.call_soon_threadsafe(begun.set))

        task = asyncio.create_task(upload_in_time() if how == "time-out" else upload())
        await begun.wait()
        if how == "task":
            task.cancel()
        elif how == "scope":
            scope.cancel()
        [outcome] = await asyncio.gather(task, return_exceptions=True)
        assert await anyio.to_thread.run_sync(file.files[0].done.wait, 30)
        assert (await client.status()).user == USERNAME
        assert (await client.finish(report_id)).file_ids == ()
    expected = {"task": asyncio.CancelledError, "scope": type(None), "time-out": TimeoutError}[how]
    assert type(outcome) is expected
    assert len(file.files) == 1


def test_a_closed_client_says_so(server: MockServer) -> None:
    """A client that was closed sends nothing more."""
    client = Client(USERNAME, PASSWORD, base_url=server.base_url)
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.submit(REPORT)
    assert not server.core.reports
