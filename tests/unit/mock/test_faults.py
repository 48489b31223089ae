"""Faults as data: what a plan may say, which request meets which fault, and what it does to an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cybertip.errors import ConfigurationError
from cybertip.mock import MockCore, ReportState
from cybertip.mock.answers import Answer
from cybertip.mock.faults import (
    AnyFault,
    Delay,
    Delivery,
    Dribble,
    FaultPlan,
    Late,
    Maintenance,
    RandomFaults,
    Reset,
    ResponseCode,
    Status,
    Throttle,
    Truncate,
    Unauthorized,
    WrongContentType,
    WrongHash,
    WrongReportId,
    read_plan,
)
from cybertip.models import ReportDoneResponse, ReportResponse
from cybertip.xml import parse
from tests.unit.mock.hand_clock import ESP, HandClock, opened

MD5 = "0123456789abcdef" * 2


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def core(clock: HandClock) -> MockCore:
    return MockCore({ESP: "secret"}, clock=clock)


def met(core: MockCore, *calls: str) -> list[str]:
    """The kinds of faults that requests to these endpoints meet in turn; empty for none."""
    taken = [core.begin("POST", call, ESP)[1] for call in calls]
    return [fault.fault if fault is not None else "" for fault in taken]


def finish(core: MockCore, fault: AnyFault | None) -> tuple[Answer, ReportState]:
    """The answer to a /finish that meets a fault, and the state of the report after it."""
    report = opened(core)
    answer = core.perform(fault, "finish", lambda: core.finish(ESP, report.id))
    return answer, report.state


def told(answer: Answer) -> ReportResponse:
    return parse(answer.body, ReportResponse).document


# --- which request meets which ---


def test_a_fault_is_for_its_endpoint_and_its_number_of_requests(core: MockCore) -> None:
    """The next two uploads meet it, other calls and the third upload do not."""
    core.set_faults(FaultPlan(faults=(Reset(call="upload", times=2),)))
    assert met(core, "submit", "upload", "finish", "upload", "upload") == ["", "reset", "", "reset", ""]


def test_any_endpoint(core: MockCore) -> None:
    """A fault for * meets the next request, whatever it is."""
    core.set_faults(FaultPlan(faults=(Late(),)))
    assert met(core, "retract", "retract") == ["late", ""]


def test_the_first_that_fits_is_met(core: MockCore) -> None:
    """Faults are tried in their order, one for each request."""
    core.set_faults(FaultPlan(faults=(Late(call="finish"), Reset(), Throttle())))
    assert met(core, "submit", "finish", "finish", "finish") == ["reset", "late", "throttle", ""]


def test_requests_can_be_skipped(core: MockCore) -> None:
    """The third upload meets it, and those before are free for other faults."""
    core.set_faults(FaultPlan(faults=(Reset(call="upload", skip=2), Throttle(call="upload"))))
    assert met(core, "upload", "upload", "upload", "upload") == ["throttle", "", "reset", ""]


def test_a_fault_may_last(core: MockCore, clock: HandClock) -> None:
    """A fault without a number of times lasts as long as it says, on the mock's clock."""
    core.set_faults(FaultPlan(faults=(Unauthorized(times=None, for_seconds=60),)))
    before = met(core, "status", "status")
    clock.move(seconds=59)
    last = met(core, "status")
    clock.move(seconds=1)
    assert (before, last, met(core, "status")) == (["unauthorized"] * 2, ["unauthorized"], [""])
    assert core.faults.left == FaultPlan()


def test_bad_credentials_and_unknown_paths_meet_no_fault(core: MockCore) -> None:
    """A fault is kept for a request that could have been acted upon."""
    core.set_faults(FaultPlan(faults=(Reset(),)))
    assert core.begin("POST", "submit", None)[1] is None
    assert core.begin("GET", "", ESP)[1] is None
    assert met(core, "submit") == ["reset"]


def test_what_is_left_can_be_set_again(core: MockCore, clock: HandClock) -> None:
    """What is left has the form in which it was set, with what is left of times, skips and seconds."""
    core.set_faults(
        FaultPlan(
            faults=(Reset(call="upload", times=3, skip=1), Throttle(call="finish", times=None, for_seconds=30)),
            random=RandomFaults(rate=0.0, seed=7),
        )
    )
    met(core, "upload", "upload")
    clock.move(seconds=10)
    left = core.faults.left
    assert left.faults == (Reset(call="upload", times=2, skip=0), Throttle(call="finish", times=None, for_seconds=20))
    assert read_plan(left.model_dump_json()) == left


def test_what_is_left_can_be_set_again_after_the_clock_was_put_back(core: MockCore) -> None:
    """No fault is left for longer than one can be set."""
    core.move_clock(by=timedelta(days=30))
    core.set_faults(FaultPlan(faults=(Throttle(times=None, for_seconds=86_400),)))
    core.reset_clock()
    left = core.faults.left
    assert read_plan(left.model_dump_json()) == left


def test_setting_replaces_and_empty_resets(core: MockCore) -> None:
    """A new plan leaves nothing of the one before."""
    core.set_faults(FaultPlan(faults=(Reset(times=None),), random=RandomFaults(rate=1)))
    core.set_faults(FaultPlan())
    assert met(core, "submit", "upload") == ["", ""]


def test_random_faults_are_the_same_for_the_same_seed(core: MockCore) -> None:
    """The dice are seeded, so that a soak run can be repeated; another seed gives other faults."""

    def sequence(seed: int) -> list[str]:
        core.set_faults(FaultPlan(random=RandomFaults(rate=0.5, seed=seed)))
        return met(core, *(["upload", "finish", "submit"] * 40))

    assert sequence(7) == sequence(7) != sequence(8)
    assert 0.3 < sequence(7).count("") / 120 < 0.7


def test_random_faults_keep_to_their_endpoint(core: MockCore) -> None:
    """A rate of 1 makes every request of the endpoint meet one, and no other; listed faults come first."""
    core.set_faults(FaultPlan(faults=(Late(call="finish"),), random=RandomFaults(rate=1, call="finish")))
    kinds = met(core, *(["finish", "submit"] * 20))
    assert kinds[0] == "late"
    assert all(kinds[0::2])
    assert not any(kinds[1::2])


def test_every_kind_comes_up_at_random(core: MockCore) -> None:
    """A long soak run meets all kinds of faults."""
    core.set_faults(FaultPlan(random=RandomFaults(rate=1)))
    assert set(met(core, *["upload"] * 500)) == {
        *("delay", "late", "reset", "status", "throttle", "maintenance", "unauthorized", "code", "truncate"),
        *("content-type", "wrong-hash", "wrong-report-id", "dribble"),
    }


# --- what is acted upon, and what is answered ---


@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        (lambda acts: ResponseCode(code=1000, acts=acts), 400, 1000),
        (lambda acts: ResponseCode(code=4711, acts=acts), 400, 4711),
        (lambda acts: Status(status=502, acts=acts), 502, None),
        (lambda acts: Throttle(acts=acts), 429, None),
        (lambda acts: Maintenance(acts=acts), 503, None),
        (lambda acts: Unauthorized(acts=acts), 401, 2000),
    ],
)
@pytest.mark.parametrize("acts", [True, False])
def test_an_answer_of_its_own_with_or_without_acting(
    core: MockCore, make: Callable[[bool], AnyFault], status: int, code: int | None, acts: bool
) -> None:
    """A fault can answer 1000 or an error page although the report was finished, or without doing anything."""
    answer, state = finish(core, make(acts))
    assert (answer.status, answer.code) == (status, code)
    assert state is (ReportState.FINISHED if acts else ReportState.OPEN)


def test_a_code_has_its_words_status_and_root(core: MockCore) -> None:
    """A scripted code comes with the words, HTTP status and root element that it is told to have."""
    answer, _ = finish(
        core, ResponseCode(code=1110, description="try again", http_status=200, root="reportDoneResponse")
    )
    done = parse(answer.body, ReportDoneResponse).document
    assert (answer.status, done.response_code, done.files.file_ids) == (200, 1110, ())
    answer, _ = finish(core, ResponseCode(code=1110, description="try again", http_status=500))
    assert (answer.status, told(answer).response_description) == (500, "try again")


def test_a_page_as_it_was_given(core: MockCore) -> None:
    """A gateway's page is answered byte for byte, with its status, type and Retry-After, also with HTTP 200."""
    fault = Status(status=200, body="<h1>Hold on</h1>", content_type="text/html", retry_after=30)
    answer, state = finish(core, fault)
    assert (answer.status, answer.body, state) == (200, b"<h1>Hold on</h1>", ReportState.OPEN)
    assert (answer.headers["Content-Type"], answer.headers["Retry-After"]) == ("text/html", "30")


def test_success_comes_in_the_root_of_the_call(core: MockCore) -> None:
    """A scripted 0 to /finish is a receipt like any other."""
    answer, _ = finish(core, ResponseCode(code=0, acts=True))
    assert parse(answer.body, ReportDoneResponse).document.response_code == 0


def test_throttling_says_when_to_come_back(core: MockCore) -> None:
    """429 comes with Retry-After in seconds."""
    assert finish(core, Throttle(retry_after=17))[0].headers["Retry-After"] == "17"


@pytest.mark.parametrize(("fault", "kept"), [(Truncate(), 0.5), (Truncate(keep=10), 10), (Truncate(keep=10**6), 1.0)])
def test_a_truncated_answer(core: MockCore, fault: Truncate, kept: float) -> None:
    """Half of the answer arrives, or as many bytes as were told; the report is finished."""
    whole = len(finish(core, None)[0].body)
    answer, state = finish(core, fault)
    assert len(answer.body) == (whole // 2 if kept == 0.5 else min(whole, 10 if kept == 10 else whole))
    assert state is ReportState.FINISHED
    assert "Content-Length" not in answer.headers


def test_a_truncated_answer_may_announce_the_whole(core: MockCore) -> None:
    """Where the connection is cut, the announced length is that of the whole answer."""
    answer, _ = finish(core, Truncate(cut="connection"))
    assert int(answer.headers["Content-Length"]) == len(finish(core, None)[0].body)


def test_a_wrong_content_type(core: MockCore) -> None:
    """The right answer under another Content-Type."""
    answer, state = finish(core, WrongContentType(value="text/plain"))
    assert (answer.headers["Content-Type"], answer.code, state) == ("text/plain", 0, ReportState.FINISHED)


def test_a_wrong_hash(core: MockCore) -> None:
    """The answer to an upload names another MD5 of the same form, and the file is there with its own."""
    report = opened(core)
    answer = core.perform(
        WrongHash(), "upload", lambda: core.upload(ESP, report.id, name="a", size=1, md5=MD5, sha256="0" * 64)
    )
    assert told(answer).hash == "fedcba9876543210" * 2
    assert report.files[0].md5 == MD5


@pytest.mark.parametrize(("fault", "shift"), [(WrongReportId(), 1), (WrongReportId(report_id=7), None)])
def test_a_wrong_report_id(core: MockCore, fault: WrongReportId, shift: int | None) -> None:
    """The answer names another report, in either kind of answer."""
    report = opened(core)
    answer = core.perform(fault, "retract", lambda: core.retract(ESP, report.id))
    assert told(answer).report_id == (7 if shift is None else report.id + shift)
    done = parse(finish(core, fault)[0].body, ReportDoneResponse).document
    assert done.report_id == (7 if shift is None else max(core.reports) + shift)


def test_an_error_is_not_distorted(core: MockCore) -> None:
    """A wrong id or hash is a lie about success; a refused call stays refused as it was."""
    answer = core.perform(WrongReportId(), "finish", lambda: core.finish(ESP, 5))
    assert (told(answer).response_code, told(answer).report_id) == (5001, None)


@pytest.mark.parametrize(
    ("fault", "delivery"),
    [
        (Delay(seconds=2), Delivery(wait_after=2)),
        (Delay(seconds=2, before="acting"), Delivery(wait_before=2)),
        (Late(), Delivery(wait_for_hangup=True)),
        (Reset(at="before-reading"), Delivery(cut_before_reading=True)),
        (Reset(at="while-reading", after_bytes=5), Delivery(cut_after=5)),
        (Reset(), Delivery(cut_after_acting=True)),
        (Truncate(cut="connection"), Delivery(end_early=True)),
        (Dribble(pause=0.5, piece=3), Delivery(pause=0.5, piece=3)),
        (ResponseCode(code=1000), Delivery()),
    ],
)
def test_what_happens_on_the_way_is_data(fault: AnyFault, delivery: Delivery) -> None:
    """A fault says what is done to the request and its answer; whoever carries them does it."""
    assert fault.delivery == delivery


# --- plans as JSON ---


def test_a_plan_is_a_list_or_an_object() -> None:
    """A bare list of faults and an object with faults and random ones mean the same; an empty text means none."""
    fault = '{"fault": "reset", "call": "finish", "at": "before-reading"}'
    plan = FaultPlan(faults=(Reset(call="finish", at="before-reading"),))
    assert read_plan(f"[{fault}]") == read_plan(f'{{"faults": [{fault}]}}') == plan
    assert read_plan("") == read_plan(b" \n") == read_plan("[]") == read_plan("{}") == FaultPlan()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Invalid JSON"),
        ("7", "the document: "),
        ('[{"fault": "reset"}, {"fault": "explode"}]', "faults.1: .*'explode'.*'reset'"),
        ('[{"call": "upload"}]', "faults.0: say by 'fault' which one it is"),
        ('[{"fault": "delay"}]', "faults.0.delay.seconds: Field required"),
        ('[{"fault": "delay", "seconds": 0}]', "faults.0.delay.seconds: .*greater than 0"),
        ('[{"fault": "reset", "when": "now"}]', "faults.0.reset.when: Extra"),
        ('[{"fault": "reset", "call": "uplaod"}]', "faults.0.reset.call: .*'upload'"),
        ('[{"fault": "reset", "times": 0}]', "faults.0.reset.times: "),
        ('[{"fault": "reset", "times": true}]', "faults.0.reset.times: "),
        ('[{"fault": "wrong-hash", "call": "finish"}]', "faults.0.wrong-hash.call: .*'upload'"),
        ('[{"fault": "status", "status": 99}]', "faults.0.status.status: "),
        ('[{"fault": "content-type", "value": "a\\r\\nb: c"}]', "faults.0.content-type.value: "),
        ('[{"fault": "code", "code": 1000, "description": "a\\u0001b"}]', "faults.0.code.description: "),
        ('[{"fault": "status", "status": 200, "body": "\\u0000"}]', "faults.0.status.body: "),
        ('{"random": {"rate": 1.5}}', "random.rate: "),
        ('{"fault": []}', "fault: Extra"),
    ],
)
def test_what_is_no_plan_is_named(text: str, words: str) -> None:
    """A plan that cannot be read says where it is wrong, and what would be right."""
    with pytest.raises(ConfigurationError, match=f"these are no faults: (?s:.*){words}"):
        read_plan(text)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"fault": "code", "code": 1000, "acts": True}, ResponseCode(code=1000, acts=True)),
        ({"fault": "maintenance"}, Maintenance()),
        ({"fault": "unauthorized", "times": None, "for_seconds": 5}, Unauthorized(times=None, for_seconds=5)),
        ({"fault": "truncate", "keep": 3}, Truncate(keep=3)),
        ({"fault": "wrong-report-id", "report_id": 5}, WrongReportId(report_id=5)),
    ],
)
def test_faults_by_name(data: dict[str, Any], fault: AnyFault) -> None:
    """Each fault has a name in JSON, and its settings are those of its class."""
    assert FaultPlan.model_validate([data]).faults == (fault,)


def test_a_fault_in_words() -> None:
    """The log names a fault with what matters of it."""
    faults = [Reset(), ResponseCode(code=1000, acts=True), Status(status=502), Throttle(), Unauthorized(acts=True)]
    assert [fault.in_words for fault in faults] == [
        *("reset after-acting", "code 1000, after acting", "HTTP 502", "throttle", "unauthorized, after acting"),
    ]
