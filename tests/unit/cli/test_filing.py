"""One filing in one go: what happens when something fails on the way."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from cybertip.cli._filing import FileToSend, Watcher, file_report
from cybertip.client import Client, RetryPolicy
from cybertip.errors import (
    AlreadyRetractedError,
    ConnectionLostError,
    CredentialsError,
    EvidenceError,
    HashMismatchError,
    NeedsPersonError,
    RefusedError,
    ServerFailureError,
)
from cybertip.evidence import source
from cybertip.xml import name_file
from tests.canaries import PASSWORD, USERNAME
from tests.samples import file_details_xml, report_xml

EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def answer(code: int, extra: str = "", status: int | None = None) -> httpx.Response:
    """A reportResponse."""
    body = f"<reportResponse><responseCode>{code}</responseCode><responseDescription/>{extra}</reportResponse>"
    return httpx.Response(status if status is not None else 400 if code else 200, text=body)


def receipt(*file_ids: str) -> httpx.Response:
    """A reportDoneResponse of success."""
    files = "".join(f"<fileId>{item}</fileId>" for item in file_ids)
    return httpx.Response(
        200,
        text=f"<reportDoneResponse><responseCode>0</responseCode><reportId>7</reportId><files>{files}</files>"
        "</reportDoneResponse>",
    )


Reaction = Callable[[], httpx.Response]


class Server:
    """Answers each endpoint as the test says; success where it says nothing."""

    def __init__(self, **reactions: Reaction) -> None:
        self.reactions = reactions
        self.calls: list[str] = []
        self.lines: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        name = request.url.path.rpartition("/")[2]
        self.calls.append(name)
        usual: dict[str, Reaction] = {
            "submit": lambda: answer(0, "<reportId>7</reportId>"),
            "upload": lambda: answer(0, f"<reportId>7</reportId><fileId>f1</fileId><hash>{EMPTY_MD5}</hash>"),
            "fileinfo": lambda: answer(0, "<reportId>7</reportId>"),
            "finish": lambda: receipt("f1"),
            "retract": lambda: answer(0, "<reportId>7</reportId>"),
        }
        return self.reactions.get(name, usual[name])()


def lost() -> httpx.Response:
    """An answer that never comes."""
    raise httpx.ReadError("broken")


def in_turn(*reactions: Reaction) -> Reaction:
    """One reaction after the other."""
    left = iter(reactions)

    def react() -> httpx.Response:
        return next(left)()

    return react


def run(server: Server) -> list[str]:
    """File one report with one empty, described file; the lines that a person saw."""
    details = file_details_xml(1, "any")
    item = FileToSend(source(b"", name="empty.bin"), lambda report, file: name_file(details, report, file))
    client = Client(USERNAME, PASSWORD, transport=httpx.MockTransport(server), retry=RetryPolicy(attempts=2, base=0))
    with client:
        file_report(client, report_xml(), [item], Watcher(server.lines.append, lambda name, size: None))
    return server.lines


def failed(server: Server, kind: type[Exception]) -> tuple[str, list[str]]:
    """The error's text and the lines that a person saw."""
    with pytest.raises(kind) as caught:
        run(server)
    return str(caught.value), server.lines


def test_the_calls_come_in_order() -> None:
    """Open, upload, describe, finish; each once."""
    server = Server()
    assert [line.split()[0] for line in run(server)] == ["opened", "uploaded", "described", "finished"]
    assert server.calls == ["submit", "upload", "fileinfo", "finish"]


@pytest.mark.parametrize(
    ("reactions", "kind"),
    [
        ({"upload": lambda: answer(4200)}, RefusedError),
        ({"upload": lambda: answer(1110)}, ServerFailureError),
        ({"upload": lost}, ConnectionLostError),
        ({"upload": lambda: answer(0, "<fileId>f1</fileId><hash>00</hash>")}, HashMismatchError),
        ({"fileinfo": lambda: answer(4100)}, RefusedError),
        ({"fileinfo": lost}, ConnectionLostError),
        ({"finish": lambda: answer(4100)}, RefusedError),
        ({"finish": lambda: answer(2000, status=401)}, CredentialsError),
    ],
)
def test_what_fails_before_it_is_filed_is_retracted(reactions: dict[str, Reaction], kind: type[Exception]) -> None:
    """Whatever goes wrong while nothing can have been filed, the open report is retracted, and the person is told."""
    server = Server(**reactions)
    _, lines = failed(server, kind)
    assert server.calls[-1] == "retract"
    assert lines[-1] == "retracted report 7: nothing was filed"


def test_a_file_that_cannot_be_read_retracts() -> None:
    """A file that changed on the way is never sent whole, and the report is retracted."""
    server = Server()
    lines: list[str] = []
    changed = source(b"x", sha256="0" * 64)
    with (
        Client(USERNAME, PASSWORD, transport=httpx.MockTransport(server)) as client,
        pytest.raises(EvidenceError, match="not the one that was reviewed"),
    ):
        file_report(client, report_xml(), [FileToSend(changed, None)], Watcher(lines.append, lambda name, size: None))
    assert server.calls[-1] == "retract"


def test_an_unknown_submit_tells_of_the_orphan() -> None:
    """If nobody knows whether a report was opened, the person learns that it would lapse; it is not opened again."""
    server = Server(submit=lost)
    _, lines = failed(server, ConnectionLostError)
    assert server.calls == ["submit"]
    assert "lapses by itself" in lines[-1]


def test_an_unanswered_finish_is_repeated() -> None:
    """A finish that was not answered is made again, and its answer then counts."""
    server = Server(finish=in_turn(lost, lambda: receipt("f1")))
    assert run(server)[-1] == "finished  report 7: filed"
    assert server.calls.count("finish") == 2


@pytest.mark.parametrize("reaction", [lost, lambda: answer(1000), lambda: answer(1100), lambda: answer(7777)])
def test_a_finish_that_stays_unknown_waits_for_a_person(reaction: Reaction) -> None:
    """Nothing is retracted or filed anew while it is not known whether the report was filed."""
    server = Server(finish=reaction)
    text, _ = failed(server, NeedsPersonError)
    assert "it is not known whether report 7 was filed" in text
    assert "Do not file it again" in text
    assert "retract" not in server.calls


@pytest.mark.parametrize("second", [lambda: answer(2000, status=401), lambda: answer(4100), lambda: answer(5001)])
def test_a_refusal_after_an_unknown_finish_proves_nothing(second: Reaction) -> None:
    """The first finish may have filed it, so a refusal of the second one waits for a person."""
    server = Server(finish=in_turn(lost, second))
    text, _ = failed(server, NeedsPersonError)
    assert "it is not known whether report 7 was filed" in text
    assert "retract" not in server.calls


def test_a_lost_receipt_waits_for_a_person() -> None:
    """5102 to a repeated finish means that it is filed and the receipt is lost."""
    server = Server(finish=in_turn(lost, lambda: answer(5102)))
    text, _ = failed(server, NeedsPersonError)
    assert "report 7 is filed, but its receipt was lost" in text
    assert "retract" not in server.calls


def test_other_files_in_the_receipt_are_an_alarm() -> None:
    """A receipt that lists other files than those sent is filed, and a person must look."""
    text, _ = failed(Server(finish=lambda: receipt("f1", "f2")), NeedsPersonError)
    assert "lists other files" in text


def test_a_retract_that_fails_is_told() -> None:
    """If the report cannot be retracted either, the person learns that it lapses."""
    _, lines = failed(Server(upload=lambda: answer(4200), retract=lost), RefusedError)
    assert "could not be retracted" in lines[-1]
    assert "lapses by itself" in lines[-1]


def test_a_report_that_lapsed_or_was_retracted_is_closed() -> None:
    """5101 to /finish, and then to /retract, means that nothing was filed."""
    server = Server(finish=lambda: answer(5101), retract=lambda: answer(5101))
    _, lines = failed(server, AlreadyRetractedError)
    assert lines[-1] == "report 7 was retracted before: nothing was filed"


def test_a_retract_that_finds_it_filed_is_an_alarm() -> None:
    """5102 to /retract means that it is filed, whatever went wrong before."""
    text, _ = failed(Server(upload=lambda: answer(4200), retract=lambda: answer(5102)), NeedsPersonError)
    assert "the server says that it is filed" in text
