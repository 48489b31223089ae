"""Schemas other than ours, and where schemas come from."""

from __future__ import annotations

from pathlib import Path

import pytest

import cybertip.schema
from cybertip.errors import ConfigurationError
from cybertip.findings import DocumentError, Findings
from cybertip.schema import Schema, bundled_xsd
from tests.samples import report_xml
from tests.unit.listener import listening

PROJECT = Path(__file__).resolve().parents[3]
CANARY = "canary-6b1f"
REPORT = report_xml()


STRICTER = {
    "longest": ('<xs:maxLength value="3"/>', "the value is longer than the schema allows"),
    "shortest": ('<xs:minLength value="99"/>', "the value is shorter than the schema allows"),
    "pattern": ('<xs:pattern value="[0-9]+"/>', "the value does not have the form that the schema demands"),
    "list": ('<xs:enumeration value="a"/>', "the value is not one of those that the schema lists"),
    "length": ('<xs:length value="3"/>', "the value is not what the schema demands"),
}
IDENTIFIER = 'name="espIdentifier" type="xs:string" minOccurs="0"'


def altered(before: str, after: str) -> Schema:
    """The bundled schema with one change."""
    text = bundled_xsd().decode()
    assert text.count(before) == 1, text.count(before)
    return Schema(text.replace(before, after).encode(), "altered.xsd")


def stricter(facet: str) -> Schema:
    """The bundled schema with a restriction on the account's id of a suspect."""
    text = bundled_xsd().decode()
    restricted = f'<xs:restriction base="xs:string">{facet}</xs:restriction>'
    text = text.replace(IDENTIFIER, 'name="espIdentifier" type="strict" minOccurs="0"', 1)
    return Schema(
        text.replace("</xs:schema>", f'<xs:simpleType name="strict">{restricted}</xs:simpleType></xs:schema>').encode()
    )


@pytest.mark.parametrize(("facet", "message"), STRICTER.values(), ids=STRICTER.keys())
def test_a_stricter_schema_has_its_way(facet: str, message: str) -> None:
    """What only another schema refuses is told by its kind, at its path and line, without the value."""
    data = REPORT.replace(b"user-7f3a", CANARY.encode()).replace(b"<espIdentifier>", b"\n<espIdentifier>")
    assert not Schema.bundled().validate(data)
    (finding,) = stricter(facet).validate(data)
    assert (finding.code, finding.message) == ("X002", message)
    assert (finding.path, finding.line) == ("/report/personOrUserReported[1]/espIdentifier", 3)
    assert CANARY not in str(finding)


def test_other_differences_of_a_schema_have_their_words() -> None:
    """Elements and attributes that another schema has, or lacks, are told at their place."""
    needs_attribute = altered(
        '<xs:attribute name="thirdPartyHostedContent" type="xs:boolean"',
        '<xs:attribute name="thirdPartyHostedContent" use="required" type="xs:boolean"',
    )
    (finding,) = needs_attribute.validate(REPORT)
    assert finding.message == "an attribute is missing"
    assert finding.path == "/report/internetDetails[1]/webPageIncident/@thirdPartyHostedContent"
    lacks_attribute = altered('<xs:attribute name="thirdPartyHostedContent"', '<xs:attribute name="another"')
    (finding,) = lacks_attribute.validate(
        REPORT.replace(b"<webPageIncident>", b'<webPageIncident thirdPartyHostedContent="true">')
    )
    assert finding.message == "an attribute is not one that the schema knows"
    assert finding.path == "/report/internetDetails[1]/webPageIncident/@thirdPartyHostedContent"
    lacks_element = altered('name="incidentDateTimeDescription"', 'name="another"')
    (finding,) = lacks_element.validate(REPORT)
    assert finding.message == "an element is missing, superfluous or in the wrong place here"
    assert finding.path == "/report/incidentSummary/incidentDateTimeDescription"
    assert finding.line == 2


def test_words_of_the_models_do_not_hide_what_another_schema_says_elsewhere() -> None:
    """Findings of both kinds stand side by side, each place once."""
    data = REPORT.replace(b"50123", b"high")
    found = stricter('<xs:maxLength value="3"/>').validate(data)
    assert [finding.path.rpartition("/")[2] for finding in found] == ["port", "espIdentifier"]


def test_a_schema_that_knows_more_accepts_more() -> None:
    """The verdict is the schema's own: what the models do not know yet is valid if the schema knows it."""
    newer = altered(
        '<xs:element name="incidentDateTimeDescription"',
        '<xs:element name="novelty" type="xs:string" minOccurs="0"/><xs:element name="incidentDateTimeDescription"',
    )
    data = REPORT.replace(b"<incidentDateTimeDescription>", b"<novelty/><incidentDateTimeDescription>")
    assert newer.validate(data) == Findings()
    assert Schema.bundled().validate(data)
    with pytest.raises(DocumentError, match="<novelty> is not an element"):
        newer.parse(data)


# --- where schemas come from -------------------------------------------------------------------------------------

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "there is no XML document"),
        ("garbage", "is not an XML schema"),
        ("<report/>", "its root element is another"),
        ("<schema/>", "its root element is another"),
        (f"<xs:element {XS}/>", "its root element is another"),
        (f"<xs:schema {XS}><xs:element/></xs:schema>", "is not a usable XML schema (line 1)"),
        (f"<xs:schema {XS}>\n<xs:element name='a' type='b'/></xs:schema>", "is not a usable XML schema (line 2)"),
        (f"<!DOCTYPE a><xs:schema {XS}/>", "document type declaration"),
        (f"<xs:schema {XS}>", "is not an XML schema"),
    ],
)
def test_what_is_no_schema_is_refused(source: str, reason: str) -> None:
    """A schema is compiled when it is made, so that a wrong one is told at once and by its name."""
    with pytest.raises(ConfigurationError) as caught:
        Schema(source.encode(), "live.xsd")
    assert str(caught.value).startswith("live.xsd ")
    assert reason in str(caught.value)


@pytest.mark.parametrize("kind", ["include", "import", "redefine"])
def test_schemas_of_several_files_are_refused_unread(tmp_path: Path, kind: str) -> None:
    """Nothing that a schema refers to is fetched, from nowhere."""
    (tmp_path / "other.xsd").write_text(f"<xs:schema {XS}/>")
    with listening() as listener:
        for target in (f"{listener.url}/other.xsd", (tmp_path / "other.xsd").as_uri()):
            source = f'<xs:schema {XS}><!-- a --><xs:{kind} schemaLocation="{target}"/></xs:schema>'
            with pytest.raises(ConfigurationError, match=f"xs:{kind}.*never fetched"):
                Schema(source.encode())


def test_the_bundled_schema_is_one_object_and_names_itself() -> None:
    """It is compiled once, and its repr says which it is and not what is in it."""
    schema = Schema.bundled()
    assert Schema.bundled() is schema
    assert schema.source == bundled_xsd()
    assert repr(schema) == f"Schema('cybertip.xsd', version={schema.version!r})"
    assert Schema(f"<xs:schema {XS}/>".encode()).version is None


def test_a_schema_is_read_from_a_file(tmp_path: Path) -> None:
    """A file that is missing, or is no schema, is named."""
    path = tmp_path / "live.xsd"
    with pytest.raises(ConfigurationError, match=r"cannot read the schema .*live\.xsd: No such file"):
        Schema.from_file(path)
    path.write_bytes(bundled_xsd())
    assert Schema.from_file(str(path)).validate(REPORT) == Findings()
    path.write_text("x")
    with pytest.raises(ConfigurationError, match=r"live\.xsd is not an XML schema"):
        Schema.from_file(path)


def test_the_bundled_schema_is_found_in_the_source_tree() -> None:
    """An editable install has no schema inside the package; the one beside it is used."""
    assert bundled_xsd() == (PROJECT / "schemas" / "cybertip.xsd").read_bytes()


def test_the_bundled_schema_is_found_inside_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A wheel carries it there, and that one comes first."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "cybertip.xsd").write_bytes(b"packaged")
    monkeypatch.setattr("importlib.resources.files", lambda package: tmp_path)
    assert bundled_xsd() == b"packaged"


def test_a_damaged_installation_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the schema in neither place, the advice is to install again."""
    monkeypatch.setattr("importlib.resources.files", lambda package: tmp_path)
    monkeypatch.setattr(cybertip.schema, "__file__", str(tmp_path / "a" / "b" / "c.py"))
    with pytest.raises(ConfigurationError, match="install cybertip again"):
        bundled_xsd()
