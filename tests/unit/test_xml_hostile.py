"""The parser on documents that mean harm, or were harmed: each ends with its code, in bounded memory, offline."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cybertip.findings import DocumentError, Findings
from cybertip.schema import Schema
from cybertip.xml import MAX_BYTES, MAX_PARTS, indented, name_file, parse, read_tree
from tests.unit.hostile import DOCUMENTS, declared, report
from tests.unit.listener import listening

PROJECT = Path(__file__).resolve().parents[2]
MOST_MEMORY = 300  # megabytes beyond what making the document took
READERS: list[Callable[[bytes], object]] = [read_tree, parse, indented, lambda data: name_file(data, 1, "f")]


def size(data: bytes) -> str:
    return f"{len(data)} bytes"


def codes(data: bytes) -> set[str]:
    """What every reader says about a document; each says the same."""
    found = Schema.bundled().validate(data)
    for reader in READERS:
        with pytest.raises(DocumentError) as caught:
            reader(data)
        assert caught.value.findings == found
    return {finding.code for finding in found}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_hostile_documents_end_in_bounded_memory(name: str) -> None:
    """The worst documents are judged rightly, by the schema and by the codec, and do not fill the memory."""
    command = [sys.executable, "-m", "tests.unit.hostile", name]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    expected = DOCUMENTS[name][0]
    assert (set(told["validated"]), set(told["parsed"])) == (expected, expected)
    assert told["megabytes"] < MOST_MEMORY


# --- document types and entities ---------------------------------------------------------------------------------


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("canary-6b1f")
    return path


def test_the_listener_hears() -> None:
    """What the next tests rely on: a connection is noticed."""
    with listening() as listener:
        assert not listener.knocked()
        with socket.create_connection(("127.0.0.1", int(listener.url.rpartition(":")[2]))):
            assert listener.knocked()
        assert not listener.knocked()


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE report [<!ENTITY a SYSTEM "{0}">]>',
        '<!DOCTYPE report [<!ENTITY a PUBLIC "-//x//x" "{0}">]>',
        '<!DOCTYPE report [<!ENTITY % p SYSTEM "{0}"> %p;]>',
        "<!DOCTYPE report [<!ENTITY % p \"<!ENTITY a SYSTEM '{0}'>\"> %p;]>",
        '<!DOCTYPE report SYSTEM "{0}">',
        '<!DOCTYPE report PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "{0}">',
        '<!DOCTYPE report SYSTEM "{0}" [<!ENTITY a "x">]>',
        '<!DOCTYPE report [<!NOTATION n SYSTEM "{0}"><!ENTITY a SYSTEM "{0}" NDATA n>]>',
    ],
)
@pytest.mark.parametrize("where", ["file", "http"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_nothing_outside_the_document_is_read(secret: Path, doctype: str, where: str, encoding: str) -> None:
    """External entities, parameter entities and external subsets are refused; no file and no address is opened."""
    with listening() as listener:
        target = secret.as_uri() if where == "file" else f"{listener.url}/x.dtd"
        text = doctype.format(target) + report(info="&a;")
        # An encoding that few readers know is refused before anybody looks for a document type in it.
        assert codes(text.encode(encoding)) == ({"X001"} if encoding == "utf-32" else {"X004"})


def test_hints_about_schemas_lead_nowhere(secret: Path) -> None:
    """What a document says about where its schema lies is not followed."""
    with listening() as listener:
        for target in (f"{listener.url}/x.xsd", secret.as_uri()):
            hints = (
                '<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
                f' xsi:noNamespaceSchemaLocation="{target}" xsi:schemaLocation="urn:example:x {target}">'
            )
            data = report().replace("<report>", hints).encode()
            assert Schema.bundled().validate(data) == Findings()
            parse(data)


def test_stylesheets_and_inclusions_lead_nowhere() -> None:
    """A processing instruction or an XInclude element is not followed."""
    with listening() as listener:
        sheet = f'<?xml-stylesheet href="{listener.url}/x.xsl" type="text/xsl"?>{report()}'
        assert Schema.bundled().validate(sheet.encode()) == Findings()
        inner = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{listener.url}/x.xml"/>'
        found = Schema.bundled().validate(report(suspect=inner).encode())
        assert [finding.code for finding in found] == ["X002"]


DOCTYPE = "<!DOCTYPE report [<!ENTITY a 'x'>]>"


@pytest.mark.parametrize(
    "data",
    [
        DOCTYPE.encode() + report().encode(),
        b"<!DOCTYPE report>" + report().encode(),
        b"<!DOCTYPE html><html/>",
        f"<!--{'x' * 5_000_000}-->{DOCTYPE}{report()}".encode(),
        *(f"<!--{'x' * (65_536 - cut)}-->{DOCTYPE}{report()}".encode() for cut in range(5, 24)),
        b"\n" * 100_000 + (DOCTYPE + report()).encode(),
        f"<?note?><!-- a -->\n{DOCTYPE}{report()}".encode(),
        (DOCTYPE + report()).encode("utf-8-sig"),
        (DOCTYPE + report()).encode("utf-16"),
        declared("UTF-16", DOCTYPE + report()).encode("utf-16"),
        declared("ISO-8859-1", f"<!-- \u00e9 -->{DOCTYPE}{report()}").encode("iso-8859-1"),
        declared("windows-1252", DOCTYPE + report()).encode(),
        f'<?xml version="1.1"?>{DOCTYPE}{report()}'.encode(),
        f'<?xml version="1.0" standalone="yes"?>{DOCTYPE}{report()}'.encode(),
    ],
    ids=size,
)
def test_a_document_type_is_refused_wherever_it_stands(data: bytes) -> None:
    """After comments, marks and blank lines, in any supported encoding, across the parser's own buffers."""
    assert codes(data) == {"X004"}


@pytest.mark.parametrize(
    "text", ["<report>&a;</report>", '<report a="&a;"/>', report(info="&nbsp;"), report(info="&a;&b;")]
)
def test_entities_that_nobody_declared_are_refused(text: str) -> None:
    """Only the five entities of XML itself are known."""
    assert codes(text.encode()) == {"X004"}
    assert parse(report(info="&lt;&gt;&amp;&quot;&apos;").encode())


# --- sizes -------------------------------------------------------------------------------------------------------


def test_the_limits_are_what_they_say() -> None:
    """A document of exactly the largest size, or with the largest number of parts, is read; one more is not."""
    data = report(info="x").encode()
    data = data.replace(b">x<", b">" + b"x" * (MAX_BYTES - len(data) + 1) + b"<")
    assert len(data) == MAX_BYTES
    assert Schema.bundled().validate(data) == Findings()
    assert codes(data + b"\n") == {"X005"}
    head, tail = (part.encode() for part in report(suspect="<!---->|").split("|"))
    # The report around them has seven elements and a comment.
    for parts in (MAX_PARTS, MAX_PARTS + 1):
        many = head + b'<phone a="b"/><!---->' * 2 + b"<!---->" * (parts - 8 - 6) + tail
        assert {finding.code for finding in Schema.bundled().validate(many)} == {
            "X002" if parts == MAX_PARTS else "X005"
        }


def test_a_smaller_limit_can_be_asked_for() -> None:
    """A caller who expects small documents says so."""
    data = report().encode()
    assert Schema.bundled().validate(data, max_bytes=len(data)) == Findings()
    (finding,) = Schema.bundled().validate(data, max_bytes=len(data) - 1)
    assert finding.code == "X005"
    assert str(len(data)) in finding.message
    for reader in (parse, read_tree, Schema.bundled().parse):
        with pytest.raises(DocumentError):
            reader(data, max_bytes=10)


def test_much_text_with_many_signs_of_markup_is_no_markup() -> None:
    """What only looks like elements, in a CDATA section or in a text, is not counted."""
    data = report(info=f"<![CDATA[{'<a b=c>' * MAX_PARTS}]]>").encode()
    assert Schema.bundled().validate(data) == Findings()
    assert Schema.bundled().validate(report(info="a=b" * MAX_PARTS).encode()) == Findings()


# --- damage ------------------------------------------------------------------------------------------------------

GOOD = report(suspect="<espIdentifier>[account]</espIdentifier>", info="text")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n\t",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"report",
        b"{}",
        b"<",
        b"<report",
        b"<report>",
        b"<?xml version='1.0'?>",
        b"<!-- only a comment -->",
        b"\x00" * 1000,
        b"\x1f\x8b\x08\x00",
        b"%PDF-1.7",
        bytes(range(256)),
        GOOD.encode() + b"<report/>",
        GOOD.encode() + b"text",
        b"text" + GOOD.encode(),
        GOOD.replace("</report>", "</Report>").encode(),
        GOOD.replace("text", "a & b").encode(),
        GOOD.replace("text", "a < b").encode(),
        GOOD.replace("<espIdentifier>", "<espIdentifier a='1' a='2'>").encode(),
        GOOD.replace("<espIdentifier>", "<espIdentifier a=1>").encode(),
        GOOD.replace("<espIdentifier>", "<x:espIdentifier>").replace("</espIdentifier>", "</x:espIdentifier").encode(),
        GOOD.encode().replace(b"text", b"\xff\xfe\xfd"),
        GOOD.encode().replace(b"text", b"caf\xe9"),
        GOOD.encode().replace(b"text", b"\xed\xa0\x80"),
        GOOD.encode().replace(b"text", b"\xc0\xbc"),
        GOOD.encode("utf-16")[:-1],
        declared("UTF-16", GOOD).encode(),
        declared("US-ASCII", GOOD.replace("text", "\u00e9")).encode(),
        *(
            declared(encoding, GOOD).encode()
            for encoding in (
                "UTF-32",
                "UTF-7",
                "shift_jis",
                "gb18030",
                "cp037",
                "rot13",
                "idna",
                "hex",
                "none",
                "x" * 99,
            )
        ),
        GOOD.encode("utf-32"),
        GOOD.encode("cp037"),
    ],
    ids=size,
)
def test_what_is_no_xml_is_told_so(data: bytes) -> None:
    """Nothing, something else, damaged bytes and encodings that few readers know: X001, never another exception."""
    assert codes(data) == {"X001"}


@pytest.mark.parametrize(
    "text", ["\x00", "\x01", "\x1f", "&#0;", "&#8;", "&#xFFFE;", "&#xD800;", "&#x110000;", "\uffff"]
)
def test_characters_that_xml_does_not_allow_are_told_so(text: str) -> None:
    """A control character is X003, written as itself or by its number, in a text or in an attribute."""
    for data in (GOOD.replace("text", f"a{text}b"), GOOD.replace("<espIdentifier>", f"<espIdentifier a='{text}'>")):
        assert codes(data.encode()) == {"X003"}


def test_a_truncated_document_is_no_document() -> None:
    """Wherever a document is cut, it is refused as not well-formed."""
    data = declared("UTF-8", GOOD.replace("text", "<![CDATA[x]]><!-- y -->")).encode()
    for length in range(len(data)):
        assert codes(data[:length]) == {"X001"}, data[:length]
    assert Schema.bundled().validate(data) == Findings()
