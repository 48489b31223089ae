"""File a human-confirmed review as a CyberTipline report at NCMEC: exactly once, checked before it leaves, with proof.

The names below load on first use, so that importing the package is quick and pulls in only what is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cybertip._version import __version__

if TYPE_CHECKING:
    from cybertip.builder import Package, build
    from cybertip.checks import validate, validate_record
    from cybertip.client import AsyncClient, Client, RetryPolicy, Timeouts
    from cybertip.environments import Environment
    from cybertip.errors import (
        CallError,
        ConfigurationError,
        CybertipError,
        EnvironmentRefusedError,
        EvidenceError,
        Known,
    )
    from cybertip.evidence import look_at, source
    from cybertip.filing import Kind, Pace, Status
    from cybertip.findings import DocumentError, Finding, Findings, RecordError, Severity
    from cybertip.gaps import profile_gaps
    from cybertip.intake import Accepted, accept_record, read_record
    from cybertip.ledger import Filing, Ledger, LedgerError
    from cybertip.profile import Policy, ReporterProfile, Thresholds
    from cybertip.review import ReviewRecord
    from cybertip.schema import Schema
    from cybertip.worker import CommandRefusedError, Filer, FilingBusyError, Operator, OtherContentError, Watch
    from cybertip.xml import parse, write

_HOMES = {
    "Accepted": "cybertip.intake",
    "AsyncClient": "cybertip.client",
    "CallError": "cybertip.errors",
    "Client": "cybertip.client",
    "CommandRefusedError": "cybertip.worker",
    "ConfigurationError": "cybertip.errors",
    "CybertipError": "cybertip.errors",
    "DocumentError": "cybertip.findings",
    "Environment": "cybertip.environments",
    "EnvironmentRefusedError": "cybertip.errors",
    "EvidenceError": "cybertip.errors",
    "Filer": "cybertip.worker",
    "Filing": "cybertip.ledger",
    "FilingBusyError": "cybertip.worker",
    "Finding": "cybertip.findings",
    "Findings": "cybertip.findings",
    "Kind": "cybertip.filing",
    "Known": "cybertip.errors",
    "Ledger": "cybertip.ledger",
    "LedgerError": "cybertip.ledger",
    "Operator": "cybertip.worker",
    "OtherContentError": "cybertip.worker",
    "Pace": "cybertip.filing",
    "Package": "cybertip.builder",
    "Policy": "cybertip.profile",
    "RecordError": "cybertip.findings",
    "ReporterProfile": "cybertip.profile",
    "RetryPolicy": "cybertip.client",
    "ReviewRecord": "cybertip.review",
    "Schema": "cybertip.schema",
    "Severity": "cybertip.findings",
    "Status": "cybertip.filing",
    "Thresholds": "cybertip.profile",
    "Timeouts": "cybertip.client",
    "Watch": "cybertip.worker",
    "accept_record": "cybertip.intake",
    "build": "cybertip.builder",
    "look_at": "cybertip.evidence",
    "parse": "cybertip.xml",
    "profile_gaps": "cybertip.gaps",
    "read_record": "cybertip.intake",
    "source": "cybertip.evidence",
    "validate": "cybertip.checks",
    "validate_record": "cybertip.checks",
    "write": "cybertip.xml",
}

__all__ = [
    "Accepted",
    "AsyncClient",
    "CallError",
    "Client",
    "CommandRefusedError",
    "ConfigurationError",
    "CybertipError",
    "DocumentError",
    "Environment",
    "EnvironmentRefusedError",
    "EvidenceError",
    "Filer",
    "Filing",
    "FilingBusyError",
    "Finding",
    "Findings",
    "Kind",
    "Known",
    "Ledger",
    "LedgerError",
    "Operator",
    "OtherContentError",
    "Pace",
    "Package",
    "Policy",
    "RecordError",
    "ReporterProfile",
    "RetryPolicy",
    "ReviewRecord",
    "Schema",
    "Severity",
    "Status",
    "Thresholds",
    "Timeouts",
    "Watch",
    "__version__",
    "accept_record",
    "build",
    "look_at",
    "parse",
    "profile_gaps",
    "read_record",
    "source",
    "validate",
    "validate_record",
    "write",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'cybertip' has no attribute '{name}'")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
