"""How the mock is steered while it runs: its clock and its faults, over real sockets."""

from __future__ import annotations

import httpx
import pytest

from tests.contract.inspecting import JSON, assert_refused, data
from tests.mock_http import open_report, response

pytestmark = pytest.mark.usefixtures("silent")


# --- the clock ---


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
