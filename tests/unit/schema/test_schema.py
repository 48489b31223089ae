"""Applying a schema: verdicts, and threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cybertip.schema
from cybertip.findings import DocumentError, Findings
from cybertip.models import ROOTS, FileDetails, Report
from cybertip.schema import Schema, bundled_xsd
from tests.samples import file_details_xml, report_xml

REPORT = report_xml()
DETAILS = file_details_xml(7, "f1")
CODES = {"X001", "X002", "X003", "X004", "X005"}
BITS = [b"<", b">", b"&amp;", b"<a/>", b"]]>", b"\x00", b"\xc3"]
many = settings(deadline=None, print_blob=True, max_examples=300)


def parsed_or_not_held(data: bytes) -> bool:
    """Whether a valid document is read, or refused only for what Python cannot hold and for missing offsets."""
    try:
        Schema.bundled().parse(data)
    except DocumentError as problem:
        return {finding.code for finding in problem.findings} <= {"X005", "S119"}
    return True


# --- verdicts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [REPORT, DETAILS], ids=["report", "fileDetails"])
def test_right_documents_have_no_findings(data: bytes) -> None:
    """Nothing is said about a valid document, and it becomes its model."""
    assert Schema.bundled().validate(data) == Findings()
    assert Schema.bundled().parse(data).document == Schema.bundled().parse(data, None).document


@pytest.mark.parametrize("root", ["person", "incidentSummary", "victim", "details", "webPageIncident", "html"])
def test_only_the_four_documents_are_roots(root: str) -> None:
    """Elements that the schema declares for use in others are refused as a root, at their line."""
    (finding,) = Schema.bundled().validate(f"\n\n<{root}/>".encode())
    assert (finding.code, finding.path, finding.line) == ("X002", f"/{root}", 3)
    assert finding.message == f"<{root}> is not a document"
    for name in ROOTS:
        assert f"<{name}>" in finding.cure


def test_a_document_in_a_namespace_is_told_to_leave_it() -> None:
    """The schema has no target namespace."""
    (finding,) = Schema.bundled().validate(REPORT.replace(b"<report>", b'<report xmlns="urn:example:ncmec">'))
    assert "remove the xmlns" in finding.cure


def test_parsing_checks_the_schema_first_and_then_what_python_can_hold() -> None:
    """What is invalid is told alone; a time without offset, or beyond Python, only of a valid document."""
    naive = REPORT.replace(b"09:26Z", b"09:26", 1)
    distant = REPORT.replace(b"2025-", b"12025-", 1)
    assert naive != REPORT != distant
    for data, expected in (
        (naive, ["S119"]),
        (distant, ["X005"]),
        (naive.replace(b"50123", b"high"), ["X002"]),
        (b"<report/>", ["X002", "X002"]),
        (b"<report>", ["X001"]),
        (b"<!DOCTYPE a><report/>", ["X004"]),
    ):
        with pytest.raises(DocumentError) as caught:
            Schema.bundled().parse(data, Report)
        assert [finding.code for finding in caught.value.findings] == expected
    assert Schema.bundled().validate(naive) == Schema.bundled().validate(distant) == Findings()
    with pytest.raises(DocumentError, match="The root must be <fileDetails>"):
        Schema.bundled().parse(REPORT, FileDetails)


@many
@given(st.binary(max_size=200))
def test_no_bytes_make_validation_raise(data: bytes) -> None:
    """Whatever is given as a document, the answer is findings."""
    found = Schema.bundled().validate(data)
    assert found
    assert {finding.code for finding in found} <= CODES


@many
@given(st.data())
def test_no_damage_makes_validation_raise(data: st.DataObject) -> None:
    """A real document with bytes cut out, put in and moved is judged, and read only if it is valid."""
    damaged = bytearray(data.draw(st.sampled_from([REPORT, DETAILS])))
    for _ in range(data.draw(st.integers(1, 3))):
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(damaged))] * 2)))
        put = data.draw(
            st.binary(max_size=8) | st.sampled_from([b"<", b">", b"&amp;", b"<a/>", b"]]>", b"\x00", b"\xc3"])
        )
        if data.draw(st.booleans()):
            damaged[start : min(end, start + 20)] = put
        else:
            damaged[start:start] = put
    found = Schema.bundled().validate(bytes(damaged))
    assert {finding.code for finding in found} <= CODES
    if found:
        with pytest.raises(DocumentError) as caught:
            Schema.bundled().parse(bytes(damaged))
        assert caught.value.findings == found
    else:
        assert parsed_or_not_held(bytes(damaged))


# --- threads -----------------------------------------------------------------------------------------------------


def run(threads: int, work: Callable[[int], object]) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for future in [pool.submit(work, number) for number in range(threads)]:
            future.result()


def test_threads_do_not_mix_findings_up() -> None:
    """Eight threads with one schema and eight broken documents: each always gets the findings of its own."""
    schema = Schema.bundled()
    good = (
        "<reportResponse>\n<responseCode>0</responseCode>\n<responseDescription>ok</responseDescription>\n"
        "<reportId>1</reportId>\n</reportResponse>"
    )
    hint = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="none">'
    # Some are explained by the models, some only by libxml2's log, and one is valid.
    changes = [
        (">0<", ">x<"),
        (">1<", ">x<"),
        (">ok<", "><b/><"),
        ("</reportResponse>", "<z/></reportResponse>"),
        ("<reportId>", f"<reportId{hint}"),
        ("<responseCode>", f"<responseCode{hint}"),
        ("<reportResponse>", f"<reportResponse{hint}"),
        ("", ""),
    ]
    broken = [good.replace(before, after, 1).encode() for before, after in changes]
    expected = [schema.validate(data) for data in broken]
    assert len(set(expected)) == 8
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        for _ in range(1000):
            assert schema.validate(broken[number]) == expected[number]

    run(8, work)


def test_each_thread_compiles_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling takes longer than validating a hundred documents, so it is done once in each thread."""
    compile_ = cybertip.schema._compile
    compiled_by: list[int] = []

    def counted(source: bytes, name: str) -> object:
        compiled_by.append(threading.get_ident())
        return compile_(source, name)

    monkeypatch.setattr(cybertip.schema, "_compile", counted)
    schema = Schema(bundled_xsd())
    start = threading.Barrier(3)

    def work(number: int) -> None:
        start.wait()
        for _ in range(3):
            assert not schema.validate(REPORT)

    run(3, work)
    schema.validate(REPORT)
    assert len(compiled_by) == len(set(compiled_by)) == 4


@pytest.mark.parametrize("space", [" ", "\n    ", "\t\r\n"])
def test_white_space_around_times_means_nothing(space: str) -> None:
    """A pretty-printed time is as valid as any, in elements and in attributes; other spaces are not."""
    for tag in (b"<incidentDateTime>", b"</incidentDateTime>"):
        around = (tag + space.encode()) if tag.startswith(b"<i") else (space.encode() + tag)
        assert not Schema.bundled().validate(report_xml().replace(tag, around))
    dated = report_xml().replace(b"<email>", f'<email verificationDate="{space}2025-01-01T00:00:00Z">'.encode())
    assert not Schema.bundled().validate(dated)
    assert Schema.bundled().validate(report_xml().replace(b"2025-03-14T", f"2025-03-14{space}T".encode()))
