"""Hostile documents, and a program that reads one of them: ``python -m tests.unit.hostile NAME``.

The program prints the codes of the findings and the most memory that it used, as JSON. It limits itself, so that a
parser that lost its limits fails the test and not the machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

MILLION = 1_000_000
START = (
    "<report><incidentSummary><incidentType>Child Sex Trafficking</incidentType>"
    "<incidentDateTime>2026-01-31T08:00:00Z</incidentDateTime></incidentSummary>"
)
REPORTER = "<reporter><reportingPerson/></reporter>"


def report(*, incident: str = "", suspect: str = "", info: str = "") -> str:
    """A report that is valid if its parts are."""
    details = f"<internetDetails>{incident}</internetDetails>" if incident else ""
    person = f"<personOrUserReported>{suspect}</personOrUserReported>" if suspect else ""
    more = f"<additionalInfo>{info}</additionalInfo>" if info else ""
    return f"{START}{details}{REPORTER}{person}{more}</report>"


def laughs(between: str = "", use: str = "<report>&a9;</report>") -> str:
    """Entities of entities of entities: a kilobyte that means a gigabyte."""
    entities = "".join(f"<!ENTITY a{level} '{f'&a{level - 1};' * 10}'>" for level in range(1, 10))
    return f'<!DOCTYPE report [<!ENTITY a0 "ha">{entities}]>{between}{use}'


def declared(encoding: str, text: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'


def attributes(name: str, count: int) -> str:
    """One element with so many attributes."""
    given = " ".join(f"{name}{number}='a'" for number in range(count))
    return f"<report {given}/>"


ATTRIBUTE = '<report a="&a9;"/>'
QUADRATIC = f"<!DOCTYPE report [<!ENTITY a '{'x' * 100_000}'>]>{report(info='&a;' * 100_000)}"
PADDING = f"<!--{'x' * 11 * MILLION}-->"
COMMENT = f"<!---->{'x' * 100}"
GROWS = "\u00e9" * 7 * MILLION

DOCUMENTS: dict[str, tuple[set[str], Callable[[], str | bytes]]] = {
    "billion laughs": ({"X004"}, laughs),
    "billion laughs in an attribute": ({"X004"}, lambda: laughs(use=ATTRIBUTE)),
    "billion laughs after 11 MB": ({"X004"}, lambda: PADDING + laughs()),
    "billion laughs in UTF-16": ({"X004"}, lambda: declared("UTF-16", laughs()).encode("utf-16")),
    "billion laughs in UTF-32": ({"X001"}, lambda: laughs(use=ATTRIBUTE).encode("utf-32")),
    "billion laughs in UTF-32, 12 MB": ({"X001"}, lambda: laughs(PADDING[: 3 * MILLION] + "-->").encode("utf-32")),
    "billion laughs in UTF-32, 44 MB": ({"X005"}, lambda: laughs(PADDING).encode("utf-32")),
    "quadratic blow-up": ({"X004"}, lambda: QUADRATIC),
    "quadratic blow-up in UTF-32": ({"X001"}, lambda: QUADRATIC.encode("utf-32")),
    "nested 100 000 deep": ({"X002"}, lambda: "<report>" * 100_000 + "</report>" * 100_000),
    "nested 100 000 deep and never closed": ({"X002"}, lambda: "<report>" * 100_000),
    "nested 200 000 deep in 12 MB": ({"X002"}, lambda: PADDING + "<report>" * 200_000),
    "nested a million deep": ({"X005"}, lambda: "<report>" * MILLION + "</report>" * MILLION),
    "a text of 50 MB": ({"X005"}, lambda: report(info="x" * 50 * MILLION)),
    "a text of 12 MB": (set(), lambda: report(info="x" * 12 * MILLION)),
    "a text that grows to 14 MB": (set(), lambda: declared("ISO-8859-1", report(info=GROWS)).encode("iso-8859-1")),
    "a million children": ({"X005"}, lambda: report(suspect="<displayName/>" * MILLION)),
    "a million unknown children": ({"X005"}, lambda: f"<report>{'<x/>' * MILLION}</report>"),
    "a million attributes": ({"X005"}, lambda: attributes("a", MILLION)),
    "300 000 namespaces": ({"X005"}, lambda: attributes("xmlns:a", 300_000)),
    "many wrong children": ({"X002"}, lambda: report(suspect="<priorCTReports>x</priorCTReports>" * 200_000)),
    "many children in the wrong order": ({"X002"}, lambda: f"<report>{'<victim/><reporter/>' * 100_000}</report>"),
    "many unknown children": ({"X002"}, lambda: f"<report>{'<x/>' * 200_000}</report>"),
    "many unknown attributes": ({"X002"}, lambda: attributes("a", 200_000)),
    "many comments between text": ({"X002"}, lambda: f"<report>{COMMENT * 200_000}</report>"),
    "many comments in a value": (set(), lambda: report(info=COMMENT * 200_000)),
    "many references to characters": (set(), lambda: report(info="&#65;" * 5 * MILLION)),
    "a name of a megabyte": ({"X001"}, lambda: f"<{'n' * MILLION}/>"),
    "an attribute of 12 MB": ({"X002"}, lambda: f"<report a='{'x' * 12 * MILLION}'/>"),
}
"""Each with the codes of the findings that it ends with."""


def main() -> None:
    """Read one document under limits, and tell what it came to."""
    import resource

    from cybertip.findings import DocumentError
    from cybertip.schema import Schema
    from cybertip.xml import parse

    _, make = DOCUMENTS[sys.argv[1]]
    text = make()
    data = text if isinstance(text, bytes) else text.encode()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    validated = {finding.code for finding in Schema.bundled().validate(data)}
    try:
        parse(data)
        parsed = set()
    except DocumentError as problem:
        parsed = {finding.code for finding in problem.findings}
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    megabytes = grown / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    print(json.dumps({"validated": sorted(validated), "parsed": sorted(parsed), "megabytes": megabytes}))


if __name__ == "__main__":
    main()
