"""Bodies and heads of requests, valid ones and broken ones."""

from __future__ import annotations

from random import Random
from urllib.parse import urlencode

from tests.canaries import CONTENT
from tests.mock_http import BOUNDARY, END, part
from tests.samples import file_details_xml, report_xml

XML = b"text/xml; charset=utf-8"
MULTIPART = b"multipart/form-data; boundary=" + BOUNDARY.encode()
URL_ENCODED = b"application/x-www-form-urlencoded"

REPORT = report_xml().replace(b"Example Pictures", CONTENT.encode())
FILE_ID = "f" * 32


def body(rng: Random, path: str, report_id: int) -> tuple[bytes, bytes]:
    """Content-Type and body of a valid post, which is refused for its report id; a report for its last element."""
    if path == "/submit":
        return XML, REPORT.replace(b"</report>", b"<last/></report>")
    if path == "/fileinfo":
        return XML, file_details_xml(report_id, FILE_ID).replace(b"holiday", CONTENT.encode())
    number = str(report_id)
    if path == "/upload":
        content = CONTENT.encode() + rng.randbytes(rng.choice((0, 10, 1000, 100_000)))
        return MULTIPART, part("id", number.encode()) + part("file", content, f"{CONTENT}.bin") + END
    if rng.random() < 0.5:
        return URL_ENCODED, urlencode({"id": number, "note": CONTENT}).encode()
    return MULTIPART, part("id", number.encode()) + END


def flipped(rng: Random, data: bytes, count: int) -> bytes:
    """With so many random bytes in random places."""
    mutated = bytearray(data)
    for _ in range(count):
        mutated[rng.randrange(len(mutated))] = rng.randrange(256)
    return bytes(mutated)


def spliced(rng: Random, data: bytes) -> bytes:
    """With a piece removed, doubled or moved."""
    start, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    place = rng.randrange(len(data))
    return rng.choice(
        (
            data[:start] + data[end:],
            data[:end] + data[start:],
            data[:place] + data[start:end] + data[place:],
        )
    )


# --- forms ---


def bad_multipart(rng: Random, report_id: int) -> tuple[bytes, bytes]:
    """Content-Type and body of a multipart form that is broken in one way."""
    number = part("id", str(report_id).encode())
    file = part("file", CONTENT.encode() + rng.randbytes(rng.randrange(200)), f"{CONTENT}.bin")
    form = number + file + END
    start = f"--{BOUNDARY}\r\n".encode()
    headers = (
        b"Content-Disposition",
        b"Content Disposition: form-data",
        b": form-data",
        b"Content-Disposition: form-data; name*=utf-8''%ff; filename*0=a; filename*2=b",
        b'Content-Disposition: form-data; name="file"; filename="' + b"x" * 20_000 + b'"',
        b'Content-Disposition: form-data; name="\xff\xfe"; filename="\\"\\\\"',
        b"X-Many: 1\r\n" * 200,
        b"X" * rng.randrange(70_000) + b": y",
        rng.randbytes(50),
    )
    broken_part = start + rng.choice(headers) + b"\r\n\r\nabc\r\n"
    types = (
        b"multipart/form-data",
        b"multipart/form-data; boundary=",
        b'multipart/form-data; boundary="',
        b"multipart/form-data; boundary=" + b"x" * rng.randrange(200, 5000),
        b"multipart/form-data; boundary=other; boundary=" + BOUNDARY.encode(),
        b"multipart/form-data; boundary=" + BOUNDARY[:-1].encode(),
        b"multipart/form-data; boundary=\xff\xfe",
        b"multipart/mixed; boundary=" + BOUNDARY.encode(),
        b"",
        b";" * 1000,
    )
    forms = (
        form[: rng.randrange(len(form))],
        number + file,
        broken_part + form,
        number + broken_part + END,
        number * rng.randrange(2, 150) + file + END,
        number + file * rng.randrange(2, 150) + END,
        form.replace(b"\r\n", b"\n"),
        form + form,
        form + rng.randbytes(1000),
        rng.randbytes(rng.randrange(5000)) + form,
        rng.randbytes(rng.randrange(100_000)),
        flipped(rng, form, rng.randrange(1, 20)),
        spliced(rng, form),
        part("id", b"9" * rng.randrange(20, 100_000)) + file + END,
        part("x" * 4000, CONTENT.encode() * 10_000) + form,
        start * rng.randrange(1, 500),
        b"\r\n" * 5000 + form,
        b"",
    )
    return (rng.choice(types), form) if rng.random() < 0.25 else (MULTIPART, rng.choice(forms))


# --- documents ---


def bad_xml(rng: Random, document: bytes, *, may_be_valid: bool) -> bytes:
    """A document that is broken in one way.

    Args:
        rng: chooses.
        document: the document to break.
        may_be_valid: whether changes are allowed that may leave it valid.
    """
    text = document.decode()
    root = text[text.index("?>") + 2 :].lstrip()
    depth = rng.randrange(10, 3000)
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else CONTENT}">' for n in range(12))
    external = rng.choice(("file:///etc/hostname", "http://127.0.0.1:9/x", "//example.com/x"))
    names = [b"<" + name for name in (b"report", b"fileDetails", b"fileId", b"incident", b"person") if name in document]
    broken = [
        document[: rng.randrange(len(document))],
        b"<a>" * depth + b"</a>" * depth,
        b"<a>" * depth,
        root.replace("><", ">" + "<a>" * depth + "</a>" * depth + "<", 1).encode(),
        ("<?xml version='1.0'?><!DOCTYPE r [" + entities + "]>" + root.replace(CONTENT, "&e11;")).encode(),
        f"<!DOCTYPE r SYSTEM '{external}'>{root}".encode(),
        f"<!DOCTYPE r [<!ENTITY % p SYSTEM '{external}'> %p;]>{root}".encode(),
        root.replace(CONTENT, "&undefined;&#0;&#xD800;&#x110000;").encode(),
        root.replace(CONTENT, f"\x00{CONTENT}").encode(),
        root.encode() + root.encode(),
        root.encode() + rng.randbytes(100),
        rng.randbytes(rng.randrange(3000)),
        b"\xef\xbb\xbf" * 2 + document,
        f'<?xml version="1.0" encoding="{rng.choice(("x-none", "UTF-7", "IBM037", "UTF-32", ""))}"?>{root}'.encode(),
        b'<?xml version="1.0" encoding="UTF-8"?>' + root.encode("utf-16"),
        root.encode("utf-32"),
        root.encode("utf-16-le"),
        f"<?xml version='1.9'?><?xml version='1.0'?>{root}".encode(),
        root.replace(">", f" {'x' * 1000}='{CONTENT * 100}'>", 1).encode(),
        root.replace(">", " a='1' a='2' xmlns:xsi='' xsi:nil='true'>", 1).encode(),
        f"<![CDATA[{root}]]>".encode(),
        root.replace(CONTENT, "\ud800").encode("utf-8", "surrogatepass"),
        document.replace(rng.choice(names), b"<" + rng.randbytes(4), 1),
    ]
    if may_be_valid:
        broken += [flipped(rng, document, rng.randrange(1, 10)), spliced(rng, document)] * 5
        broken += [f'<?xml version="1.0" encoding="{name}"?>{root}'.encode(name) for name in ("utf-16", "latin-1")]
    return rng.choice(broken)


def bad_json(rng: Random) -> bytes:
    """A body that sets no fault and moves no clock."""
    return rng.choice(
        (
            b"",
            b"null",
            b"[]",
            b"[" * 50_000,
            b'{"a":' * 50_000,
            b'{"faults": [{"kind": "' + CONTENT.encode() + b'"}]}',
            b'{"faults": {"' + CONTENT.encode() + b'": 1}}',
            b'{"faults": [[[]]], "random": {"rate": 1e999, "seed": "\\ud800"}}',
            b'{"advance_seconds": -1}',
            b'{"advance_seconds": 1e400}',
            b'{"advance_seconds": NaN}',
            b'{"set_to": "99999-01-01T00:00:00Z"}',
            b'{"set_to": "2026-01-31T08:00:00"}',
            b'{"set_to": "2026-01-31T08:00:00Z", "reset": true}',
            b'{"x": ' + b"9" * 100_000 + b"}",
            "{}".encode("utf-16"),
            b'{"reset": tru',
            rng.randbytes(rng.randrange(3000)),
        )
    )


# --- framing ---


def chunked(rng: Random, data: bytes) -> bytes:
    """A body in well-formed chunks."""
    out = b""
    while data:
        size = rng.choice((1, 10, 1000, 100_000))
        piece, data = data[:size], data[size:]
        out += b"%x%s\r\n%s\r\n" % (len(piece), rng.choice((b"", b";a=b")), piece)
        if len(out) > 200_000 or rng.random() < 0.05:
            break
    if data:
        out += b"%X\r\n%s\r\n" % (len(data), data)
    return out + b"0\r\n" + rng.choice((b"", b"X-Trailer: y\r\n")) + b"\r\n"


def bad_chunks(rng: Random, data: bytes) -> bytes:
    """A body in chunks that are broken in one way."""
    size = b"%x" % len(data)
    return rng.choice(
        (
            b"-1\r\n" + data + b"\r\n0\r\n\r\n",
            b"xyz\r\n" + data + b"\r\n0\r\n\r\n",
            b"\r\n" + data,
            b"f" * rng.randrange(8, 40) + b"\r\n" + data + b"\r\n0\r\n\r\n",
            size + b";" + b"x" * 70_000 + b"\r\n" + data + b"\r\n0\r\n\r\n",
            size + b"\n" + data + b"\n0\n\n",
            size + b"\r\n" + data + b"0\r\n\r\n",
            size + b"\r\n" + data + b"\r\n",
            size + b"\r\n" + data + b"\r\n0\r\nBroken trailer\x00\r\n\r\n",
            b"0\r\n\r\n" + size + b"\r\n" + data,
            b"%x\r\n%s" % (len(data) + 100, data),
            data,
            flipped(rng, chunked(rng, data), 5),
        )
    )


def bad_head(rng: Random, head: bytes) -> bytes:
    """A request line with headers that are broken in one way. What follows may or may not be read as a body."""
    line, rest = head.split(b"\r\n", 1)
    method, target, version = line.split(b" ")
    lines = (
        b"",
        b" ".join((b"BREW", target, version)),
        b" ".join((method.lower(), target, version)),
        b" ".join((method, target)),
        b" ".join((method, target, b"HTTP/9.9")),
        b" ".join((method, target, b"HTTP/1.0")),
        b" ".join((method, target, b"HTTP/1.1.1")),
        b" ".join((method, target, b"SPAM/1.1")),
        b"  ".join((method, target, version)),
        b"\t".join((method, target, version)),
        b" ".join((method, target + b"/" + b"x" * rng.randrange(100_000), version)),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + rng.randbytes(32),
    )
    heads = (
        rng.choice(lines) + b"\r\n" + rest,
        flipped(rng, head, rng.randrange(1, 10)),
        spliced(rng, head),
        head.replace(b"\r\n", b"\n"),
        head.replace(b"\r\n", b"\r"),
        head.replace(b": ", b" : "),
        head.replace(b"\r\n\r\n", b"\r\n folded\r\nNo-Colon\r\n\r\n"),
        head.replace(b"\r\n\r\n", b"\r\nX-Nul: \x00\r\n\r\n"),
        head.replace(b"\r\n\r\n", b"\r\nX-Huge: " + b"x" * rng.randrange(200_000) + b"\r\n\r\n"),
        head.replace(b"\r\n\r\n", b"\r\nX-Many: 1" * rng.randrange(3000) + b"\r\n\r\n"),
        head.replace(b"Host: 127.0.0.1\r\n", b""),
        head.replace(b"Host:", b"Host: a\r\nHost:"),
        head[:-2],
        rng.randbytes(100) + head,
    )
    return rng.choice(heads)
