"""Forms as bytes, read back by parsers that are not ours."""

from __future__ import annotations

import email
import email.policy
import io
import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_multipart.multipart import FormParser, parse_options_header

from cybertip.calls.forms import MAX_FILE_NAME_BYTES, FileSource, FormBody, XmlBody, encode_form, plain_file_name
from cybertip.evidence import source
from tests.canaries import CONTENT

BOUNDARY = "cybertip-0123456789abcdef0123456789abcdef"
BODY = b"\r\n--" + BOUNDARY[:-1].encode() + b"\r\n\x00\xff--\r\n" + CONTENT.encode() + b"\n\r"
"""Bytes that look like parts of a form."""

NAMES: list[tuple[str, str]] = [
    ("picture.png", "picture.png"),
    ('say "cheese".png', "say %22cheese%22.png"),
    ("quote'single.png", "quote'single.png"),
    ("percent%22.png", "percent%22.png"),
    ("semi;colon; name=x.png", "semi;colon; name=x.png"),
    ("break\r\nX-Injected: 1\r\n\r\n.png", "break%0D%0AX-Injected: 1%0D%0A%0D%0A.png"),
    ("nul\x00tab\tesc\x1bdel\x7f.png", "nul%00tab%09esc%1Bdel%7F.png"),
    ("Größe.png", "Größe.png"),
    ("あいう.png", "あいう.png"),
    ("party 🎉 \u200d👩.png", "party 🎉 \u200d👩.png"),
    ("lone\ud800surrogate\udcff.png", "lone?surrogate?.png"),
    ("next\u0085line\u2028end.png", "next\u0085line\u2028end.png"),
    ("../../etc/passwd", "passwd"),
    ("/absolute/path.png", "path.png"),
    ("C:\\dir\\x.png", "x.png"),
    ("\\\\server\\share\\y.png", "y.png"),
    ("mixed/dir\\z.png", "z.png"),
    ("", "file"),
    (".", "file"),
    ("..", "file"),
    ("folder/", "file"),
    ("folder\\", "file"),
    ("  . .", "file"),
    (".hidden", ".hidden"),
    ("x" * 1000, "x" * MAX_FILE_NAME_BYTES),
    ("x" * 1000 + ".jpeg", "x" * (MAX_FILE_NAME_BYTES - 5) + ".jpeg"),
    ("あ" * 1000 + ".png", "あ" * ((MAX_FILE_NAME_BYTES - 4) // 3) + ".png"),
    ("x." + "y" * 1000, "x"),
    ("." + "y" * 1000, "." + "y" * (MAX_FILE_NAME_BYTES - 1)),
    ("あ" * 1000, "あ" * (MAX_FILE_NAME_BYTES // 3)),
]


@dataclass
class Part:
    """One part of a form, as a parser saw it."""

    name: str
    file_name: str | None
    content: bytes


def encoded(form: FormBody) -> tuple[str, bytes]:
    """The Content-Type and the whole body."""
    made = encode_form(form, BOUNDARY)
    content = b""
    if form.file is not None:
        with form.file.open() as file:
            content = file.read()
    return made.content_type, made.head + content + made.tail


def parsed(content_type: str, body: bytes) -> list[Part]:
    """What python-multipart, which servers use, reads."""
    parts: list[Part] = []

    def field(found: object) -> None:
        name, value = getattr(found, "field_name", b""), getattr(found, "value", b"")
        parts.append(Part(name.decode(), None, value or b""))

    def file(found: object) -> None:
        name, file_name = getattr(found, "field_name", b""), getattr(found, "file_name", b"")
        content = getattr(found, "file_object", io.BytesIO())
        content.seek(0)
        parts.append(Part(name.decode(), file_name.decode(), content.read()))

    kind, options = parse_options_header(content_type)
    parser = FormParser(kind.decode(), field, file, boundary=options[b"boundary"])
    parser.write(body)
    parser.finalize()
    return parts


def parsed_by_email(content_type: str, body: bytes) -> list[Part]:
    """What the standard library reads."""
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    assert message.is_multipart()
    assert not message.defects
    parts = []
    for part in message.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            name = part.get_param("name", header="content-disposition")
            parts.append(Part(str(name), part.get_filename(), content))
    return parts


@pytest.mark.parametrize(("name", "sent"), NAMES)
def test_a_file_arrives_with_its_bytes_and_a_safe_name(name: str, sent: str) -> None:
    """Whatever a file is called, the form has one id and one file, the bytes are the same, and no folder is told."""
    content_type, body = encoded(FormBody({"id": "4564654"}, source(BODY, name=name)))
    parts = parsed(content_type, body)
    assert [(part.name, part.file_name) for part in parts] == [("id", None), ("file", sent)]
    assert parts[0].content == b"4564654"
    assert parts[1].content == BODY


@pytest.mark.parametrize(("name", "sent"), [row for row in NAMES if row[1].isascii()])
def test_another_parser_reads_the_same(name: str, sent: str) -> None:
    """A second parser, for mail, agrees on every form whose names are ASCII."""
    content_type, body = encoded(FormBody({"id": "4564654"}, source(BODY, name=name)))
    assert parsed_by_email(content_type, body) == [Part("id", None, b"4564654"), Part("file", sent, BODY)]


@given(name=st.text(max_size=300), content=st.binary(max_size=300))
def test_any_name_and_any_bytes(name: str, content: bytes) -> None:
    """No name and no content can break out of its place in the form."""
    content_type, body = encoded(FormBody({"id": "7"}, source(content, name=name or "x")))
    parts = parsed(content_type, body)
    assert [(part.name, part.content) for part in parts] == [("id", b"7"), ("file", content)]
    assert parts[1].file_name
    assert not re.search(r"[/\\\x00-\x1f\x7f]", parts[1].file_name)


@given(name=st.text())
def test_a_plain_name_is_short_and_has_no_folders(name: str) -> None:
    """A file name that is sent is never empty, never a path, and fits into a header line."""
    plain = plain_file_name(name)
    assert plain.strip(". ")
    assert not set("/\\") & set(plain)
    assert len(plain.encode()) <= MAX_FILE_NAME_BYTES


def test_a_form_without_a_file() -> None:
    """A form of fields alone is complete, as ``/finish`` takes it."""
    content_type, body = encoded(FormBody({"id": "4564654"}))
    assert parsed(content_type, body) == [Part("id", None, b"4564654")]
    assert parsed_by_email(content_type, body) == [Part("id", None, b"4564654")]


def test_a_form_of_an_empty_file() -> None:
    """An empty file is a file of no bytes."""
    content_type, body = encoded(FormBody({"id": "1"}, source(b"", name="empty.txt")))
    assert parsed(content_type, body) == [Part("id", None, b"1"), Part("file", "empty.txt", b"")]


def test_the_bytes_are_those_of_the_documentation() -> None:
    """The form is written as NCMEC's documented command line writes it."""
    content_type, body = encoded(FormBody({"id": "1"}, source(b"abc", name="a.png")))
    assert content_type == f"multipart/form-data; boundary={BOUNDARY}"
    assert (
        body
        == (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="id"\r\n\r\n1\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
            f"Content-Type: application/octet-stream\r\n\r\nabc\r\n--{BOUNDARY}--\r\n"
        ).encode()
    )


def test_no_part_of_the_form_says_where_the_file_lies(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of a file on disk, only the last part of its path is sent."""
    path = tmp_path_factory.mktemp("secret-folder") / "a.png"
    path.write_bytes(b"abc")
    made = encode_form(FormBody({"id": "1"}, source(path)), BOUNDARY)
    assert b"secret-folder" not in made.head + made.tail
    assert b'filename="a.png"' in made.head


def test_descriptions_do_not_show_what_they_hold() -> None:
    """The repr of a body shows no document and no file."""
    shown = repr([XmlBody(BODY), FormBody({"id": "1"}, source(BODY, name=CONTENT))])
    assert CONTENT not in shown


def test_what_a_source_is() -> None:
    """Everything that has a name, a size, a SHA-256 and a way to open it can be sent."""
    assert isinstance(source(b"abc"), FileSource)
    assert not isinstance(io.BytesIO(), FileSource)
