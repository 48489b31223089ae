"""What the mock shows of itself as data: reports, requests and health below `/_mock/`, over real sockets."""

from __future__ import annotations

import hashlib
import json

import httpx
import pytest

from cybertip.mock import MockServer, ReportState
from tests.contract.inspecting import EVERYTHING, OTHER, assert_refused, data, ids
from tests.mock_http import XML, connect, open_report, response, upload
from tests.samples import file_details_xml, report_xml

pytestmark = pytest.mark.usefixtures("silent")

FUTURE = report_xml().replace(b"2025-03-14T15:09:26", b"2999-03-14T15:09:26", 1)
"""A report that breaks one documented rule."""


# --- reports ---


def test_reports_are_listed_newest_first(api: httpx.Client, look: httpx.Client) -> None:
    """/reports has a few facts of each report, the newest first."""
    first, second = open_report(api), open_report(api)
    upload(api, first)
    listed = data(look.get("/reports"))
    assert listed["cybertip_mock"] == 1
    assert [report["report_id"] for report in listed["reports"]] == [second, first]
    assert listed["reports"][1] == {
        "report_id": first,
        "state": "open",
        "account": "esp-one",
        "batched": False,
        "opened_at": "2026-01-31T08:00:00Z",
        "changed_at": "2026-01-31T08:00:00Z",
        "closed_at": None,
        "lapses_at": "2026-02-01T08:00:00Z",
        "files": 1,
        "bytes": 3,
    }


def test_without_reports_the_list_is_empty(look: httpx.Client) -> None:
    """Nothing received is an empty list."""
    assert data(look.get("/reports")) == {"cybertip_mock": 1, "reports": []}


def test_reports_are_filtered_by_state(api: httpx.Client, look: httpx.Client) -> None:
    """?state= leaves the reports in that state, also those that have lapsed unnoticed."""
    lapsed = open_report(api)
    look.post("/clock", json={"advance_seconds": 86_400})
    finished, retracted, still_open = open_report(api), open_report(api), open_report(api)
    api.post("/finish", data={"id": str(finished)})
    api.post("/retract", data={"id": str(retracted)})
    found = {str(state): ids(look.get("/reports", params={"state": state})) for state in ReportState}
    assert found == {"open": [still_open], "finished": [finished], "retracted": [retracted], "lapsed": [lapsed]}
    assert ids(look.get("/reports?state=")) == [still_open, retracted, finished, lapsed]


def test_reports_are_filtered_by_account(inspected: MockServer, api: httpx.Client, look: httpx.Client) -> None:
    """?account= leaves the reports of that account; both filters go together."""
    mine = open_report(api)
    with connect(inspected, OTHER) as other:
        theirs = open_report(other)
        other.post("/finish", data={"id": str(theirs)})
    assert ids(look.get("/reports?account=esp-one")) == [mine]
    assert ids(look.get("/reports?account=esp-two&state=finished")) == [theirs]
    assert ids(look.get("/reports?account=esp-two&state=open")) == []
    assert ids(look.get("/reports?account=nobody")) == []


@pytest.mark.parametrize("path", ["/reports", "/"])
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("state=closed", "one of open, finished, retracted, lapsed"),
        ("state=OPEN", "one of open, finished, retracted, lapsed"),
        ("state=%ff", "one of open, finished, retracted, lapsed"),
        ("status=open", "filtered by state and account"),
        ("state=open&limit=5", "filtered by state and account"),
    ],
)
def test_unknown_filters_are_refused(look: httpx.Client, path: str, query: str, words: str) -> None:
    """An unknown state, and a filter that does not exist, get 400 with what would be right."""
    assert_refused(look.get(f"{path}?{query}"), 400, words)


def test_a_report_in_full(api: httpx.Client, look: httpx.Client) -> None:
    """/reports/{id} has the XML, a summary, the files with digests and details, and the requests."""
    report_id = open_report(api)
    file_id = upload(api, report_id, "holiday.png", b"made up")
    details = file_details_xml(report_id, file_id)
    api.post("/fileinfo", content=details, headers=XML)
    api.post("/finish", data={"id": str(report_id)})
    shown = data(look.get(f"/reports/{report_id}"))
    assert (shown["report_id"], shown["state"]) == (report_id, "finished")
    assert shown["closed_at"] == "2026-01-31T08:00:00Z"
    assert shown["xml"] == report_xml().decode()
    assert shown["summary"] == {
        "incident_type": "Child Pornography (possession, manufacture, and distribution)",
        "incident_date_time": "2025-03-14T15:09:26+00:00",
        "platform": "Example Pictures",
        "escalated": False,
        "annotations": [],
        "incidents": ["web_page_incident"],
        "suspects": [{"esp_identifier": "user-7f3a", "screen_name": "sample_user"}],
        "recipients": 0,
        "victims": 0,
    }
    assert shown["files"] == [
        {
            "file_id": file_id,
            "name": "holiday.png",
            "size": 7,
            "md5": hashlib.md5(b"made up", usedforsecurity=False).hexdigest(),
            "sha256": hashlib.sha256(b"made up").hexdigest(),
            "uploaded_at": "2026-01-31T08:00:00Z",
            "details": details.decode(),
        }
    ]
    assert [exchange["call"] for exchange in shown["exchanges"]] == ["submit", "upload", "fileinfo", "finish"]


def test_a_file_without_details_says_so(api: httpx.Client, look: httpx.Client) -> None:
    """Details that did not arrive are null."""
    upload(api, open_report(api))
    (file,) = data(look.get("/reports/latest"))["files"]
    assert file["details"] is None


def test_latest_is_the_report_opened_last(api: httpx.Client, look: httpx.Client) -> None:
    """`latest` names the newest report, whatever its state and whichever changed last."""
    first, second = open_report(api), open_report(api)
    api.post("/retract", data={"id": str(second)})
    upload(api, first)
    assert data(look.get("/reports/latest")) == data(look.get(f"/reports/{second}"))
    assert str(second) in look.get("/view/latest").text


@pytest.mark.parametrize("path", ["/reports/{}", "/reports/{}/xml", "/view/{}"])
@pytest.mark.parametrize(
    "wanted",
    [
        "latest",
        "1",
        "0",
        "-1",
        "+4100000001",
        "4100000001.0",
        "9" * 19,
        "9" * 6000,
        "١٢",
        "x",
        "%00",
        "%ff",
        "0x10",
        " ",
    ],
)
def test_unknown_reports_are_not_found(look: httpx.Client, path: str, wanted: str) -> None:
    """An id that no report has, however odd, gets 404 and the way to the list; so does `latest` before the first."""
    assert_refused(look.get(path.format(wanted)), 404, "/_mock/reports lists them")


def test_the_document_is_downloaded_as_it_arrived(api: httpx.Client, look: httpx.Client) -> None:
    """/reports/{id}/xml gives the exact bytes, for saving and not for showing."""
    sent = report_xml().replace(b"><", b">\r\n\t<", 3).replace(b"Robin", "Rön\u202ein &#x3c;b>".encode())
    report_id = open_report(api, sent)
    answer = look.get(f"/reports/{report_id}/xml")
    assert answer.content == sent
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{report_id}.xml"'


@pytest.mark.parametrize(
    "name",
    ["<script>alert('1')</script>.png", "naïve 東京 \U0001f4f7.png", "a\tb\x7f\x01.txt", "\u2028\u202egnp.txt", "'"],
)
def test_odd_names_make_no_broken_data(api: httpx.Client, look: httpx.Client, name: str) -> None:
    """File names with markup, controls and letters beyond ASCII come through JSON unchanged."""
    report_id = open_report(api)
    upload(api, report_id, name)
    (file,) = json.loads(look.get(f"/reports/{report_id}").content)["files"]
    assert file["name"] == name


def test_all_reports_are_deleted_and_ids_go_on(api: httpx.Client, look: httpx.Client) -> None:
    """DELETE /reports forgets reports and requests; no id is given twice."""
    last = [open_report(api), open_report(api)][-1]
    assert data(look.delete("/reports")) == {"cybertip_mock": 1, "deleted": 2}
    assert ids(look.get("/reports")) == []
    assert data(look.get("/exchanges"))["exchanges"] == []
    assert response(api.post("/finish", data={"id": str(last)})).response_code == 5001
    assert open_report(api) == last + 1


def test_deleting_takes_no_filter(api: httpx.Client, look: httpx.Client) -> None:
    """A filter on DELETE is refused, since it would delete more than was meant."""
    report_id = open_report(api)
    assert_refused(look.delete("/reports?state=finished"), 400, "no filter is taken here")
    assert ids(look.get("/reports")) == [report_id]


# --- requests ---


def test_requests_are_kept_with_their_timings(inspected: MockServer, api: httpx.Client, look: httpx.Client) -> None:
    """/exchanges has every request to the API, newest first, with size, time and how it ended."""
    report_id = open_report(api)
    with connect(inspected, ("esp-one", "wrong")) as stranger:
        stranger.get("/status")
    refused, submitted = data(look.get("/exchanges"))["exchanges"]
    assert submitted["number"] == refused["number"] - 1
    assert (refused["call"], refused["account"], refused["http_status"], refused["code"]) == ("status", None, 401, 2000)
    assert 0 < submitted.pop("milliseconds") < 30_000
    assert len(submitted.pop("request_id")) == 36
    submitted.pop("number")
    assert submitted == {
        "received_at": "2026-01-31T08:00:00Z",
        "method": "POST",
        "call": "submit",
        "account": "esp-one",
        "request_bytes": len(report_xml()),
        "ended": "answered",
        "http_status": 200,
        "code": 0,
        "description": "",
        "violations": [],
        "fault": "",
        "report_id": report_id,
    }


def test_a_refused_report_tells_the_rule(api: httpx.Client, look: httpx.Client) -> None:
    """A refused submit is kept with the answer's words and the rules that were broken, and opens no report."""
    answer = response(api.post("/submit", content=FUTURE, headers=XML))
    (refused,) = data(look.get("/exchanges"))["exchanges"]
    assert (refused["http_status"], refused["code"], refused["report_id"]) == (400, 4100, None)
    assert refused["violations"] == ["S203 /report/incidentSummary/incidentDateTime"]
    assert refused["description"] == answer.response_description
    assert ids(look.get("/reports")) == []


def test_a_fault_shows_at_the_request_that_met_it(api: httpx.Client, look: httpx.Client) -> None:
    """A request tells the fault that it met, and how it ended."""
    look.put("/faults", json=[{"fault": "reset", "call": "submit"}, {"fault": "status", "status": 503}])
    with pytest.raises(httpx.TransportError):
        api.post("/submit", content=report_xml(), headers=XML)
    api.get("/status")
    shown, reset = data(look.get("/exchanges"))["exchanges"]
    assert (reset["fault"], reset["ended"], reset["http_status"], reset["code"]) == (
        "reset after-acting",
        "cut",
        None,
        0,
    )
    assert (shown["fault"], shown["ended"], shown["http_status"], shown["code"]) == ("HTTP 503", "answered", 503, None)
    assert data(look.get("/reports/latest"))["exchanges"] == [reset]


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_looking_is_no_request_to_the_api(look: httpx.Client, method: str, path: str) -> None:
    """Nothing that is asked for below /_mock appears among the requests, and none of it meets a fault."""
    look.put("/faults", json=[{"fault": "status", "status": 503, "times": None}])
    assert look.request(method, path).status_code < 500
    assert data(look.get("/exchanges"))["exchanges"] == []


def test_health(api: httpx.Client, look: httpx.Client) -> None:
    """/health says that it is there, what it plays, and how many reports and faults there are."""
    api.post("/finish", data={"id": str(open_report(api))})
    open_report(api)
    look.put("/faults", json=[{"fault": "late"}])
    told = data(look.get("/health"))
    assert told.pop("version")
    assert told.pop("behaviour")["server"] == "2025"
    assert told == {
        "cybertip_mock": 1,
        "status": "ok",
        "now": "2026-01-31T08:00:00Z",
        "reports": {"open": 1, "finished": 1, "retracted": 0, "lapsed": 0},
        "faults": 1,
    }
