"""The pages for people who look at a mock in a browser.

Everything that a client has sent is escaped by the templates' engine. No page shows an uploaded file: its bytes are
not even there, unless the mock keeps them, and then no page leads to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from cybertip.findings import DocumentError
from cybertip.mock import inspection
from cybertip.mock.core import MockCore
from cybertip.mock.state import ReceivedReport, ReportState
from cybertip.xml import indented

MOST_REPORTS = 200
MOST_EXCHANGES = 40
MOST_XML = 200_000
"""How much of a document a page shows, in characters; the rest is a download away."""

_ASSETS = {"style.css": "text/css", "live.js": "text/javascript"}


def front(core: MockCore, reports: Sequence[ReceivedReport], chosen: ReportState | None, base_url: str) -> Response:
    """The page with reports, all or those in the chosen state, and the latest requests."""
    return _page(
        "front.html",
        core,
        reports=reports[:MOST_REPORTS],
        total=len(reports),
        states=list(ReportState),
        chosen=chosen,
        exchanges=list(reversed(core.exchanges))[:MOST_EXCHANGES],
        faults=core.faults.left,
        username=next(iter(core.accounts)),
        base_url=base_url,
    )


def detail(core: MockCore, report: ReceivedReport) -> Response:
    """The page of one report."""
    return _page(
        "report.html",
        core,
        report=report,
        summary=inspection.summary(report),
        document=_laid_out(report.xml),
        files=[(file, file.details and _laid_out(file.details)) for file in report.files],
        exchanges=list(reversed(report.exchanges)),
    )


def asset(name: str) -> Response | None:
    """A style sheet or a script, if there is one of this name."""
    kind = _ASSETS.get(name)
    return None if kind is None else Response(_read(name), media_type=kind)


def _page(name: str, core: MockCore, **values: object) -> Response:
    text = _engine().get_template(name).render(behaviour=core.behaviour, now=core.clock(), core=core, **values)
    return HTMLResponse(text)


def _laid_out(document: bytes) -> str:
    try:
        text = indented(document)
    except DocumentError:
        text = inspection.text_of(document)
    return text if len(text) <= MOST_XML else f"{text[:MOST_XML]}\n… (cut; download it for the rest)"


@cache
def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _engine() -> Environment:
    engine = Environment(
        loader=FunctionLoader(_read),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.filters |= {"moment": _moment, "size": _size, "span": _span}
    return engine


def _moment(value: datetime | None) -> str:
    return "" if value is None else value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _span(value: timedelta) -> str:
    minutes = max(0, int(value.total_seconds() // 60))
    return f"{minutes // 60} h {minutes % 60:02} min"


def _size(value: int) -> str:
    if value < 1000:
        return f"{value} bytes"
    return f"{value / 1000:,.1f} kB" if value < 1_000_000 else f"{value / 1_000_000:,.1f} MB"
