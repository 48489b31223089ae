"""What is known about the effect of a call that did not succeed: one function, one table.

The table is ordered from the strongest sign to the weakest. It leans towards *unknown*: to believe that nothing
happened when something did could file a report twice or leave a file in it that nobody described.
"""

from __future__ import annotations

from cybertip.errors import Known

# What the server says with its response code. First match counts.
CODES: tuple[tuple[int, int, Known], ...] = (
    (1001, 1001, Known.REFUSED),  # seen in 2016 only: the document was malformed
    (1100, 1100, Known.DECLARED),  # save failed
    (1110, 1111, Known.DECLARED),  # upload failed, file upload failed
    (1210, 1210, Known.DECLARED),  # resource not found
    (1300, 1300, Known.DECLARED),  # update failed
    (2000, 2999, Known.NOT_EXECUTED),  # authentication
    (3000, 3999, Known.NOT_EXECUTED),  # authorisation
    (4000, 4999, Known.REFUSED),  # invalid request, validation, malformed XML or file
    (5001, 5002, Known.REFUSED),  # no such report, no such file
    (5101, 5102, Known.REFUSED),  # retracted already, finished already
)
# What is in front of the API says with the HTTP status, when the body has no code to read.
STATUSES: dict[int, Known] = {
    404: Known.NOT_EXECUTED,
    413: Known.NOT_EXECUTED,
}
# These statuses outweigh any body: the 401 of the real server has carried code 1000, which alone would say nothing.
DECISIVE: dict[int, Known] = {
    401: Known.NOT_EXECUTED,
    403: Known.NOT_EXECUTED,
    429: Known.NOT_EXECUTED,
}


def what_is_known(*, sent: bool, http_status: int | None = None, code: int | None = None) -> Known:
    """Decide what is known about a call that did not succeed.

    Args:
        sent: whether the network took the last part of the request. Without it no server can have acted, unless it
            says so itself.
        http_status: the HTTP status, where an answer came.
        code: the response code, where the answer had one.
    """
    if http_status is None:
        return Known.UNKNOWN if sent else Known.UNSENT
    if http_status in DECISIVE:
        return DECISIVE[http_status]
    if code is None:
        known = STATUSES.get(http_status, Known.UNKNOWN)
    else:
        known = next((known for low, high, known in CODES if low <= code <= high), Known.UNKNOWN)
    # An error that came while the request was still being sent. Success (0) would be a claim to have acted.
    return Known.UNSENT if known is Known.UNKNOWN and not sent and code != 0 else known
