"""A flat table, one row per file, to review records."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from cybertip.adapters import flat_csv, from_csv
from cybertip.findings import RecordError
from cybertip.intake import make_record
from cybertip.review import ActionKind, Indicator, Viewed
from tests.unit.adapters.shapes import DIGESTS, TYPE, package_of, places

Rows = list[dict[str, str]]


def table() -> Rows:
    """A case with two files, in which every documented column says something."""
    first = {
        "case_id": "case-1",
        "profile": "default",
        "outcome": "confirmed",
        "reviewer": "reviewer-17",
        "decided_at": "2026-03-02T10:15:00Z",
        "decision_notes": "an internal note",
        "urgent_reason": "A meeting is planned.",
        "incident_type": TYPE,
        "occurred_at": "2026-03-02T09:58:12+01:00",
        "time_meaning": "Upload of the first file",
        "platform": "Example Photos",
        "incident_notes": "a note on the incident",
        "detection_source": "hash match",
        "detection_tool": "Example Matcher",
        "detection_organisation": "Example Organisation",
        "detected_at": "2026-03-02T08:59:30Z",
        "notified_at": "2026-03-02T09:00:30Z",
        "case_notes": "a note on the case",
        "page_url": "https://photos.example.com/album/1",
        "indicator": "planned meeting",
        "suspect_id": "user-4711",
        "suspect_service": "Example Chat",
        "suspect_screen_name": "plain_colours",
        "suspect_first_name": "Sam",
        "suspect_last_name": "Sample",
        "suspect_age": "41",
        "suspect_date_of_birth": "1985-01-31",
        "suspect_profile_bio": "likes colours",
        "suspect_notes": "a note on the suspect",
        "suspect_email": "sam@example.com",
        "suspect_phone": "555-0123",
        "suspect_display_name": "Plain Colours",
        "suspect_profile_url": "https://photos.example.com/plain_colours",
        "suspect_prior_report": "4100000001",
        "suspect_ip": "192.0.2.44",
        "suspect_ip_at": "2026-03-02T09:58:10+01:00",
        "suspect_ip_event": "Login",
        "suspect_ip_port": "51812",
        "suspect_ip_proxy": "false",
        "action": "account temporarily disabled",
        "action_at": "2026-03-02T10:16:00Z",
        "action_user_notified": "TRUE",
        "action_user_notified_at": "2026-03-02T10:17:00Z",
        "action_reenabled_at": "2026-04-02T10:17:00Z",
        "file_id": "file-1",
        "location": "evidence/1.png",
        "sha256": DIGESTS[0],
        "size": "173",
        "viewed": "full",
        "viewed_by": "reviewer-17a",
        "viewed_at": "2026-03-02T10:12:00Z",
        "viewed_sha256": DIGESTS[0],
        "exif_viewed": "true",
        "relevance": "Reported",
        "classification": "B2",
        "label": "classifier 7: high",
        "original_name": 'colour, the "first"\nof two.png',
        "uploaded_at": "2026-03-02T09:58:11+01:00",
        "source_url": "https://photos.example.com/album/1/1",
        "publicly_available": "True",
        "md5": "9e" * 16,
        "upload_ip": "198.51.100.7",
        "upload_ip_at": "2026-03-02T09:58:09+01:00",
        "upload_ip_event": "Upload",
        "upload_ip_port": "40001",
        "upload_ip_proxy": "false",
        "file_notes": "a note on the file",
    }
    second = {
        "case_id": "case-1",
        "page_url": "https://photos.example.com/album/2",
        "suspect_id": "user-4711",
        "suspect_email": "sam2@example.com",
        "suspect_ip": "192.0.2.45",
        "action": "content removed",
        "file_id": "file-2",
        "location": "evidence/2.png",
        "sha256": DIGESTS[1],
        "viewed": "none",
    }
    return [first, second]


def text_of(rows: Rows) -> str:
    """The rows as a table."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def record_of(rows: Rows) -> dict[str, Any]:
    """The only record of a table."""
    (record,) = from_csv(text_of(rows))
    return record


def refused(text: str) -> list[tuple[str, str]]:
    """Codes and places of what the adapter refuses."""
    with pytest.raises(RecordError) as caught:
        from_csv(text)
    return places(caught.value)


def refused_by_intake(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and places of what intake says to a record."""
    with pytest.raises(RecordError) as caught:
        make_record(content)
    return places(caught.value)


def test_a_full_table_becomes_a_record_that_is_built() -> None:
    """Every column reaches the record, and the record makes a valid package."""
    content = record_of(table())
    package_of(content)
    record = make_record(content)
    assert record.decision.notes == "an internal note"
    assert record.detection is not None
    assert record.detection.organisation == "Example Organisation"
    assert record.indicators == (Indicator.PLANNED_MEETING,)
    assert [item.viewed for item in record.evidence] == [Viewed.FULL, Viewed.NONE]
    assert record.evidence[0].original_name == 'colour, the "first"\nof two.png'
    assert [(item.kind, item.account) for item in record.actions] == [
        (ActionKind.ACCOUNT_TEMPORARILY_DISABLED, "user-4711"),
        (ActionKind.CONTENT_REMOVED, "user-4711"),
    ]
    assert record.incident.details[0].web_page_incident is not None
    assert len(record.incident.details[0].web_page_incident.urls) == 2


def test_the_golden_record() -> None:
    """A small table, field by field."""
    row = {
        "case_id": "case-1",
        "outcome": "confirmed",
        "reviewer": "reviewer-17",
        "decided_at": "2026-03-02T10:15:00Z",
        "incident_type": TYPE,
        "occurred_at": "2026-03-02T09:58:12+01:00",
        "suspect_id": "user-1",
        "suspect_email": "sam@example.com",
        "suspect_hair": "brown",
        "file_id": "file-1",
        "location": "1.png",
        "sha256": DIGESTS[0],
        "viewed": "full",
        "ticket": "T-1",
        "camera": "Example One",
    }
    assert from_csv(text_of([row])) == [
        {
            "format": "cybertip.review/1",
            "id": "case-1",
            "decision": {"outcome": "confirmed", "reviewer": "reviewer-17", "decided_at": "2026-03-02T10:15:00Z"},
            "incident": {"type": TYPE, "occurred_at": "2026-03-02T09:58:12+01:00"},
            "indicators": [],
            "suspects": [
                {
                    "identifier": "user-1",
                    "person": {"emails": [{"address": "sam@example.com"}]},
                    "notes": "suspect_hair: brown",
                }
            ],
            "actions": [],
            "evidence": [
                {
                    "id": "file-1",
                    "location": "1.png",
                    "sha256": DIGESTS[0],
                    "viewed": "full",
                    "notes": "camera: Example One\nticket: T-1",
                }
            ],
        }
    ]


def test_the_documented_columns_are_those_that_are_read() -> None:
    """No documented column is taken for an unknown one, and none is forgotten in the docstring."""
    documented = set(re.findall("``([a-z_0-9]+)``", flat_csv.__doc__ or "")) - {"true", "false", "suspect_"}
    assert documented == set(table()[0])
    notes = [part.get("notes") for part in record_of(table()[:1])["suspects"] + record_of(table()[:1])["evidence"]]
    assert notes == ["a note on the suspect", "a note on the file"]
    assert record_of(table())["notes"] == "a note on the case"


def test_rows_of_a_case_make_one_record() -> None:
    """Cases come in the order in which they begin, wherever their rows stand."""
    rows = [{"case_id": name, "file_id": f"f{index}"} for index, name in enumerate(["b", "a", "b", "a", "b"])]
    records = from_csv(text_of(rows))
    assert [(item["id"], [file["id"] for file in item["evidence"]]) for item in records] == [
        ("b", ["f0", "f2", "f4"]),
        ("a", ["f1", "f3"]),
    ]


def test_what_several_rows_say_is_collected_once() -> None:
    """Equal addresses, events and actions are one; different ones are several."""
    row = table()[0]
    record = record_of([row, row, table()[1]])
    suspect = record["suspects"][0]
    assert len(record["suspects"]) == 1
    assert [item["address"] for item in suspect["person"]["emails"]] == ["sam@example.com", "sam2@example.com"]
    assert [item["ip_address"] for item in suspect["ip_events"]] == ["192.0.2.44", "192.0.2.45"]
    assert len(record["actions"]) == 2


def test_suspects_are_told_apart_by_their_ids() -> None:
    """A case may have several suspects, each with what its rows say."""
    rows = [
        {"case_id": "c", "suspect_id": "u1", "suspect_screen_name": "one", "suspect_x": "1"},
        {"case_id": "c", "suspect_id": "u2", "suspect_screen_name": "two"},
        {"case_id": "c", "suspect_id": "u1", "suspect_email": "one@example.com"},
    ]
    assert record_of(rows)["suspects"] == [
        {
            "identifier": "u1",
            "screen_name": "one",
            "person": {"emails": [{"address": "one@example.com"}]},
            "notes": "suspect_x: 1",
        },
        {"identifier": "u2", "screen_name": "two"},
    ]


def test_a_suspect_without_an_id_stands_alone() -> None:
    """Rows that never name a suspect tell of one; whether it is one with an id, nobody guesses."""
    nameless = {"case_id": "c", "suspect_ip": "192.0.2.1"}
    named = {"case_id": "c", "suspect_id": "u1"}
    assert record_of([nameless, {**nameless, "suspect_ip": "192.0.2.2"}])["suspects"] == [
        {"ip_events": [{"ip_address": "192.0.2.1"}, {"ip_address": "192.0.2.2"}]}
    ]
    assert refused(text_of([nameless, named])) == [("X002", "/1/suspect_id")]
    assert refused(text_of([named, nameless])) == [("X002", "/1/suspect_id")]


@pytest.mark.parametrize(
    "column",
    [
        *("reviewer", "outcome", "decided_at", "occurred_at", "profile", "urgent_reason", "detected_at"),
        *("case_notes", "incident_notes", "suspect_screen_name", "suspect_age", "suspect_notes"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(column: str) -> None:
    """Nobody picks one of two answers; the finding names the cell and its line, and no value."""
    rows = [{**row, column: str(index)} for index, row in enumerate(table())]
    with pytest.raises(RecordError) as caught:
        from_csv(text_of(rows))
    (finding,) = caught.value.findings
    assert (finding.code, finding.path) == ("X002", f"/1/{column}")
    assert finding.line == 4  # a cell of the first row has a line end


def test_a_row_without_file_columns_tells_of_no_file() -> None:
    """What such a row says in columns of other names belongs to the case."""
    record = record_of([{"case_id": "c", "ticket": "T-1", "reviewer": "reviewer-17"}])
    assert record["evidence"] == []
    assert record["notes"] == "ticket: T-1"


def test_blank_cells_say_nothing() -> None:
    """Cells of white space are as if the column were missing."""
    row = {"case_id": "c", "file_id": "f"}
    assert record_of([{**row, "viewed": "", "sha256": "  ", "ticket": "\t", "action": "", "indicator": " "}]) == (
        record_of([row])
    )


def test_intake_names_what_the_table_does_not_say() -> None:
    """Every field that the record demands is named, and none is filled in."""
    assert refused_by_intake(record_of([{"case_id": "c", "file_notes": "n"}])) == [
        ("X002", "/decision/outcome"),
        ("X002", "/incident/type"),
        ("X002", "/incident/occurred_at"),
        ("X002", "/evidence/0/id"),
        ("X002", "/evidence/0/location"),
        ("X002", "/evidence/0/sha256"),
        ("X002", "/evidence/0/viewed"),
    ]


@pytest.mark.parametrize(
    ("column", "cell", "code", "place"),
    [
        ("case_id", "x" * 201, "X002", "/id"),
        ("outcome", "yes", "X002", "/decision/outcome"),
        ("occurred_at", "2026-03-02T09:58:12", "S119", "/incident/occurred_at"),
        ("decided_at", "02/03/2026 10:15", "X002", "/decision/decided_at"),
        ("incident_type", "theft", "X002", "/incident/type"),
        ("size", "1 kB", "X002", "/evidence/0/size"),
        ("size", "-1", "X002", "/evidence/0/size"),
        ("size", "9" * 40, "X002", "/evidence/0/size"),
        ("size", "٣", "X002", "/evidence/0/size"),
        ("viewed", "yes", "X002", "/evidence/0/viewed"),
        ("viewed", "true", "X002", "/evidence/0/viewed"),
        ("exif_viewed", "yes", "X002", "/evidence/0/exif_viewed"),
        ("publicly_available", "1", "X002", "/evidence/0/publicly_available"),
        ("sha256", "abc", "X002", "/evidence/0/sha256"),
        ("upload_ip_port", "http", "X002", "/evidence/0/ip_event/port"),
        ("suspect_age", "forty", "X002", "/suspects/0/person/age"),
        ("suspect_ip_proxy", "maybe", "X002", "/suspects/0/ip_events/0/possible_proxy"),
        ("suspect_prior_report", "CT-1", "X002", "/suspects/0/prior_reports/0"),
        ("action", "banned", "X002", "/actions/0/kind"),
        ("indicator", "danger", "X002", "/indicators/0"),
        ("case_notes", "a\x01b", "X003", "/notes"),
    ],
)
def test_odd_cells_are_left_for_intake(column: str, cell: str, code: str, place: str) -> None:
    """The adapter hands on what a known column holds, and the finding names the record's field."""
    assert refused_by_intake(record_of([{**table()[0], column: cell}])) == [(code, place)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ""),
        ("\n", ""),
        ("file_id,viewed\r\nf,full\r\n", ""),
        ("case_id,viewed,viewed\r\nc,full,none\r\n", ""),
        ("case_id,viewed\r\nc\r\n", "/0"),
        ("case_id,viewed\r\nc,full\r\nc,full,none\r\n", "/1"),
        ("case_id,viewed\r\n ,full\r\n", "/0/case_id"),
        ('case_id,viewed\r\nc,"full\r\n', ""),
        ('case_id,viewed\r\nc,"full"x\r\n', ""),
        ("case_id;viewed\r\nc;full\r\n", ""),
    ],
)
def test_text_of_another_shape_is_refused(text: str, place: str) -> None:
    """The error points to row and column."""
    assert refused(text) == [("X002", place)]


def test_a_table_without_rows_has_no_records() -> None:
    """A header alone is a table."""
    assert from_csv("case_id,viewed\r\n") == []


def test_a_byte_order_mark_and_blank_lines_are_passed_over() -> None:
    """Spreadsheets write both; rows are counted without blank lines."""
    assert [item["id"] for item in from_csv("\ufeff\r\n case_id ,x\r\n\r\na,1\r\n\r\nb,2\r\n")] == ["a", "b"]


def test_what_a_spreadsheet_leaves_blank_is_passed_over() -> None:
    """Columns at the right without names or cells, and rows of blank cells, say nothing."""
    assert [item["id"] for item in from_csv("case_id,x,,\r\na,1,,\r\n,,,\r\nb,2\r\n")] == ["a", "b"]
    assert refused("case_id,x,,\r\na,1,lost,\r\n") == [("X002", "/0")]


@pytest.mark.parametrize(
    ("text", "message", "cure"),
    [
        ("case_id;x\r\n", "no column 'case_id'", "with commas between them"),
        ("Case_ID,x\r\n", "no column 'case_id'", "in small letters"),
        ("case_id,,x\r\n", "column 2 has no name", "Name it"),
        ("case_id,x,x\r\n", "two columns are called 'x'", "own name"),
        (f"case_id,x\r\nc,{'x' * 200_000}\r\n", "field larger than", "131072 characters"),
    ],
)
def test_an_unreadable_table_comes_with_a_cure(text: str, message: str, cure: str) -> None:
    """Whoever made the table is told what to change in it."""
    with pytest.raises(RecordError) as caught:
        from_csv(text)
    (told,) = caught.value.findings
    assert message in told.message
    assert cure in told.cure


def test_a_column_with_a_slash_is_named_by_a_pointer() -> None:
    """Columns of other names become notes whatever they are called."""
    assert record_of([{"case_id": "c", "a/b": "1", "two\nlines": "3"}])["notes"] == 'a/b: 1\n"two\\nlines": 3'
