"""A flat table, one row per file, to review records: for those who have nothing but a spreadsheet.

The form is ours. Comma-separated values with a header (RFC 4180, in UTF-8), a column per field, in any order; rows
with the same ``case_id`` make one record. Every column may be left out but ``case_id``; what the record demands and the
table does not say is missing in the result, and intake names it. A blank cell says nothing. Yes and no are ``true`` and
``false``; times have their UTC offset, such as ``2026-01-31T08:00:00+01:00``.

*The case.* It is enough to say these in one of its rows; two rows must not contradict each other. ``case_id``,
``profile``, ``outcome``, ``reviewer``, ``decided_at``, ``decision_notes`` (internal), ``urgent_reason``,
``incident_type``, ``occurred_at``, ``time_meaning``, ``platform``, ``incident_notes``, ``detection_source``,
``detection_tool``, ``detection_organisation``, ``detected_at``, ``notified_at``, ``case_notes``. Any number of
``page_url`` and of ``indicator``, one in a row.

*The suspects*, told apart by ``suspect_id``: ``suspect_service``, ``suspect_screen_name``, ``suspect_first_name``,
``suspect_last_name``, ``suspect_age``, ``suspect_date_of_birth``, ``suspect_profile_bio``, ``suspect_notes``. Any
number, one in a row, of ``suspect_email``, ``suspect_phone``, ``suspect_display_name``, ``suspect_profile_url``,
``suspect_prior_report``, and of internet addresses: ``suspect_ip`` with ``suspect_ip_at``, ``suspect_ip_event``,
``suspect_ip_port``, ``suspect_ip_proxy``.

*What was done*, any number, one in a row: ``action`` with ``action_at``, ``action_user_notified``,
``action_user_notified_at``, ``action_reenabled_at``; it concerns the suspect of its row.

*The file*: ``file_id``, ``location``, ``sha256``, ``size``, ``viewed``, ``viewed_by``, ``viewed_at``,
``viewed_sha256``, ``exif_viewed``, ``relevance``, ``classification``, ``label``, ``original_name``, ``uploaded_at``,
``source_url``, ``publicly_available``, ``md5``, ``upload_ip`` with ``upload_ip_at``, ``upload_ip_event``,
``upload_ip_port``, ``upload_ip_proxy``, ``file_notes``. A row that has none of them tells of no file.

Columns of other names become notes: of the suspect if the name begins with ``suspect_``, else of the row's file, else
of the case.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from cybertip.adapters._csv_cases import Case, Row
from cybertip.adapters._parts import refusal


def from_csv(text: str) -> list[dict[str, Any]]:
    """Make plain data in the shape of ``cybertip.review/1``, for `cybertip.intake.make_record` to check.

    Args:
        text: the table. Read the file as UTF-8 and with ``newline=""``, so that line ends within cells are kept.

    Returns:
        The records, in the order in which their cases begin.

    Raises:
        RecordError: X002: the text is no such table, or rows of one case contradict each other. Places are
            ``/<row>/<column>``, rows counted from 0 without the header; the finding's line is that of the text.
    """
    cases: dict[str, Case] = {}
    for row in _rows(text):
        name = row.take("case_id")
        if name is None:
            raise row.refusal("case_id", "the cell is blank", "Name the case that the row belongs to.")
        cases.setdefault(name, Case(name)).add(row)
    return [case.record() for case in cases.values()]


def _rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = next((cells for cells in reader if cells), [])
        columns = [name.strip() for name in header]
        while columns and not columns[-1]:
            columns.pop()  # spreadsheets export empty columns at the right
        if "case_id" not in columns:
            cure = "Begin with a header that names the columns, in small letters, with commas between them."
            raise refusal("", "there is no column 'case_id'", cure, 1)
        if "" in columns:
            raise refusal("", f"column {columns.index('') + 1} has no name", "Name it, or remove it.", 1)
        if twice := [name for index, name in enumerate(columns) if name in columns[:index]]:
            raise refusal("", f"two columns are called '{twice[0][:60]}'", "Give each column its own name.", 1)
        number = 0
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            while len(cells) > len(columns) and not cells[-1].strip():
                cells.pop()
            if len(cells) != len(columns):
                message = f"the row has {len(cells)} cells, and the header has {len(columns)}"
                raise refusal(f"/{number}", message, "Quote cells that hold commas.", reader.line_num)
            yield Row(number, reader.line_num, dict(zip(columns, cells, strict=True)))
            number += 1
    except csv.Error as problem:
        message = f"the text is no table of comma-separated values: {problem}"
        most = csv.field_size_limit()
        cure = f"Quote cells that hold commas, quotes or line ends; none may be longer than {most} characters."
        raise refusal("", message, cure, line=reader.line_num) from None
