"""What the mock shows of itself as data, and how it is steered: everything below `/_mock/`, over real sockets."""

from __future__ import annotations

import hashlib
import json
import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from cybertip.mock import MockCore, MockServer, ReportState, create_app
from tests.mock_http import END, MULTIPART, XML, connect, part, response
from tests.samples import file_details_xml, report_xml

START = datetime(2026, 1, 31, 8, tzinfo=UTC)
OTHER = ("esp-two", "password-two")
JSON = {"Content-Type": "application/json"}
FUTURE = report_xml().replace(b"2025-03-14T15:09:26", b"2999-03-14T15:09:26", 1)
"""A report that breaks one documented rule."""

EVERYTHING = [
    ("GET", "/health"),
    ("GET", "/reports"),
    ("DELETE", "/reports"),
    ("GET", "/reports/latest"),
    ("GET", "/reports/latest/xml"),
    ("GET", "/exchanges"),
    ("GET", "/faults"),
    ("PUT", "/faults"),
    ("GET", "/clock"),
    ("POST", "/clock"),
    ("GET", ""),
    ("GET", "/"),
    ("GET", "/view/latest"),
    ("GET", "/assets/style.css"),
    ("GET", "/assets/live.js"),
    ("GET", "/assets/base.html"),
    ("POST", "/reports"),
    ("OPTIONS", "/health"),
    ("GET", "/nothing/at/all"),
]


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    core = MockCore({"esp-one": "password-one", OTHER[0]: OTHER[1]}, clock=lambda: START)
    with MockServer(core=core) as server:
        yield server


@pytest.fixture
def server(running: MockServer) -> MockServer:
    """A server on which nothing has happened yet; its time stands still."""
    running.reset()
    return running


@pytest.fixture
def api(server: MockServer) -> Iterator[httpx.Client]:
    """The first account, at the API."""
    with connect(server) as client:
        yield client


@pytest.fixture
def look(server: MockServer) -> Iterator[httpx.Client]:
    """Somebody without credentials, at the inspection."""
    with httpx.Client(base_url=server.inspection_url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No request, however odd, makes the server log anything."""
    yield
    assert not [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]


def open_report(api: httpx.Client, xml: bytes | None = None) -> int:
    report_id = response(api.post("/submit", content=xml or report_xml(), headers=XML)).report_id
    assert report_id is not None
    return report_id


def upload(api: httpx.Client, report_id: int, name: str = "a.txt", content: bytes = b"abc") -> str:
    body = part("id", str(report_id).encode()) + part("file", content, name) + END
    return response(api.post("/upload", content=body, headers=MULTIPART)).file_id or ""


def data(answer: httpx.Response) -> Any:
    """The data of an answer that went well."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json"), answer.text
    return answer.json()


def ids(answer: httpx.Response) -> list[int]:
    return [report["report_id"] for report in data(answer)["reports"]]


def assert_refused(answer: httpx.Response, status: int, words: str) -> None:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert words in answer.json()["error"]


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


def test_reports_are_filtered_by_account(server: MockServer, api: httpx.Client, look: httpx.Client) -> None:
    """?account= leaves the reports of that account; both filters go together."""
    mine = open_report(api)
    with connect(server, OTHER) as other:
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


def test_requests_are_kept_with_their_timings(server: MockServer, api: httpx.Client, look: httpx.Client) -> None:
    """/exchanges has every request to the API, newest first, with size, time and how it ended."""
    report_id = open_report(api)
    with connect(server, ("esp-one", "wrong")) as stranger:
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


# --- health, clock ---


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


def test_the_clock_is_moved_and_reset(look: httpx.Client) -> None:
    """/clock moves time on, sets it, and puts it back to what it really is."""
    moved = data(look.post("/clock", json={"advance_seconds": 90.5}))
    assert moved == {"cybertip_mock": 1, "now": "2026-01-31T08:01:30.500000Z", "offset_seconds": 90.5}
    assert data(look.post("/clock", json={"advance_seconds": 1}))["offset_seconds"] == 91.5
    there = data(look.post("/clock", json={"set_to": "2025-06-01T12:00:00+02:00"}))
    assert there["now"] == "2025-06-01T10:00:00Z"
    assert data(look.get("/clock")) == there
    back = data(look.post("/clock", json={"reset": True}))
    assert (back["now"], back["offset_seconds"]) == ("2026-01-31T08:00:00Z", 0)


def test_a_lapse_is_tried_without_waiting(api: httpx.Client, look: httpx.Client) -> None:
    """A day later a report has lapsed, and a clock that is put back does not open it again."""
    report_id = open_report(api)
    look.post("/clock", json={"advance_seconds": 86_399})
    assert data(look.get("/reports/latest"))["state"] == "open"
    look.post("/clock", json={"advance_seconds": 1})
    assert data(look.get("/reports/latest"))["state"] == "lapsed"
    assert response(api.post("/finish", data={"id": str(report_id)})).response_code == 5001
    look.post("/clock", json={"reset": True})
    shown = data(look.get("/reports/latest"))
    assert (shown["state"], shown["closed_at"]) == ("lapsed", "2026-02-01T08:00:00Z")
    assert response(api.post("/finish", data={"id": str(report_id)})).response_code == 5001


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"nothing",
        b"\xff",
        b'{"advance_seconds": 0}',
        b'{"advance_seconds": -60}',
        b'{"advance_seconds": 1e400}',
        b'{"advance_seconds": NaN}',
        b'{"advance_seconds": "60"}',
        b'{"advance_seconds": 4e9}',
        b'{"set_to": "2026-01-31T08:00:00"}',
        b'{"set_to": "2026-01-31"}',
        b'{"set_to": "tomorrow"}',
        b'{"set_to": 86400}',
        b'{"reset": false}',
        b'{"reset": true, "advance_seconds": 60}',
        b'{"advance": 60}',
    ],
)
def test_a_move_that_is_none_is_refused(look: httpx.Client, body: bytes) -> None:
    """Anything but exactly one move, times without a UTC offset among it, gets 400 with the three that there are."""
    answer = look.post("/clock", content=body, headers=JSON)
    assert_refused(answer, 400, 'give one of {"advance_seconds": 86400}, {"set_to": "2026-01-31T08:00:00Z"}')
    assert data(look.get("/clock"))["offset_seconds"] == 0


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "0999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"])
def test_the_clock_does_not_leave_the_calendar(api: httpx.Client, look: httpx.Client, moment: str) -> None:
    """A time that leaves no room before or after it is refused, and nothing was moved."""
    open_report(api)
    assert_refused(look.post("/clock", json={"set_to": moment}), 400, "between the years 1000 and 9000")
    assert data(look.get("/clock"))["offset_seconds"] == 0


def test_moving_on_ends_before_the_calendar_does(api: httpx.Client, look: httpx.Client) -> None:
    """However often time is moved on, reports can be opened and the clock can be put back."""
    century = {"advance_seconds": 3_155_760_000}
    answers = [look.post("/clock", json=century) for _ in range(75)]
    assert [answer.status_code for answer in answers] == [200] * 69 + [400] * 6
    open_report(api)
    assert data(look.get("/reports/latest"))["state"] == "open"
    assert data(look.post("/clock", json={"reset": True}))["offset_seconds"] == 0


# --- faults ---


def test_faults_are_set_used_up_and_reset(api: httpx.Client, look: httpx.Client) -> None:
    """PUT replaces the faults, GET has those that are left, in a form that can be put again."""
    plan = [{"fault": "status", "status": 503, "times": 2, "call": "status"}, {"fault": "late", "call": "finish"}]
    assert len(data(look.put("/faults", json=plan))["faults"]) == 2
    assert api.get("/status").status_code == 503
    left = data(look.get("/faults"))
    assert [(fault["fault"], fault["times"]) for fault in left["faults"]] == [("status", 1), ("late", 1)]
    assert data(look.put("/faults", json=left)) == left
    assert api.get("/status").status_code == 503
    assert api.get("/status").status_code == 200
    assert [fault["fault"] for fault in data(look.get("/faults"))["faults"]] == ["late"]


def test_faults_are_set_as_an_object(api: httpx.Client, look: httpx.Client) -> None:
    """PUT takes an object with faults at random as well."""
    plan = {"faults": [], "random": {"rate": 0.25, "seed": 7, "call": "xsd"}}
    assert data(look.put("/faults", json=plan)) == plan


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"faults": []}', b"", b" \n"])
def test_empty_faults_reset(api: httpx.Client, look: httpx.Client, body: bytes) -> None:
    """An empty list, an empty object and an empty body leave no faults."""
    look.put("/faults", json={"faults": [{"fault": "late"}], "random": {"rate": 1}})
    assert data(look.put("/faults", content=body, headers=JSON)) == {"faults": [], "random": None}
    assert api.get("/status").status_code == 200


def test_faults_that_last_a_while_end_with_the_clock(api: httpx.Client, look: httpx.Client) -> None:
    """A fault for some seconds tells how many are left, on the mock's clock."""
    look.put("/faults", json=[{"fault": "throttle", "times": None, "for_seconds": 60}])
    look.post("/clock", json={"advance_seconds": 45})
    assert [fault["for_seconds"] for fault in data(look.get("/faults"))["faults"]] == [15]
    assert api.get("/status").status_code == 429
    look.post("/clock", json={"advance_seconds": 15})
    assert data(look.get("/faults"))["faults"] == []
    assert api.get("/status").status_code == 200


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"nothing", "the document: Invalid JSON"),
        (b'"late"', "the document: Input should be an object"),
        (b"\xff", "the document: Invalid JSON"),
        (b"[" * 5000, "the document: Invalid JSON"),
        (b'[{"fault": "late"}, {"fault": "explode"}]', "faults.1: "),
        (b'[{"call": "status"}]', "faults.0: "),
        (b'[{"fault": "status"}]', "faults.0.status.status: Field required"),
        (b'[{"fault": "late", "call": "reports"}]', "faults.0.late.call: "),
        (b'[{"fault": "late", "times": 0}]', "faults.0.late.times: "),
        (b'[{"fault": "late", "times": "3"}]', "faults.0.late.times: "),
        (b'[{"fault": "late", "often": 3}]', "faults.0.late.often: "),
        (b'[{"fault": "delay", "seconds": -1}]', "faults.0.delay.seconds: "),
        (b'[{"fault": "status", "status": 503, "content_type": "a\\r\\nb: c"}]', "faults.0.status.content_type: "),
        (b'{"random": {"rate": 2}}', "random.rate: "),
        (b'{"fault": "late"}', "fault: "),
    ],
)
def test_bad_faults_change_nothing(look: httpx.Client, body: bytes, place: str) -> None:
    """What is no plan of faults gets 400 with every place that is wrong; the faults stay as they were."""
    before = data(look.put("/faults", json=[{"fault": "late"}]))
    assert_refused(look.put("/faults", content=body, headers=JSON), 400, place)
    assert data(look.get("/faults")) == before


# --- the guard ---


@pytest.mark.parametrize(("method", "path"), [("PUT", "/faults"), ("POST", "/clock")])
def test_oversized_bodies_are_refused(look: httpx.Client, method: str, path: str) -> None:
    """More than 1 MiB gets 413."""
    answer = look.request(method, path, content=b"[" + b" " * 1024 * 1024, headers=JSON)
    assert_refused(answer, 413, "at most 1048576 bytes")


@pytest.mark.parametrize(("method", "path", "body"), [("PUT", "/faults", b"[]"), ("POST", "/clock", b'{"reset":true}')])
@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "text/plain;application/json"]
)
def test_what_changes_something_must_say_that_it_is_json(
    look: httpx.Client, method: str, path: str, body: bytes, content_type: str | None
) -> None:
    """A body that a page of another site could send without asking gets 415, and changes nothing."""
    look.put("/faults", json=[{"fault": "late"}])
    look.post("/clock", json={"advance_seconds": 5})
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert_refused(look.request(method, path, content=body, headers=headers), 415, "Content-Type: application/json")
    assert len(data(look.get("/faults"))["faults"]) == 1
    assert data(look.get("/clock"))["offset_seconds"] == 5


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_announced_in_other_spellings(look: httpx.Client, content_type: str) -> None:
    """Parameters and capitals in the Content-Type do no harm."""
    assert look.put("/faults", content=b"[]", headers={"Content-Type": content_type}).status_code == 200


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
@pytest.mark.parametrize("host", ["rebound.example.com", "rebound.example.com:80", "localhost.example.com", ""])
def test_another_host_name_is_refused(api: httpx.Client, look: httpx.Client, method: str, path: str, host: str) -> None:
    """Under a host name that could be anybody's (DNS rebinding) nothing is shown or changed, whatever is asked for."""
    report_id = open_report(api)
    assert_refused(look.request(method, path, headers={"Host": host}), 403, "as localhost")
    assert ids(look.get("/reports")) == [report_id]


@pytest.mark.parametrize(
    "host", ["localhost:1", "LOCALHOST", "127.0.0.1", "192.0.2.7:8750", "[::1]:8750", "[2001:db8::1]"]
)
def test_addresses_and_localhost_are_fine(look: httpx.Client, host: str) -> None:
    """An address cannot be rebound, and localhost is this machine."""
    assert look.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["[", "[::1", "[x]", "a]b", "127.0.0.1:x"])
def test_a_broken_host_is_no_accident(server: MockServer, host: str) -> None:
    """A Host header that is no host gets a plain refusal or answer, and no error of the server."""
    address = urlsplit(server.inspection_url)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=10) as connection:
        connection.sendall(f"GET /_mock/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert connection.makefile("rb").readline().split()[1] in (b"200", b"400", b"403")


@pytest.mark.anyio
@pytest.mark.parametrize(("method", "path"), EVERYTHING)
async def test_other_machines_are_turned_away(method: str, path: str) -> None:
    """Another machine sees and changes nothing, and is told which option would let it."""
    core = MockCore(clock=lambda: START)
    core.submit("mock", report_xml())
    transport = httpx.ASGITransport(create_app(core), client=("192.0.2.7", 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1/_mock") as client:
        assert_refused(await client.request(method, path), 403, "--inspect-remotely")
    assert len(core.reports) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7"])
async def test_other_machines_may_look_where_they_are_let(address: str) -> None:
    """With inspect_remotely others may look too, under the name that they have for this machine."""
    app = create_app(MockCore(clock=lambda: START), inspect_remotely=True)
    transport = httpx.ASGITransport(app, client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://mock.example.com/_mock") as client:
        assert data(await client.get("/health"))["status"] == "ok"
        assert_refused(await client.put("/faults", content=b"[]"), 415, "application/json")


@pytest.mark.anyio
@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
async def test_this_machine_has_several_addresses(address: str) -> None:
    """Every loopback address is this machine, also in the form that a socket for IPv6 and IPv4 gives it."""
    transport = httpx.ASGITransport(create_app(MockCore(clock=lambda: START)), client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/_mock") as client:
        assert data(await client.get("/health"))["status"] == "ok"


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
@pytest.mark.parametrize("headers", [{}, {"Host": "rebound.example.com"}])
def test_every_answer_is_guarded(look: httpx.Client, method: str, path: str, headers: dict[str, str]) -> None:
    """Every answer forbids browsers to load, run, frame, submit, guess and keep anything, and sets no cookie."""
    answer = look.request(method, path, headers=headers)
    policy = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/reports", "GET, DELETE, HEAD"),
        ("PATCH", "/faults", "GET, PUT, HEAD"),
        ("DELETE", "/clock", "GET, POST, HEAD"),
        ("PUT", "/health", "GET, HEAD"),
        ("DELETE", "/reports/latest", "GET, HEAD"),
        ("TRACE", "/", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_405(look: httpx.Client, method: str, path: str, allowed: str) -> None:
    """A method that a path does not have gets 405, with those that it has."""
    answer = look.request(method, path)
    assert_refused(answer, 405, "another method")
    assert answer.headers["Allow"] == allowed


def test_head_is_a_get_without_the_body(look: httpx.Client) -> None:
    """HEAD gets the headers of GET and nothing else."""
    answer = look.head("/health")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "path", ["/nothing", "/reports/", "/reports/1/files", "/assets/parts.html", "/assets/..%2fapp.py"]
)
def test_what_is_not_there_is_not_found(look: httpx.Client, path: str) -> None:
    """Other paths get 404 in words; templates and modules are not served."""
    assert_refused(look.get(path), 404, "there is ")


def test_the_bare_path_leads_to_the_page(look: httpx.Client) -> None:
    """/_mock redirects to /_mock/."""
    answer = look.get(httpx.URL(str(look.base_url).rstrip("/")))
    assert (answer.status_code, answer.headers["Location"]) == (307, "/_mock/")
