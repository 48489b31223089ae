"""The codec reading documents that are right, however they are written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cybertip.findings import DocumentError
from cybertip.models import (
    ROOTS,
    FileAnnotations,
    FileDetails,
    NameValue,
)
from cybertip.models._base import Form
from cybertip.models._shape import shape_of
from cybertip.xml import indented, name_file, parse, read_tree, write
from tests.unit import wire
from tests.unit.test_xml import REPORT, REPORT_XML


def details(inner: str = "", head: str = "", encoding: str = "UTF-8") -> bytes:
    """File details with something after the file's id."""
    return f"{head}<fileDetails><reportId>7</reportId><fileId>f</fileId>{inner}</fileDetails>".encode(encoding)


def info(text: str) -> bytes:
    return details(f"<additionalInfo>{text}</additionalInfo>")


@pytest.mark.parametrize("flags", ["<spam/><sextortion/>", "<sextortion/><spam/>", "<spam>true</spam>\n<sextortion/>"])
def test_annotations_may_stand_in_any_order(flags: str) -> None:
    """Presence flags are read in any order, empty or with the word true."""
    text = REPORT_XML.replace("<sextortion/><spam/>", flags)
    assert parse(text.encode()).document == REPORT


@pytest.mark.parametrize(
    "written",
    [
        "a&#x62;c",
        "a<!-- note -->bc",
        "<!---->abc<!-- - -->",
        "a<?note b?>bc",
        "<![CDATA[abc]]>",
        "a<![CDATA[b]]>c",
        "<![CDATA[a]]><![CDATA[b]]>c",
        "a<![CDATA[]]>b<!-- x --><![CDATA[c]]>",
    ],
)
def test_markup_inside_a_text_is_not_part_of_it(written: str) -> None:
    """Comments, processing instructions, CDATA sections and references leave the text as it is meant."""
    (found,) = parse(info(written), FileDetails).document.additional_info
    assert found == "abc"


def test_markup_inside_other_values_and_between_elements_is_understood() -> None:
    """Comments and instructions may stand anywhere, before and after the root element included."""
    text = (
        "<?note?><!-- a --><fileDetails><!-- b --><reportId><!-- c -->1<?d?>2</reportId><?e?>"
        "<fileId>f<!-- g -->h</fileId><fileViewedByEsp>tr<!---->ue</fileViewedByEsp><!-- i -->"
        "<fileAnnotations><!-- j --><viral><!-- k --></viral></fileAnnotations></fileDetails><!-- l --><?m?>"
    )
    document = parse(text.encode(), FileDetails).document
    assert (document.report_id, document.file_id, document.file_viewed_by_esp) == (12, "fh", True)
    assert document.file_annotations == FileAnnotations(viral=True)


def test_comments_are_not_even_kept_in_the_tree() -> None:
    """A validator would need minutes for a text with many of them; only who lays out or edits a document has them."""
    data = details("<?a?><!-- b --><fileName>c<!-- d -->e<?f?></fileName>", "<!-- g -->")
    bare, whole = read_tree(data), read_tree(data, comments=True)
    assert [node.tag for node in bare.iter()] == ["fileDetails", "reportId", "fileId", "fileName"]
    assert len([node for node in whole.iter() if not isinstance(node.tag, str)]) == 4
    assert bare.findtext("fileName") == "ce"


def test_white_space_counts_only_in_texts() -> None:
    """It may surround numbers, truth values, times and tokens, stand between elements, and belongs to a text."""
    space = " \t\r\n "
    text = (
        f"{space}<fileDetails>{space}<reportId>{space}7{space}</reportId>{space}<fileId>{space}a{space}b{space}</fileId>"
        f"<originalFileName> a\tb\n</originalFileName>"
        f"<uploadedToEspTimestamp>{space}2026-01-31T08:00:00+01:00{space}</uploadedToEspTimestamp>"
        f"<fileViewedByEsp>{space}1{space}</fileViewedByEsp></fileDetails>{space}"
    )
    document = parse(text.strip().encode(), FileDetails).document
    assert document.report_id == 7
    assert document.file_id == "a b"
    assert document.original_file_name == " a\tb\n"
    assert document.uploaded_to_esp_timestamp == datetime(2026, 1, 31, 7, tzinfo=UTC)
    assert document.file_viewed_by_esp is True


@pytest.mark.parametrize("prefix", ["xsi", "i", "schema-instance"])
def test_hints_for_validators_are_understood_with_any_prefix(prefix: str) -> None:
    """Attributes that say where a schema lies, or name a type, change nothing."""
    start = (
        f'<fileDetails xmlns:{prefix}="http://www.w3.org/2001/XMLSchema-instance" xmlns:other="urn:example:unused"'
        f' {prefix}:noNamespaceSchemaLocation="none.xsd" {prefix}:schemaLocation="urn:example:x x.xsd">'
    )
    text = details(f'<details type="EXIF"><nameValuePair {prefix}:type="nameValue">').decode()
    text = text.replace("</fileDetails>", "<name>a</name><value/></nameValuePair></details></fileDetails>")
    document = parse(text.replace("<fileDetails>", start).encode(), FileDetails).document
    assert document.details[0].name_value_pairs == (NameValue(name="a", value=""),)


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "US-ASCII", "windows-1252"])
def test_documents_are_read_in_the_encoding_that_they_declare(encoding: str) -> None:
    """Legal encodings other than UTF-8 are understood."""
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    text = "a" if encoding == "US-ASCII" else "\u00e9\u00df"
    data = details(f"<fileName>{text}&#x20AC;</fileName>", head, encoding)
    assert parse(data, FileDetails).document.file_name == f"{text}\u20ac"


def test_a_byte_order_mark_is_no_text() -> None:
    """UTF-8 and UTF-16 with a mark, and without a declaration, are understood."""
    for encoding in ("utf-8-sig", "utf-16"):
        assert parse(details(encoding=encoding), FileDetails).document.report_id == 7


@pytest.mark.parametrize("root", ROOTS)
def test_flags_and_defaults_are_what_absence_means(root: str) -> None:
    """In the smallest document whatever is not there is None, an empty tuple or False."""
    model = ROOTS[root]
    found = parse(write(model.model_validate(wire.minimal(model)))).document
    for field in shape_of(model).children:
        if not field.required:
            assert getattr(found, field.field) == (() if field.many else False if field.form is Form.FLAG else None)


# --- small services ----------------------------------------------------------------------------------------------


def test_hand_written_details_get_the_ids_of_the_server() -> None:
    """Only the two ids change; comments, entities of characters and odd layout stay."""
    rest = "\n <fileName>a&#13;</fileName><!-- yours -->\n</fileDetails>"
    before = f"<fileDetails>\n <reportId><!-- which? -->0</reportId>\n <fileId/>{rest}"
    after = f"<fileDetails>\n <reportId>99</reportId>\n <fileId>abc</fileId>{rest}"
    named = name_file(before.encode(), 99, "abc")
    assert named.partition(b"\n")[2].decode() == after
    assert named.startswith(b"<?xml")
    document = parse(named, FileDetails).document
    assert (document.report_id, document.file_id, document.file_name) == (99, "abc", "a\r")


def test_ids_need_a_place_to_go_to() -> None:
    """Without one of the two elements nothing is made up."""
    for text in ("<fileDetails><fileId/></fileDetails>", "<fileDetails><reportId/></fileDetails>", "<x/>", "<x"):
        with pytest.raises(DocumentError) as caught:
            name_file(text.encode(), 1, "f")
        assert caught.value.findings[0].code == ("X001" if text == "<x" else "X002")


def test_a_laid_out_document_means_the_same() -> None:
    """Layout for people puts each element on its line and changes no value."""
    text = indented(write(REPORT))
    assert text.startswith("<report>\n  <incidentSummary>\n    <incidentType>")
    assert parse(text.encode()).document == REPORT
    assert indented(text.encode()) == text
