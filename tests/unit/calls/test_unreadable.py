"""Answers that are not the API's, and what is shown of those that are."""

from __future__ import annotations

import gzip
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from cybertip import calls
from cybertip.calls import Call
from cybertip.calls.answers import MAX_ANSWER_BYTES, MAX_DESCRIPTION, clean
from cybertip.errors import (
    CallError,
    EmptyAnswerError,
    HtmlAnswerError,
    HttpRefusedError,
    IncompleteAnswerError,
    Known,
    NotXmlAnswerError,
    OversizedAnswerError,
    RedirectRefusedError,
    ThrottledError,
    TruncatedAnswerError,
)
from tests.unit.calls.exchanges import ALL_CALLS, ARRIVED, FINISHED, REPORT, SUBMITTED, answer, failure, reply

FINISH = calls.Finish(REPORT)
SUBMIT = calls.Submit(b"<report/>")
PAGE = '<!DOCTYPE html>\n<html lang="en"><head><title>Bad Gateway</title></head><body><br>Sorry</body></html>'
HTML_TYPE = ("Content-Type", "text/html; charset=utf-8")
BOMB = f'<!DOCTYPE r [<!ENTITY a "{"x" * 100}">]><reportResponse><responseCode>0</responseCode></reportResponse>'

UNREADABLE: list[tuple[str, str | bytes, type[CallError]]] = [
    ("page", PAGE, HtmlAnswerError),
    ("page in capitals", "\ufeff \n" + PAGE.upper(), HtmlAnswerError),
    ("page without a document type", "<html><body>Sorry<p></body></html>", HtmlAnswerError),
    ("page that is well-formed XML", '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', HtmlAnswerError),
    ("page with an XML declaration", '<?xml version="1.0"?>\n<!DOCTYPE html><html><br></html>', HtmlAnswerError),
    ("page after a comment", "<!-- maintenance -->\n" + PAGE, HtmlAnswerError),
    ("cut off in an element", SUBMITTED[:90], TruncatedAnswerError),
    ("cut off before the last tag", FINISHED[:-5], TruncatedAnswerError),
    ("cut off without a declaration", "<reportResponse><responseCode>0", TruncatedAnswerError),
    ("only a declaration", '<?xml version="1.0" encoding="UTF-8"?>', TruncatedAnswerError),
    ("a document type with entities", BOMB, NotXmlAnswerError),
    ("nothing", "", EmptyAnswerError),
    ("only white space", " \r\n\t", EmptyAnswerError),
    ("JSON", '{"error": "upstream"}', NotXmlAnswerError),
    ("plain text", "upstream connect error", NotXmlAnswerError),
    ("compressed bytes", gzip.compress(b"x" * 100), NotXmlAnswerError),
    ("NUL bytes", b"\0" * 64, NotXmlAnswerError),
    ("XML of another kind", "<fault><responseCode>0</responseCode></fault>", NotXmlAnswerError),
    ("no response code", "<reportResponse><reportId>4564654</reportId></reportResponse>", IncompleteAnswerError),
    ("a response code that is a word", reply(0).replace(">0<", ">OK<"), IncompleteAnswerError),
    ("a response code with too many digits", reply(0).replace(">0<", f">{'1' * 5000}<"), IncompleteAnswerError),
    ("a response code in other digits", reply(0).replace(">0<", ">\u0660<"), IncompleteAnswerError),
]


@pytest.mark.parametrize(("body", "kind"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
@pytest.mark.parametrize("status", [200, 400, 500, 502])
def test_what_is_not_an_answer_is_an_error_of_its_kind(status: int, body: str | bytes, kind: type[CallError]) -> None:
    """Whatever else comes back in place of an answer leaves the effect unknown, and says what it is."""
    problem = failure(FINISH, answer(body, status))
    assert type(problem) is kind
    assert (problem.known, problem.code, problem.description) == (Known.UNKNOWN, None, None)
    assert problem.report_id == REPORT


@pytest.mark.parametrize("body", [PAGE, "", reply(1000)[:40], "{}"])
@pytest.mark.parametrize("status", [404, 413])
@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
def test_an_unreadable_body_leaves_the_word_to_the_status(call: Call[object], status: int, body: str) -> None:
    """HTTP 404 and 413 without an answer of the API mean that the API never saw the call."""
    problem = failure(call, answer(body, status))
    assert type(problem) is HttpRefusedError
    assert problem.known is Known.NOT_EXECUTED


def test_a_readable_body_outweighs_404() -> None:
    """The API's own word about a report counts, even if it comes with HTTP 404."""
    assert failure(FINISH, answer(reply(5001), 404)).code == 5001


@pytest.mark.parametrize("content_type", ["text/html", "Text/HTML;charset=x", "application/xhtml+xml"])
def test_a_page_is_known_by_its_type(content_type: str) -> None:
    """What calls itself a web page is one, also if it begins in an unusual way."""
    problem = failure(FINISH, answer("<div>Sorry<br></div>", 503, ("Content-Type", content_type)))
    assert type(problem) is HtmlAnswerError


@pytest.mark.parametrize("body", [PAGE, "", reply(0), reply(4100)])
@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 399])
def test_a_redirect_is_refused(status: int, body: str) -> None:
    """An answer that points elsewhere is an error whatever its body says, and never a result."""
    problem = failure(FINISH, answer(body, status, ("Location", "https://elsewhere.example/")))
    assert type(problem) is RedirectRefusedError
    assert "elsewhere" not in str(problem)


def test_an_oversized_answer_is_not_parsed() -> None:
    """An answer that was cut off at the limit is an error, even if what is there would be complete."""
    whole = FINISHED.encode()
    kept = whole + b" " * (MAX_ANSWER_BYTES - len(whole))
    assert type(failure(FINISH, answer(kept, complete=False))) is OversizedAnswerError
    assert FINISH.read(answer(kept)).report_id == REPORT


@pytest.mark.parametrize("body", [b"", b"\x1f\x8b", b"<repo", b'{"a"'])
def test_what_ended_too_early_is_called_so(body: bytes) -> None:
    """An answer of which only a part arrived is damaged, whatever the part looks like."""
    assert type(failure(FINISH, answer(body, complete=False))) is TruncatedAnswerError


def test_an_answer_that_is_whole_counts_although_the_connection_broke() -> None:
    """A connection that breaks behind the last tag has delivered the receipt."""
    assert FINISH.read(answer(FINISHED, complete=False)).receipt == FINISHED.encode()


@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
@pytest.mark.parametrize("body", [PAGE, "", reply(1000)])
def test_too_many_requests(call: Call[object], body: str) -> None:
    """HTTP 429 means that nothing was executed, and carries the wait that the server asks for."""
    problem = failure(call, answer(body, 429, ("Retry-After", "7")))
    assert type(problem) is ThrottledError
    assert (problem.known, problem.retry_after) == (Known.NOT_EXECUTED, 7.0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Wed, 11 Jun 2025 12:01:30 GMT", 90.0),
        ("Wed, 11 Jun 2025 11:00:00 GMT", 0.0),
        ("Wed, 11 Jun 2025 14:00:05 +0200", 5.0),
        ("Wed, 11 Jun 2025 12:00:09 -0000", 9.0),
        (format_datetime(ARRIVED + timedelta(days=2), usegmt=True), 172_800.0),
        (format_datetime((ARRIVED + timedelta(hours=1)).astimezone(timezone(timedelta(hours=-5)))), 3600.0),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(value: str, seconds: float) -> None:
    """A maintenance page says with ``Retry-After`` when to come again, in either of its forms."""
    problem = failure(FINISH, answer(PAGE, 503, HTML_TYPE, ("Retry-After", value)))
    assert type(problem) is HtmlAnswerError
    assert problem.retry_after == seconds


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-5",
        "1.5",
        "soon",
        "1" * 10,
        "\u00b2",
        "NaN",
        "Wed, 99 Jun 2025 12:00:00 GMT",
        "Wed, 11 Jun 99999999999999999999 12:00:00 GMT",
        "Wed, 11 Jun 2025 12:00:00 +9999",
        "(" * 50,
    ],
)
def test_retry_after_that_makes_no_sense_is_passed_over(value: str) -> None:
    """A ``Retry-After`` that nobody can read says nothing, and is no further problem."""
    assert failure(FINISH, answer(PAGE, 503, ("Retry-After", value))).retry_after is None


def test_no_retry_after() -> None:
    """Without the header there is no wait to honour."""
    assert answer("", 503).retry_after is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  one\n two\t three\r\n", "one two three"),
        ("\x1b[31mred\x1b[0m and \x07bell\x00", "[31mred[0m and bell"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("\u2066a\u2069\u200bb\ufeffc\u00add", "abcd"),
        ("line\u2028break\u0085here", "line break here"),
        ("\ue000private\U0010ffff", "private"),
        ("\ud800lone", "lone"),
        ("naïve · あ 🙂", "naïve · あ 🙂"),
        ("", ""),
    ],
)
def test_text_of_the_server_is_made_fit_to_show(text: str, shown: str) -> None:
    """Control characters, escape sequences and changes of direction never reach a terminal."""
    assert clean(text) == shown


def test_a_long_description_is_shortened() -> None:
    """A description of ten thousand characters is shown up to the limit, and marked as cut."""
    problem = failure(FINISH, answer(reply(4100, "x" * 10_000), 400))
    assert problem.description == "x" * (MAX_DESCRIPTION - 1) + "…"
    assert len(clean("y" * MAX_DESCRIPTION)) == MAX_DESCRIPTION
    assert "…" not in clean("y" * MAX_DESCRIPTION)


def test_a_description_cannot_write_to_the_terminal() -> None:
    """The error's text has neither control characters nor changes of direction, whatever the server sends."""
    said = "bad\u009b2J\u202eevil\u2066 &#9; &#10; &#13;<![CDATA[ <b>]]>\u200f end"
    text = str(failure(FINISH, answer(reply(4100, said), 400, ("Request-ID", "a\u202eb"))))
    assert not [char for char in text if unicodedata.category(char) in ("Cc", "Cf")]
    assert "bad2Jevil <b> end" in text


def test_the_answer_keeps_what_was_received() -> None:
    """The raw answer is kept byte for byte with all its headers, and its repr shows neither."""
    given = answer(b"\xff raw", 502, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    assert (given.body, given.headers) == (b"\xff raw", (("set-cookie", "a=1"), ("set-cookie", "b=2")))
    assert given.header("SET-COOKIE") == "a=1"
    assert repr(given) == f"Answer(status=502, received_at={datetime(2025, 6, 11, 12, tzinfo=UTC)!r}, complete=True)"


@pytest.mark.parametrize(
    "body",
    [
        reply(0),
        reply(0, report_id=REPORT),
        "<reportDoneResponse><responseCode>0</responseCode></reportDoneResponse>",
    ],
)
def test_only_a_receipt_proves_a_filing(body: str) -> None:
    """Success of another call's kind, or without its report, is no receipt: /finish stays unknown and is repeated."""
    problem = failure(FINISH, answer(body))
    assert type(problem) is IncompleteAnswerError
    assert problem.known is Known.UNKNOWN


@pytest.mark.parametrize("status", [400, 404, 500, 503])
@pytest.mark.parametrize("call", [SUBMIT, FINISH], ids=lambda call: call.name)
def test_success_under_an_error_status_is_unknown(call: Call[object], status: int) -> None:
    """A body that says success under an HTTP status that says failure proves neither."""
    body = FINISHED if call is FINISH else reply(0, report_id=REPORT)
    problem = failure(call, answer(body, status=status))
    assert type(problem) is IncompleteAnswerError
    assert problem.known is Known.UNKNOWN
    assert problem.report_id == REPORT


@pytest.mark.parametrize("report_id", [0, -3, 9_999_999_999_999_999_999])
def test_a_report_id_that_can_be_none_is_none(report_id: int) -> None:
    """What /submit answers must be usable as a report id."""
    assert type(failure(SUBMIT, answer(reply(0, report_id=report_id)))) is IncompleteAnswerError
