"""Both clients and odd answers, on real sockets."""

from __future__ import annotations

from pathlib import Path

import pytest

from cybertip import RetryPolicy
from cybertip.calls.answers import MAX_ANSWER_BYTES
from cybertip.errors import (
    CallError,
    HashMismatchError,
    HttpRefusedError,
    Known,
    OversizedAnswerError,
    RedirectRefusedError,
    ThrottledError,
    TruncatedAnswerError,
    WrongReportError,
)
from tests.canaries import CANARIES
from tests.contract.both_clients import KINDS, Driver, Use, big_file, driving
from tests.contract.scripted_server import (
    ScriptedServer,
    end_of_answer,
    http,
    read,
    read_all,
    read_request,
    send,
)
from tests.samples import report_xml
from tests.unit.calls.exchanges import FINISHED, REPORT, SUBMITTED, UPLOADED

BOTH = pytest.mark.parametrize("kind", KINDS)
ONCE = RetryPolicy(attempts=1)


def failure(driver: Driver, use: Use) -> CallError:
    """The error of a call."""
    with pytest.raises(CallError) as caught:
        driver.do(use)
    return caught.value


@BOTH
def test_what_is_sent(kind: str, tmp_path: Path) -> None:
    """A request has the path below the base URL, the credentials, no compression, and exactly the announced length."""
    path = big_file(tmp_path / "a.bin", size=1_000_000)
    with (
        ScriptedServer([read_request(), send(http(UPLOADED)), read_all()]) as server,
        driving(kind, server.url()) as driver,
    ):
        failure(driver, lambda client: client.upload(REPORT, path))
    head, _, body = bytes(server.connections[0].received).partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == "post /ispws/upload http/1.1"
    assert f"content-length: {len(body)}" in lines
    assert f"authorization: basic {CANARIES['the authorization header']}".lower() in lines
    assert "accept-encoding: identity" in lines
    assert not [line for line in lines if line.startswith("transfer-encoding")]
    assert body.endswith(b"--\r\n")


@BOTH
@pytest.mark.parametrize("call", ["status", "xsd"])
def test_a_get_has_no_body(kind: str, call: str) -> None:
    """A call without a document announces none."""
    script = [read_request(), send(http("", "401 Unauthorized")), read_all()]
    with ScriptedServer(script) as server, driving(kind, server.url() + "/") as driver:
        failure(driver, lambda client: getattr(client, call)())
    head = server.connections[0].head.lower()
    assert head.startswith(f"get /ispws/{call} http/1.1\r\n")
    assert "content-" not in head
    assert server.connections[0].received.endswith(b"\r\n\r\n")


@BOTH
@pytest.mark.parametrize("polite", [True, False])
def test_a_refusal_in_the_middle_of_an_upload(kind: str, polite: bool, tmp_path: Path) -> None:
    """A server that refuses a large file before it has arrived leaves no doubt that it did not take it."""
    path = big_file(tmp_path / "big.bin")
    refusal = send(http("<html>too large</html>", "413 Payload Too Large"))
    script = [read(50_000), refusal, end_of_answer(), read_all()] if polite else [read(50_000), refusal]
    with ScriptedServer(script) as server, driving(kind, server.url(), retry=ONCE) as driver:
        problem = failure(driver, lambda client: client.upload(REPORT, path))
    if polite:
        assert isinstance(problem, HttpRefusedError)
    # Where the server cuts the connection at once, its answer may be lost with it.
    assert problem.known in {Known.NOT_EXECUTED, Known.UNSENT}


@BOTH
def test_a_huge_answer(kind: str) -> None:
    """Of an answer that does not end, only so much is kept as any real answer could need."""
    script = [read_request(), send(http(b"<reportResponse>" + b"x" * 10_000_000)), read_all()]
    with ScriptedServer(script) as server, driving(kind, server.url(), retry=ONCE) as driver:
        problem = failure(driver, lambda client: client.submit(report_xml()))
    assert isinstance(problem, OversizedAnswerError)
    assert problem.answer is not None
    assert len(problem.answer.body) == MAX_ANSWER_BYTES


@BOTH
def test_an_answer_of_exactly_the_limit(kind: str) -> None:
    """The largest answer that is read is read completely."""
    body = FINISHED.encode() + b" " * (MAX_ANSWER_BYTES - len(FINISHED.encode()))
    with ScriptedServer([read_request(), send(http(body))]) as server, driving(kind, server.url()) as driver:
        result = driver.do(lambda client: client.finish(REPORT))
    assert (len(result.receipt), result.answer.complete) == (MAX_ANSWER_BYTES, True)


@BOTH
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(kind: str, status: str) -> None:
    """Neither a report nor credentials go to the address that an answer points to."""
    with ScriptedServer() as other:
        script = [read_request(), send(http("", status, f"Location: {other.url()}/submit"))]
        with ScriptedServer(script) as server, driving(kind, server.url()) as driver:
            problem = failure(driver, lambda client: client.submit(report_xml()))
        assert isinstance(problem, RedirectRefusedError)
        assert problem.answer is not None
        assert problem.answer.header("Location") == f"{other.url()}/submit"
    assert not other.connections
    assert len(server.connections) == 1


@BOTH
@pytest.mark.parametrize(
    "location",
    [
        "https://xn--a.example/",
        "javascript:1",
        "https://[",
        "//",
        "",
        "https://example.com:99999/",
        "\xff\xfe",
        "/" * 9999,
    ],
)
def test_a_redirect_to_nowhere(kind: str, location: str) -> None:
    """An address that nobody can read makes no other error of a redirect."""
    script = [read_request(), send(http("", "302 Found", f"Location: {location}"))]
    with ScriptedServer(script) as server, driving(kind, server.url()) as driver:
        assert isinstance(failure(driver, lambda client: client.finish(REPORT)), RedirectRefusedError)


@BOTH
def test_a_wrong_md5(kind: str) -> None:
    """A file that arrived damaged is an error, and is not sent once more: it is part of the report."""
    with ScriptedServer([read_request(), send(http(UPLOADED))]) as server, driving(kind, server.url()) as driver:
        problem = failure(driver, lambda client: client.upload(REPORT, b"other bytes"))
    assert isinstance(problem, HashMismatchError)
    assert (problem.known, problem.report_id, len(server.connections)) == (Known.UNKNOWN, REPORT, 1)


@BOTH
def test_another_report(kind: str) -> None:
    """An answer about another report stops everything, also for a call that may be repeated."""
    script = [read_request(), send(http(SUBMITTED.replace(str(REPORT), "99")))]
    with ScriptedServer(script) as server, driving(kind, server.url()) as driver:
        problem = failure(driver, lambda client: client.finish(REPORT))
    assert isinstance(problem, WrongReportError)
    assert len(server.connections) == 1


@BOTH
def test_too_many_requests(kind: str) -> None:
    """A repeatable call waits as long as it is asked to; another one is left to the caller, with the time to wait."""
    busy = [read_request(), send(http("", "429 Too Many Requests", "Retry-After: 17"))]
    done = [read_request(), send(http(FINISHED))]
    with ScriptedServer(busy, done, busy) as server, driving(kind, server.url()) as driver:
        assert driver.do(lambda client: client.finish(REPORT)).report_id == REPORT
        assert driver.waits == [17.0]
        problem = failure(driver, lambda client: client.submit(report_xml()))
    assert isinstance(problem, ThrottledError)
    assert (problem.retry_after, problem.known, driver.waits) == (17.0, Known.NOT_EXECUTED, [17.0])


@BOTH
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, deflate"])
def test_an_answer_that_is_not_compressed_as_it_claims(kind: str, encoding: str) -> None:
    """A claimed compression that is none makes an answer unreadable, and nothing else."""
    script = [read_request(), send(http(FINISHED, "200 OK", f"Content-Encoding: {encoding}"))]
    with ScriptedServer(script) as server, driving(kind, server.url(), retry=ONCE) as driver:
        problem = failure(driver, lambda client: client.finish(REPORT))
    assert isinstance(problem, TruncatedAnswerError)
    assert problem.known is Known.UNKNOWN


ODD = {
    "no HTTP": b"\x00\x01\x02 hello\r\n\r\n",
    "HTTP 9": b"HTTP/9.9 200 OK\r\n\r\n",
    "a status of words": b"HTTP/1.1 two OK\r\n\r\n",
    "a broken header": b"HTTP/1.1 200 OK\r\nNo colon\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "a broken chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "endless headers": b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"x" * 300_000,
    "bytes in headers": b"HTTP/1.1 500 \xff\r\nRequest-ID: \xff\xfe\r\nRetry-After: \xb2\r\nA: \xe4\r\n\r\n\xff",
    "a strange type": b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=no-such\r\n\r\n{}",
    "an upgrade": b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    "strange cookies": b"HTTP/1.1 200 OK\r\nSet-Cookie: =;;=; Expires=never; Max-Age=x\r\nSet-Cookie: \xff\r\n\r\n{}",
}


@BOTH
@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_nothing_but_our_own_errors(kind: str, answer: bytes) -> None:
    """Whatever bytes come back, the caller gets an error of this package, and the effect is unknown."""
    with ScriptedServer([read_request(), send(answer)]) as server, driving(kind, server.url(), retry=ONCE) as driver:
        problem = failure(driver, lambda client: client.submit(report_xml()))
    assert problem.known is Known.UNKNOWN
    assert problem.call == "submit"
