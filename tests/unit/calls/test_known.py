"""The table of what is known after a call that did not succeed."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cybertip.calls.known import CODES, DECISIVE, STATUSES, what_is_known
from cybertip.errors import Known

BY_CODE = {
    Known.UNKNOWN: (1000,),
    Known.DECLARED: (1100, 1110, 1111, 1210, 1300),
    Known.REFUSED: (1001, 4000, 4100, 4110, 4200, 5001, 5002, 5101, 5102),
    Known.NOT_EXECUTED: (2000, 3000, 3100, 3300),
}
"""Every documented code, and 1001, which was seen."""

UNDOCUMENTED = (-1, 1, 999, 1002, 1099, 1101, 1109, 1112, 1209, 1211, 1299, 1301, 1999, 5000, 5003, 5100, 5103, 7777)
"""Codes beside the documented ones, and between their ranges."""

CODE_ROWS = [(code, known) for known, codes in BY_CODE.items() for code in codes]

BY_STATUS = {
    Known.NOT_EXECUTED: (401, 403, 404, 413, 429),
    Known.UNKNOWN: (200, 201, 204, 301, 302, 307, 308, 400, 405, 408, 409, 411, 500, 501, 502, 503, 504, 599),
}
"""What an HTTP status says where the body has no code."""

STATUS_ROWS = [(status, known) for known, statuses in BY_STATUS.items() for status in statuses]


@pytest.mark.parametrize(("sent", "known"), [(True, Known.UNKNOWN), (False, Known.UNSENT)])
def test_without_an_answer_the_body_stream_decides(sent: bool, known: Known) -> None:
    """Where nothing came back, a request is unsent exactly if the network never took its last part."""
    assert what_is_known(sent=sent) is known


@pytest.mark.parametrize("status", [200, 400, 500, 503])
@pytest.mark.parametrize(("code", "known"), CODE_ROWS)
def test_each_code_says_what_it_says_whatever_the_status(status: int, code: int, known: Known) -> None:
    """A code that could be read outweighs the HTTP status that it came with."""
    assert what_is_known(sent=True, http_status=status, code=code) is known


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("code", UNDOCUMENTED)
def test_a_code_that_is_not_documented_says_nothing(status: int, code: int) -> None:
    """After a code that nobody documented the server may or may not have acted."""
    assert what_is_known(sent=True, http_status=status, code=code) is Known.UNKNOWN


@pytest.mark.parametrize("code", [2000, 2001, 2999, 3000, 3999, 4000, 4999])
def test_a_new_code_of_a_documented_family_belongs_to_it(code: int) -> None:
    """Codes 2xxx and 3xxx mean that nothing was done, 4xxx that it was refused, also those not documented yet."""
    expected = Known.REFUSED if code >= 4000 else Known.NOT_EXECUTED
    assert what_is_known(sent=True, http_status=200, code=code) is expected


@pytest.mark.parametrize(("status", "known"), STATUS_ROWS)
def test_without_a_code_the_status_decides(status: int, known: Known) -> None:
    """An answer that is not the API's says nothing but by its HTTP status."""
    assert what_is_known(sent=True, http_status=status) is known


@pytest.mark.parametrize("status", [401, 403, 429])
@pytest.mark.parametrize("code", [None, 0, 1000, 1100, 2000, 4100, 5102, 7777])
def test_a_refusal_in_front_of_the_api_outweighs_any_code(status: int, code: int | None) -> None:
    """HTTP 401, 403 and 429 mean that nothing was done: the real server has sent 401 with code 1000."""
    assert what_is_known(sent=True, http_status=status, code=code) is Known.NOT_EXECUTED


@pytest.mark.parametrize("status", [404, 413])
def test_a_code_outweighs_the_other_refusals(status: int) -> None:
    """HTTP 404 and 413 give way to a code, because then the API itself has answered."""
    assert what_is_known(sent=True, http_status=status, code=1000) is Known.UNKNOWN
    assert what_is_known(sent=True, http_status=status, code=4100) is Known.REFUSED


@pytest.mark.parametrize(
    ("status", "code"), [(200, None), (200, 1000), (400, 7777), (500, None), (502, None), (503, 1000)]
)
def test_an_error_before_the_request_was_complete_leaves_no_doubt(status: int, code: int | None) -> None:
    """A server that says error while the request is still being sent cannot have acted on it."""
    assert what_is_known(sent=True, http_status=status, code=code) is Known.UNKNOWN
    assert what_is_known(sent=False, http_status=status, code=code) is Known.UNSENT


def test_a_claim_of_success_is_never_unsent() -> None:
    """A server that claims success has to be believed that it did something, even if it had not read everything."""
    assert what_is_known(sent=False, http_status=200, code=0) is Known.UNKNOWN


@pytest.mark.parametrize(
    ("status", "code", "known"),
    [
        (413, None, Known.NOT_EXECUTED),
        (429, None, Known.NOT_EXECUTED),
        (401, 1000, Known.NOT_EXECUTED),
        (200, 1110, Known.DECLARED),
        (400, 4200, Known.REFUSED),
    ],
)
def test_what_the_server_says_early_stays_said(status: int, code: int | None, known: Known) -> None:
    """A clear word of the server counts as such, even if the request was not complete."""
    assert what_is_known(sent=False, http_status=status, code=code) is known


def test_no_two_rows_of_the_table_overlap() -> None:
    """Each code stands in one row, so the order of the rows cannot change a verdict."""
    ranges = sorted((low, high) for low, high, _ in CODES)
    assert all(low <= high for low, high in ranges)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


def test_the_test_knows_every_row() -> None:
    """A row added to the table has to be added here as well."""
    listed = {code for code, known in CODE_ROWS if known is not Known.UNKNOWN}
    assert all(any(low <= code <= high for code in listed) for low, high, _ in CODES)
    assert {**STATUSES, **DECISIVE}.keys() == set(BY_STATUS[Known.NOT_EXECUTED])
