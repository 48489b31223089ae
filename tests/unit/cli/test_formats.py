"""How findings are shown."""

from __future__ import annotations

from cybertip.cli._formats import Checked, github, sarif, text
from cybertip.findings import Finding, Findings, Severity

PORT = Finding("S103", Severity.ERROR, "/report/port", "it is wrong", "Mend it.", line=3)


def many(count: int) -> Findings:
    """The same finding at so many places."""
    return Findings(Finding("Q605", Severity.INFO, f"/r/e[{n}]", "no port", line=n) for n in range(1, count + 1))


def test_text_of_one_file() -> None:
    """Verdict, then place, words, cure."""
    item = Checked("a.xml", Findings([PORT]))
    assert list(text([item])) == [
        "a.xml: 1 error",
        "  a.xml:3: error S103 at /report/port",
        "    it is wrong",
        "    Mend it.",
    ]


def test_text_counts_and_sums_up() -> None:
    """Each severity is counted in its own number, and all inputs at the end."""
    lines = list(text([Checked("a", Findings([PORT])), Checked("b", many(2)), Checked("c", Findings(), error="no")]))
    assert lines[0] == "a: 1 error"
    assert "b: valid; 2 notes" in lines
    assert "c: not checked" in lines
    assert lines[-1] == "3 files: 1 error, 2 notes; 1 not checked"
    assert list(text([Checked("a", Findings())])) == ["a: valid"]


def test_text_tells_the_same_finding_once() -> None:
    """Three places are shown, the others counted."""
    lines = list(text([Checked("a", many(9))]))
    assert lines[1:] == [
        "  a:1: note Q605 at /r/e[1]",
        "    no port",
        "    also at /r/e[2], line 2",
        "    also at /r/e[3], line 3",
        "    and at 6 more places; --json lists them",
    ]


def test_text_escapes_what_could_forge_output() -> None:
    """Names and values cannot break lines or move the cursor."""
    item = Checked("a\n\x1b[2J.xml", Findings([PORT]), values={0: "x\ny"})
    joined = "".join(text([item]))
    assert "\n" not in joined
    assert "\x1b" not in joined
    assert list(text([Checked("\udcff", Findings())])) == ["\\udcff: valid"]


def test_github_escapes() -> None:
    """Properties and messages are escaped as GitHub wants it; standard input has no file."""
    odd = Finding("Q605", Severity.INFO, "/r", "50%\nof it", "")
    assert list(github([Checked("a,b:c.xml", Findings([odd]))])) == [
        "::notice file=a%2Cb%3Ac.xml,title=Q605::/r: 50%25%0Aof it."
    ]
    assert list(github([Checked("-", Findings([PORT]))])) == [
        "::error line=3,title=S103::/report/port: it is wrong. Mend it."
    ]
    assert list(github([Checked("a", Findings(), error="cannot read a")])) == [
        "::error file=a,title=not checked::cannot read a"
    ]


def test_sarif_has_what_the_standard_demands() -> None:
    """Rules once each, results that refer to them, URIs, and notifications for what was not read."""
    built = Finding("S103", Severity.ERROR, "/report/port", "it is wrong", "Mend it.", pointer="/suspects/0")
    log = sarif([
        Checked("dir/a b.xml", Findings([PORT, *many(1)])),
        Checked("/tmp/r.json", Findings([built])),
        Checked("-", Findings([PORT])),
        Checked("gone", Findings(), error="cannot read gone"),
    ])  # fmt: skip
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in driver["rules"]] == ["Q605", "S103"]
    assert [(item["ruleId"], item["ruleIndex"], item["level"]) for item in run["results"]] == [
        ("S103", 1, "error"),
        ("Q605", 0, "note"),
        ("S103", 1, "error"),
        ("S103", 1, "error"),
    ]
    assert all(item["message"]["text"] for item in run["results"])
    places = [item["locations"][0] for item in run["results"]]
    assert places[0]["physicalLocation"] == {"artifactLocation": {"uri": "dir/a%20b.xml"}, "region": {"startLine": 3}}
    assert places[2] == {
        "physicalLocation": {"artifactLocation": {"uri": "file:///tmp/r.json"}},
        "logicalLocations": [{"fullyQualifiedName": "/report/port"}, {"fullyQualifiedName": "/suspects/0"}],
    }
    assert "physicalLocation" not in places[3]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"] == {"text": "cannot read gone"}
    assert sarif([])["runs"][0]["invocations"] == [{"executionSuccessful": True}]
