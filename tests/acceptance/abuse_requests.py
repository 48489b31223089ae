"""Requests that a server must survive: valid ones of all seven endpoints, and what random mutations make of them.

Request number n of a seed is always the same one. Nearly all are refused, because a mock keeps what it accepts.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from random import Random

from tests.acceptance import abuse_bodies as bodies
from tests.acceptance.abuse_wire import Ending, Request, Shot
from tests.canaries import CONTENT, PASSWORD, USERNAME

CREDENTIALS = b"Basic " + b64encode(f"{USERNAME}:{PASSWORD}".encode())
POSTS = ("/submit", "/upload", "/fileinfo", "/finish", "/retract")
METHODS = ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "GET", "POST")


def request(rng: Random, path: str, report_id: int) -> Request:
    """A valid request for an endpoint, which is refused because of its report id."""
    headers = [(b"Authorization", CREDENTIALS)]
    if path in {"/status", "/xsd"}:
        return Request(b"GET", b"/ispws" + path.encode(), headers)
    content_type, body = bodies.body(rng, path, report_id)
    return Request(b"POST", b"/ispws" + path.encode(), [*headers, (b"Content-Type", content_type)], body)


def shot(seed: int, number: int, closed_report: int) -> Shot:
    """Request `number` of this seed. `closed_report` is a report to which every change is refused."""
    rng = Random(f"{seed} {number}")
    report_id = rng.choice((1, closed_report))
    kind = rng.choices(list(KINDS), [weight for _, weight in KINDS.values()])[0]
    made = KINDS[kind][0](rng, report_id)
    if rng.random() < 0.1 and sum(map(len, made.pieces)) < 20_000:
        made = Shot(kind, dripped(rng, b"".join(made.pieces)), made.ending, made.answers)
    return Shot(f"{number}, {kind}", made.pieces, made.ending, made.answers)


def dripped(rng: Random, data: bytes) -> list[bytes]:
    """The same bytes in many pieces."""
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(1, 30)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def a_post(rng: Random, report_id: int) -> Request:
    return request(rng, rng.choice(POSTS), report_id)


def any_request(rng: Random, report_id: int) -> Request:
    return request(rng, rng.choice((*POSTS, "/status", "/xsd")), report_id)


# --- kinds of abuse ---


def undamaged(rng: Random, report_id: int) -> Shot:
    return Shot("", [request(rng, rng.choice(("/status", "/xsd", *POSTS[1:])), report_id).whole()])


def bad_multipart(rng: Random, report_id: int) -> Shot:
    made = request(rng, rng.choice(("/upload", "/finish", "/retract")), report_id)
    content_type, made.body = bodies.bad_multipart(rng, report_id)
    made.headers[-1] = (b"Content-Type", content_type)
    return Shot("", [made.whole()])


def bad_xml(rng: Random, report_id: int) -> Shot:
    made = request(rng, rng.choice(("/submit", "/fileinfo")), report_id)
    made.body = bodies.bad_xml(rng, made.body, may_be_valid=made.target.endswith(b"/fileinfo"))
    return Shot("", [made.whole()])


def longer_than_said(rng: Random, report_id: int) -> Shot:
    made = a_post(rng, report_id)
    said = rng.randrange(len(made.body))
    return Shot("", [made.head((b"Content-Length", str(said).encode())) + made.body], Ending.HALF_CLOSED)


def shorter_than_said(rng: Random, report_id: int) -> Shot:
    made = a_post(rng, report_id)
    said = len(made.body) + rng.choice((1, 100, 10**6, 10**12, 2**63))
    data = made.head((b"Content-Length", str(said).encode())) + made.body
    return Shot("", [data], rng.choice((Ending.HALF_CLOSED, Ending.DROPPED, Ending.RESET)))


def bad_length(rng: Random, report_id: int) -> Shot:
    made = a_post(rng, report_id)
    bad = (b"-1", b"", b"0x10", b"1e3", b"ten", b"9" * 40, b"5, 5", b"+5", b"\x00", b"5\r\nContent-Length: 6")
    return Shot("", [made.head((b"Content-Length", rng.choice(bad))) + made.body], Ending.HALF_CLOSED)


def chunked(rng: Random, report_id: int) -> Shot:
    made = a_post(rng, report_id)
    data = made.head((b"Transfer-Encoding", b"chunked")) + bodies.chunked(rng, made.body)
    return Shot("", [data])


def bad_chunks(rng: Random, report_id: int) -> Shot:
    made = a_post(rng, report_id)
    extra = rng.choice(((), (), ((b"Content-Length", b"5"),), ((b"Transfer-Encoding", b"gzip"),)))
    data = made.head((b"Transfer-Encoding", b"chunked"), *extra) + bodies.bad_chunks(rng, made.body)
    return Shot("", [data], Ending.HALF_CLOSED)


def cut(rng: Random, report_id: int) -> Shot:
    made = any_request(rng, report_id)
    data = made.whole()
    end = rng.randrange(len(data))
    return Shot("", [data[:end]], rng.choice((Ending.HALF_CLOSED, Ending.DROPPED, Ending.RESET)))


def gone_before_the_answer(rng: Random, report_id: int) -> Shot:
    return Shot("", [any_request(rng, report_id).whole()], rng.choice((Ending.DROPPED, Ending.RESET)))


def wrong_method(rng: Random, report_id: int) -> Shot:
    made = any_request(rng, report_id)
    made.method = rng.choice([method.encode() for method in METHODS if method.encode() != made.method])
    return Shot("", [made.whole()])


def unknown_path(rng: Random, report_id: int) -> Shot:
    made = any_request(rng, report_id)
    made.target = rng.choice(
        (
            made.target + b"/",
            made.target + b"?id=1&id=%ff&" + CONTENT.encode(),
            made.target.replace(b"s", b"%73"),
            made.target.upper(),
            b"/ispws/" + CONTENT.encode(),
            b"/ispws/../ispws//status",
            b"/ispws%2fstatus",
            b"/ispws/%",
            b"/ispws/%zz%1",
            b"/ispws/%00%0d%0aX:%20y",
            b"/ispws/%c3%28%ff%fe",
            b"/%E6%9D%B1" * rng.randrange(1, 500),
            b"//" + b"/" * rng.randrange(200),
            b"/;:@&=+$,!~*'()",
        )
    )
    return Shot("", [made.whole()])


def odd_target(rng: Random, report_id: int) -> Shot:
    made = any_request(rng, report_id)
    made.method = rng.choice((made.method, b"CONNECT", b"HEAD", b"OPTIONS"))
    odd = (b"*", b"http://example.com/ispws/status", b"example.com:443", b"/a b", b"\xc3\xa9", b"", b"?", b"#", b"/#x")
    made.target = rng.choice((*odd, b"//[", b"http://[::1", b"http://", b"http:///x", bytes(range(256)), made.target))
    return Shot("", [made.whole()], Ending.HALF_CLOSED)


def broken_head(rng: Random, report_id: int) -> Shot:
    made = any_request(rng, report_id)
    return Shot("", [bodies.bad_head(rng, made.head()) + made.body], Ending.HALF_CLOSED)


def odd_headers(rng: Random, report_id: int) -> Shot:
    made = any_request(rng, report_id)
    odd = (
        (b"Upgrade", b"websocket"),
        (b"Upgrade", b"h2c"),
        (b"Expect", b"100-continue"),
        (b"Expect", b"a miracle"),
        (b"Connection", b"close"),
        (b"Connection", b"upgrade"),
        (b"Transfer-Encoding", b"identity"),
        (b"X-Forwarded-For", b"192.0.2.1"),
        (b"Accept-Encoding", b"\xff\xfe"),
        (b"Cookie", b"=;" * 5000),
        (b"Content-Type", b"text/xml; charset=\xff; charset=utf-8; " + b"x=y;" * 300),
        (b"Content-Type", b'multipart/form-data; boundary="'),
        (b"Content-Type", b"multipart/form-data; boundary*0=a; boundary*1=b; boundary*=utf-8''%ff"),
    )
    made.headers = [*rng.sample(odd, rng.randrange(1, 5)), *made.headers]
    # uvicorn may hang up before it has read the body where it is asked for another protocol, or to close.
    risky = not {b"Upgrade", b"Transfer-Encoding", b"Connection"}.isdisjoint(name for name, _ in made.headers)
    return Shot("", [made.whole()], Ending.HALF_CLOSED if risky else Ending.ANSWERED)


def odd_host(rng: Random, report_id: int) -> Shot:
    made = inspection(rng) if rng.random() < 0.3 else any_request(rng, report_id)
    made.target += rng.choice((b"", b"", b"/", b"x"))
    made.host = rng.choice(
        (b"", b"[", b"]", b"[::1", b"[::1]:x", b"a:b:c", b"127.0.0.1:99999", b"@", b"a@b", b"/", b"?", b"#", b"\xff")
    )
    return Shot("", [made.whole()])


def inspection(rng: Random) -> Request:
    """A request for what the mock shows of itself, which changes nothing."""
    odd = CONTENT.encode(), b"latest", b"%00", b"-1", b"9" * 5000, b"%D9%A1", b"..%2f..%2fx", b"", b"<script>"
    paths = (b"", b"/", b"/health", b"/reports", b"/exchanges", b"/faults", b"/clock")
    target = rng.choice((*paths, *(rng.choice((b"/reports/", b"/view/", b"/assets/")) + name for name in odd)))
    query = rng.choice(
        (b"", b"", b"?state=finished", b"?state=" + CONTENT.encode(), b"?account=%ff", b"?a=b", b"?&&=;")
    )
    return Request(b"GET", b"/_mock" + target + query, [])


def odd_inspection(rng: Random, report_id: int) -> Shot:
    return Shot("", [inspection(rng).whole()])


def bad_steering(rng: Random, report_id: int) -> Shot:
    method, target = rng.choice(((b"PUT", b"/_mock/faults"), (b"POST", b"/_mock/clock"), (b"DELETE", b"/_mock/faults")))
    kind = rng.choice((b"application/json", b"application/json; charset=\xff", b"text/plain", b""))
    return Shot("", [Request(method, target, [(b"Content-Type", kind)], bodies.bad_json(rng)).whole()])


def bad_authorization(rng: Random, report_id: int) -> Shot:
    made = any_request(rng, report_id)
    bad = (
        b"",
        b"Basic",
        b"Basic ",
        b"Bearer " + PASSWORD.encode(),
        b"Basic " + PASSWORD.encode(),
        b"Basic \xff\xfe",
        b"Basic " + b64encode(b"\xff:\xfe"),
        b"Basic " + b64encode(f"{USERNAME}:{CONTENT}".encode()),
        b"Basic " + b64encode(f"{USERNAME}\0:{PASSWORD}".encode()),
        b"Basic " + b"QUFB" * rng.randrange(3000),
        CREDENTIALS[:-4],
        CREDENTIALS + b"=",
        CREDENTIALS.replace(b" ", b"\t"),
    )
    made.headers[0] = (b"Authorization", rng.choice(bad))
    return Shot("", [made.whole()])


def pipelined(rng: Random, report_id: int) -> Shot:
    count = rng.randrange(2, 8)
    return Shot("", [b"".join(any_request(rng, report_id).whole() for _ in range(count))], answers=count)


def pipelined_with_noise(rng: Random, report_id: int) -> Shot:
    parts = [any_request(rng, report_id).whole() for _ in range(3)]
    parts.insert(rng.randrange(4), rng.randbytes(rng.randrange(1, 300)))
    return Shot("", [b"".join(parts)], rng.choice((Ending.HALF_CLOSED, Ending.RESET)))


def noise(rng: Random, report_id: int) -> Shot:
    return Shot("", [rng.randbytes(rng.choice((0, 1, 10, 1000, 100_000)))], Ending.HALF_CLOSED)


Make = Callable[[Random, int], Shot]
KINDS: dict[str, tuple[Make, int]] = {
    "undamaged": (undamaged, 5),
    "bad multipart": (bad_multipart, 15),
    "bad XML": (bad_xml, 15),
    "a body longer than said": (longer_than_said, 5),
    "a body shorter than said": (shorter_than_said, 5),
    "a bad length": (bad_length, 3),
    "chunked": (chunked, 3),
    "bad chunks": (bad_chunks, 8),
    "cut": (cut, 8),
    "gone before the answer": (gone_before_the_answer, 5),
    "a wrong method": (wrong_method, 4),
    "an unknown path": (unknown_path, 5),
    "an odd target": (odd_target, 4),
    "a broken head": (broken_head, 8),
    "odd headers": (odd_headers, 5),
    "an odd host": (odd_host, 4),
    "odd inspection": (odd_inspection, 3),
    "bad steering": (bad_steering, 4),
    "bad credentials": (bad_authorization, 5),
    "pipelined": (pipelined, 3),
    "pipelined with noise": (pipelined_with_noise, 3),
    "noise": (noise, 3),
}
"""What is done, and how often in relation to the others."""
