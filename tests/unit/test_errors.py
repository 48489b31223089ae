"""The tree of exceptions: as drawn, picklable, and with words that say enough."""

from __future__ import annotations

import copy
import pickle
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module

import pytest

import cybertip
from cybertip import errors
from cybertip.calls.answers import Answer
from cybertip.errors import CallError, ConfigurationError, CybertipError, EvidenceError, Known
from cybertip.findings import DocumentError, RecordError, error
from tests.canaries import CONTENT


def everything_loaded() -> None:
    """Import every module, so that every class exists."""
    for module in pkgutil.walk_packages(cybertip.__path__, "cybertip."):
        if not module.name.endswith("__main__"):
            import_module(module.name)


def drawn() -> list[tuple[str, str | None]]:
    """Class and parent of each line of the drawing."""
    doc = errors.__doc__ or ""
    lines = doc.split("::\n", 1)[1].split("\nNo message", 1)[0].splitlines()
    above: list[str] = []
    rows: list[tuple[str, str | None]] = []
    for line in lines:
        found = re.match(r"    ((?:[│ ]   )*(?:[├└]── )?)(\w+)", line)
        if found is None:
            assert not line.strip(), line
            continue
        depth = len(found[1]) // 4
        above[depth:] = [found[2]]
        rows.append((found[2], above[depth - 1] if depth else None))
    return rows


def real(cls: type[CybertipError], parent: str | None = None) -> Iterator[tuple[str, str | None]]:
    """Class and parent of every class below."""
    yield cls.__name__, parent
    for child in cls.__subclasses__():
        if child.__module__.startswith("cybertip"):
            yield from real(child, cls.__name__)


everything_loaded()
CLASSES = {cls.__name__: cls for cls in [CybertipError]}


def collect(cls: type[CybertipError]) -> None:
    """All classes below, by name."""
    for child in cls.__subclasses__():
        if child.__module__.startswith("cybertip"):
            CLASSES[child.__name__] = child
            collect(child)


collect(CybertipError)
CALL_ERRORS = [cls for cls in CLASSES.values() if issubclass(cls, CallError)]
PLAIN_ERRORS = [cls for cls in CLASSES.values() if not issubclass(cls, (CallError, DocumentError))]
ANSWER = Answer(400, (("request-id", "r-1"),), b"<reportResponse/>", datetime(2025, 6, 11, tzinfo=UTC))


def full(cls: type[CallError]) -> CallError:
    """An error with everything that it can carry."""
    return cls(
        "what happened",
        call="upload",
        known=Known.DECLARED,
        code=1110,
        description="Upload failed",
        http_status=400,
        request_id="r-1",
        report_id=4564654,
        retry_after=3.5,
        answer=ANSWER,
    )


def test_the_drawing_is_the_tree() -> None:
    """The tree at the top of the module shows every class, below its real parent, and no other."""
    rows = drawn()
    assert len(rows) > 25
    assert len(rows) == len(set(rows))
    assert set(rows) == set(real(CybertipError))


def test_every_class_says_what_it_means() -> None:
    """Every class has a sentence of its own."""
    sentences = [str(cls.__dict__.get("__doc__")).partition("\n")[0] for cls in CLASSES.values()]
    assert all(sentence.endswith(".") for sentence in sentences)
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("cls", CALL_ERRORS)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_call_errors_survive_pickling(cls: type[CallError], protocol: int) -> None:
    """An error that crosses to another process arrives with all that it knew."""
    problem = full(cls)
    arrived = pickle.loads(pickle.dumps(problem, protocol))
    assert type(arrived) is cls
    assert arrived.__dict__ == problem.__dict__
    assert arrived.known is Known.DECLARED
    assert (str(arrived), arrived.args) == (str(problem), problem.args)


@pytest.mark.parametrize("cls", PLAIN_ERRORS)
def test_other_errors_survive_pickling_and_copying(cls: type[CybertipError]) -> None:
    """Errors that are only words keep them."""
    for arrived in (pickle.loads(pickle.dumps(cls("words"))), copy.copy(cls("words")), copy.deepcopy(cls("words"))):
        assert (type(arrived), str(arrived)) == (cls, "words")


@pytest.mark.parametrize("cls", [DocumentError, RecordError])
def test_document_errors_survive_pickling(cls: type[DocumentError]) -> None:
    """Findings cross to another process with their error."""
    problem = cls([error("X002", "/report", "wrong", "Mend it.", 3)], "a.xml")
    arrived = pickle.loads(pickle.dumps(problem))
    assert type(arrived) is cls
    assert (arrived.findings, arrived.subject, str(arrived)) == (problem.findings, "a.xml", str(problem))


@pytest.mark.parametrize("cls", CALL_ERRORS)
def test_the_text_of_a_call_error_says_all(cls: type[CallError]) -> None:
    """The text names call, code, the server's words, status, report, Request-ID and what is known."""
    assert str(full(cls)) == (
        "upload: what happened; code 1110; the server says: Upload failed; HTTP 400; report 4564654;"
        " Request-ID r-1 [declared]"
    )


@pytest.mark.parametrize("known", Known)
def test_the_text_without_an_answer(known: Known) -> None:
    """Where nothing came back, the text says only what was done and what is known."""
    assert str(CallError("it broke", call="submit", known=known)) == f"submit: it broke [{known.value}]"


def test_code_and_report_zero_are_shown() -> None:
    """Zero is a value and not its absence."""
    text = str(CallError("odd", call="upload", known=Known.UNKNOWN, code=0, report_id=0))
    assert text == "upload: odd; code 0; report 0 [unknown]"


def test_nothing_shows_the_answers_body() -> None:
    """Neither text nor repr of an error holds the body or the headers of the answer attached to it."""
    answer = Answer(500, (("set-cookie", CONTENT),), CONTENT.encode(), datetime(2025, 6, 11, tzinfo=UTC))
    problem = CallError("it broke", call="submit", known=Known.UNKNOWN, answer=answer)
    assert CONTENT not in f"{problem!s} {problem!r} {answer!r} {problem.__dict__}"


def test_one_root_for_everything() -> None:
    """Whoever wants to catch all errors of the package catches one."""
    for problem in (ConfigurationError("x"), EvidenceError("x"), DocumentError([]), full(CallError)):
        assert isinstance(problem, CybertipError)
