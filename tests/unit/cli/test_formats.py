"""How findings are shown."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from cybertip._version import __version__
from cybertip.cli._formats import Checked, github, sarif, text
from cybertip.findings import Finding, Findings, Severity
from cybertip.rules import RULES

PORT = Finding("S103", Severity.ERROR, "/report/port", "it is wrong", "Mend it.", line=3)
BUILT = Finding("S103", Severity.ERROR, "/report/port", "it is wrong", "Mend it.", pointer="/suspects/0/port")
ADVICE = Finding("Q601", Severity.WARNING, "/report", "it is short", "Say more.")
VALUE = "someone-5512@example.com"


def many(count: int) -> Findings:
    """The same finding at so many places."""
    return Findings(Finding("Q605", Severity.INFO, f"/r/e[{n}]", "no port", line=n) for n in range(1, count + 1))


def unread(name: str = "gone") -> Checked:
    """An input that could not be looked at."""
    return Checked(name, Findings(), error=f"cannot read {name}")


# --- text --------------------------------------------------------------------------------------------------------


def test_text_of_one_file() -> None:
    """Verdict, then place, words, cure."""
    assert list(text([Checked("a.xml", Findings([PORT]))])) == [
        "a.xml: 1 error",
        "  a.xml:3: error S103 at /report/port",
        "    it is wrong",
        "    Mend it.",
    ]


def test_text_without_line_and_cure_has_neither() -> None:
    """What is not known takes no room."""
    bare = Finding("X002", Severity.ERROR, "/evidence/0", "it is odd")
    assert list(text([Checked("r.json", Findings([bare]))]))[1:] == ["  error X002 at /evidence/0", "    it is odd"]


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([], "valid"),
        ([PORT], "1 error"),
        ([ADVICE], "valid; 1 warning"),
        ([ADVICE, *many(2)], "valid; 1 warning, 2 notes"),
        ([*many(3), ADVICE, PORT, PORT], "2 errors, 1 warning, 3 notes"),
    ],
)
def test_text_counts_by_severity(findings: list[Finding], verdict: str) -> None:
    """Each severity is counted in its own number, and only errors keep a file from being valid."""
    assert next(text([Checked("a", Findings(findings))])) == f"a: {verdict}"


@pytest.mark.parametrize(
    ("results", "last"),
    [
        ([Checked("a", Findings()), Checked("b", Findings())], "2 files: all valid"),
        ([Checked("a", Findings()), Checked("b", Findings([ADVICE]))], "2 files: all valid; 1 warning"),
        ([Checked("a", Findings([PORT])), Checked("b", many(2))], "2 files: 1 error, 2 notes"),
        ([Checked("a", Findings([PORT])), unread(), Checked("c", many(2))], "3 files: 1 error, 2 notes; 1 not checked"),
        ([Checked("a", Findings()), unread()], "2 files: 1 valid; 1 not checked"),
        ([unread("a"), unread("b")], "2 files: 0 valid; 2 not checked"),
    ],
)
def test_text_sums_several_files_up(results: list[Checked], last: str) -> None:
    """The last line is about all inputs, and counts none as valid that was not checked."""
    assert list(text(results))[-1] == last


def test_text_of_one_valid_file_is_one_line() -> None:
    """A single input needs no sum."""
    assert list(text([Checked("a", Findings())])) == ["a: valid"]


def test_text_names_what_was_not_checked() -> None:
    """The command itself gives the reason, on stderr."""
    assert list(text([unread()])) == ["gone: not checked"]


@pytest.mark.parametrize(
    ("count", "tail"),
    [
        (3, []),
        (4, ["    and at 1 more place; --json lists it"]),
        (498, ["    and at 495 more places; --json lists them"]),
    ],
)
def test_text_tells_the_same_finding_once(count: int, tail: list[str]) -> None:
    """Three places are shown, the others counted."""
    assert list(text([Checked("a", many(count))]))[1:] == [
        "  a:1: note Q605 at /r/e[1]",
        "    no port",
        "    also at /r/e[2], line 2",
        "    also at /r/e[3], line 3",
        *tail,
    ]


def test_text_groups_stand_where_the_first_of_them_does() -> None:
    """Only findings of the same code, severity and message are told as one."""
    one, two = many(2)
    others = [ADVICE, replace(one, severity=Severity.WARNING), replace(one, message="odd"), replace(one, code="Q606")]
    lines = list(text([Checked("a", Findings([one, *others, replace(two, line=None)]))]))
    assert lines == [
        "a: valid; 2 warnings, 4 notes",
        "  a:1: note Q605 at /r/e[1]",
        "    no port",
        "    also at /r/e[2]",
        "  warning Q601 at /report",
        "    it is short",
        "    Say more.",
        "  a:1: warning Q605 at /r/e[1]",
        "    no port",
        "  a:1: note Q605 at /r/e[1]",
        "    odd",
        "  a:1: note Q606 at /r/e[1]",
        "    no port",
    ]


def test_text_does_not_group_over_files() -> None:
    """Every file tells its own findings in full."""
    lines = list(text([Checked("a", Findings([ADVICE])), Checked("b", Findings([ADVICE]))]))
    assert lines[:4] == ["a: valid; 1 warning", "  warning Q601 at /report", "    it is short", "    Say more."]
    assert lines[4:8] == ["b: valid; 1 warning", "  warning Q601 at /report", "    it is short", "    Say more."]


@pytest.mark.parametrize(
    ("finding", "place"),
    [
        (BUILT, "/suspects/0/port (in the document /report/port)"),
        (replace(BUILT, path="/suspects/0/port"), "/suspects/0/port"),
        (replace(BUILT, path="", pointer=""), "the whole record"),
    ],
)
def test_text_names_the_place_to_mend(finding: Finding, place: str) -> None:
    """A field of the record comes before the document built from it, and no place is told twice."""
    assert list(text([Checked("r.json", Findings([finding]))]))[1] == f"  error S103 at {place}"


def test_text_shows_values_that_were_asked_for() -> None:
    """Each place that is shown has its own value, as a literal on one line."""
    lines = list(text([Checked("a", many(5), values={0: "x\ny\\", 2: "it's \x1b\udcff", 4: "hidden"})]))
    assert lines[1:] == [
        "  a:1: note Q605 at /r/e[1]",
        "    no port",
        r"    value: 'x\ny\\'",
        "    also at /r/e[2], line 2",
        "    also at /r/e[3], line 3",
        r"""    value: "it's \x1b\udcff" """.rstrip(),
        "    and at 2 more places; --json lists them",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb: valid", r"a\nb: valid"),
        ("a\r\x1b[2Jb\x7f", r"a\r\x1b[2Jb\x7f"),
        ("a\x85\u2028\u202eb", r"a\x85\u2028\u202eb"),
        ("\udcff", r"\udcff"),
        ("Föto 1.xml", "Föto 1.xml"),
    ],
)
def test_text_escapes_what_could_forge_output(name: str, shown: str) -> None:
    """A name cannot break lines, move the cursor or turn the text around; plain letters stay."""
    assert list(text([Checked(name, Findings())])) == [f"{shown}: valid"]
    assert list(text([unread(name)])) == [f"{shown}: not checked"]
    assert list(text([Checked(name, Findings([PORT]))]))[1] == f"  {shown}:3: error S103 at /report/port"


def test_text_escapes_all_parts_of_a_finding() -> None:
    """Names of a record's own fields reach paths and messages, and cannot forge lines there."""
    odd = Finding("X002", Severity.ERROR, "/a\n", "b\n", "c\n", pointer="/d\n")
    lines = list(text([Checked("r.json", Findings([odd, odd]))]))
    place = r"/d\n (in the document /a\n)"
    assert lines[1:] == [f"  error X002 at {place}", r"    b\n", r"    c\n", f"    also at {place}"]


# --- GitHub ------------------------------------------------------------------------------------------------------


def test_github_has_one_command_for_each_finding() -> None:
    """Severities become GitHub's words; file and line are properties, the places stand in the message."""
    item = Checked("a.xml", Findings([PORT, ADVICE, *many(2), BUILT]))
    assert list(github([item, unread()])) == [
        "::error file=a.xml,line=3,title=S103::/report/port: it is wrong. Mend it.",
        "::warning file=a.xml,title=Q601::/report: it is short. Say more.",
        "::notice file=a.xml,line=1,title=Q605::/r/e[1]: no port.",
        "::notice file=a.xml,line=2,title=Q605::/r/e[2]: no port.",
        "::error file=a.xml,title=S103::/suspects/0/port (in the document /report/port): it is wrong. Mend it.",
        "::error file=gone,title=not checked::cannot read gone",
    ]
    assert list(github([Checked("a", Findings())])) == []


def test_github_escapes() -> None:
    """Properties and messages are escaped as GitHub wants it, and no control character is left."""
    odd = Finding("Q605", Severity.INFO, "/r", "50%: a,b\r\nof it\x1b", "")
    assert list(github([Checked("a,b:c%\r\n\x1b\udcff.xml", Findings([odd]))])) == [
        r"::notice file=a%2Cb%3Ac%25%0D%0A\x1b\udcff.xml,title=Q605::/r: 50%25: a,b%0D%0Aof it\x1b."
    ]
    assert list(github([unread("a\n::error::b")])) == [
        "::error file=a%0A%3A%3Aerror%3A%3Ab,title=not checked::cannot read a%0A::error::b"
    ]


def test_github_has_no_file_for_standard_input() -> None:
    """Standard input is no file of the repository."""
    assert list(github([Checked("-", Findings([ADVICE])), unread("-")])) == [
        "::warning title=Q601::/report: it is short. Say more.",
        "::error title=not checked::cannot read -",
    ]


# --- SARIF -------------------------------------------------------------------------------------------------------

LEVELS = {"none", "note", "warning", "error"}


def assert_message(message: dict[str, Any]) -> None:
    """A message has text (3.11.8)."""
    assert isinstance(message["text"], str)
    assert message["text"]


def assert_location(location: dict[str, Any]) -> None:
    """A location tells of a place; its parts have what they must have (3.28 to 3.33)."""
    assert location
    assert location.keys() <= {"physicalLocation", "logicalLocations"}
    if "physicalLocation" in location:
        physical = location["physicalLocation"]
        assert physical.keys() <= {"artifactLocation", "region"}
        uri = physical["artifactLocation"]["uri"]
        assert uri.isascii()
        assert not set(uri) & set(' "<>\\^`{|}')
        assert urlsplit(uri).scheme in ("", "file")
        if "region" in physical:
            assert physical["region"]["startLine"] >= 1
    names = [item["fullyQualifiedName"] for item in location.get("logicalLocations", [])]
    assert all(names)
    assert len(names) == len(set(names))  # the schema wants unique items


def assert_sarif(log: dict[str, Any]) -> dict[str, Any]:
    """Everything that SARIF 2.1.0 demands of the objects used here; the only run is given back."""
    json.dumps(log).encode("ascii")
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert driver["version"]
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    identities = [rule["id"] for rule in driver["rules"]]
    assert len(identities) == len(set(identities))
    for rule in driver["rules"]:
        for name in ("shortDescription", "fullDescription", "help"):
            assert_message(rule[name])
        assert rule["defaultConfiguration"]["level"] in LEVELS
    for result in run["results"]:
        assert_message(result["message"])
        assert result["level"] in LEVELS
        assert identities[result["ruleIndex"]] == result["ruleId"]
        for location in result["locations"]:
            assert_location(location)
    for invocation in run["invocations"]:
        assert isinstance(invocation["executionSuccessful"], bool)
        for notification in invocation.get("toolExecutionNotifications", []):
            assert_message(notification["message"])
            assert notification["level"] in LEVELS
            for location in notification["locations"]:
                assert_location(location)
    return dict(run)


def test_sarif_has_what_the_standard_demands() -> None:
    """Whatever was found, in whatever file, the log has all mandatory properties."""
    odd = Finding("X002", Severity.ERROR, "", "a\x1b\udcff", pointer="")
    assert_sarif(sarif([]))
    assert_sarif(
        sarif(
            [
                Checked("dir/a b.xml", Findings([PORT, *many(2), BUILT, odd])),
                Checked("/tmp/é\udcff{}.json", Findings([replace(BUILT, path=BUILT.pointer), ADVICE])),
                Checked("-", Findings([PORT])),
                unread("gone\udcff"),
                unread("-"),
            ]
        )
    )


@pytest.mark.parametrize("code", sorted(RULES))
def test_sarif_explains_every_rule(code: str) -> None:
    """A rule has its title, reason, cure, weight and section."""
    rule = RULES[code]
    run = assert_sarif(sarif([Checked("a", Findings([Finding(code, rule.severity, "/report", "it is wrong")]))]))
    level = "note" if rule.severity is Severity.INFO else str(rule.severity)
    assert run["tool"] == {
        "driver": {
            "name": "cybertip",
            "version": __version__,
            "rules": [
                {
                    "id": code,
                    "shortDescription": {"text": rule.title},
                    "fullDescription": {"text": rule.reason},
                    "help": {"text": rule.cure},
                    "defaultConfiguration": {"level": level},
                    "properties": {"section": rule.section},
                }
            ],
        }
    }


def test_sarif_lists_results_in_order_and_rules_once() -> None:
    """Results refer to rules by code and position."""
    run = assert_sarif(sarif([Checked("a", Findings([PORT, *many(1), PORT])), Checked("b", Findings([PORT, ADVICE]))]))
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["Q601", "Q605", "S103"]
    assert [(item["ruleId"], item["ruleIndex"], item["level"]) for item in run["results"]] == [
        ("S103", 2, "error"),
        ("Q605", 1, "note"),
        ("S103", 2, "error"),
        ("S103", 2, "error"),
        ("Q601", 0, "warning"),
    ]
    assert run["columnKind"] == "utf16CodeUnits"


def test_sarif_results_have_words_and_places() -> None:
    """Message and cure are one text; line, path and pointer are given where they are known."""
    built = replace(BUILT, cure="")
    first, second = sarif([Checked("a.xml", Findings([PORT])), Checked("r.json", Findings([built]))])["runs"][0][
        "results"
    ]
    assert first["message"] == {"text": "it is wrong. Mend it."}
    assert first["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "a.xml"}, "region": {"startLine": 3}},
            "logicalLocations": [{"fullyQualifiedName": "/report/port"}],
        }
    ]
    assert second["message"] == {"text": "it is wrong."}
    assert second["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "r.json"}},
            "logicalLocations": [{"fullyQualifiedName": "/report/port"}, {"fullyQualifiedName": "/suspects/0/port"}],
        }
    ]


def test_sarif_escapes_words_and_places() -> None:
    """Viewers print what they are given, so no control character and no lone surrogate is left."""
    odd = Finding("X002", Severity.ERROR, "", "a\x1b", "b\udcff", pointer="/c\n")
    (result,) = sarif([Checked("-", Findings([odd]))])["runs"][0]["results"]
    assert result["message"] == {"text": r"a\x1b. b\udcff"}
    assert result["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "/"}, {"fullyQualifiedName": r"/c\n"}]}]


def test_sarif_of_standard_input_has_no_file() -> None:
    """Without a file, the place in the document is all there is."""
    (result,) = sarif([Checked("-", Findings([PORT]))])["runs"][0]["results"]
    assert result["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "/report/port"}]}]


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("dir/a b.xml", "dir/a%20b.xml"),
        ("./a.xml", "a.xml"),
        ("../a.xml", "../a.xml"),
        ("a:b#c?d%.xml", "a%3Ab%23c%3Fd%25.xml"),
        ("ä\udcff\n.xml", "%C3%A4%FF%0A.xml"),
        ("/tmp/a b.json", "file:///tmp/a%20b.json"),
        ("/tmp/\udcff#", "file:///tmp/%FF%23"),
    ],
)
def test_sarif_names_files_by_uri(name: str, uri: str) -> None:
    """Relative names stay relative, absolute ones become file URIs, and odd bytes are percent-encoded."""
    (result,) = sarif([Checked(name, Findings([ADVICE]))])["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": uri}}


def test_sarif_notifies_of_what_could_not_be_read() -> None:
    """The execution was successful only if every input was read."""
    assert sarif([Checked("a", Findings([PORT]))])["runs"][0]["invocations"] == [{"executionSuccessful": True}]
    assert sarif([Checked("a", Findings([PORT])), unread("b\n"), unread("-")])["runs"][0]["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": r"cannot read b\n"},
                    "locations": [{"physicalLocation": {"artifactLocation": {"uri": "b%0A"}}}],
                },
                {"level": "error", "message": {"text": "cannot read -"}, "locations": []},
            ],
        }
    ]


def test_values_are_in_the_text_alone() -> None:
    """Files for machines are passed on, so they never hold values, and nor does a repr."""
    item = Checked("a", Findings([PORT]), values={0: VALUE})
    assert VALUE in "".join(text([item]))
    assert VALUE not in "".join(github([item]))
    assert VALUE not in json.dumps(sarif([item]))
    assert VALUE not in repr(item)
