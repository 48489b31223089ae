"""The words for what a filing's state means to an operator: the only place where they stand.

A test compares them with docs/operating.md, which has a section for each situation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cybertip.filing.states import Phase, State
from cybertip.gates import OVERRIDABLE


class Kind(StrEnum):
    """How a filing is called in lists and counts."""

    FILED = "filed"
    IN_FLIGHT = "in flight"
    SCHEDULED = "scheduled"
    NEEDS_CORRECTION = "needs correction"
    NEEDS_DECISION = "needs decision"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"


class Situation(StrEnum):
    """Where a filing stands, as closely as it makes a difference to people. In the order in which they occur."""

    WAITING = "waits for a worker"
    TIME_AHEAD = "a time is ahead"
    AT_WORK = "a worker is at it"
    TRYING_AGAIN = "will be tried again"
    ASKING = "asking whether it is filed"
    CLOSING = "its report is being closed"
    EVIDENCE_MISSING = "evidence is missing"
    CREDENTIALS_REFUSED = "credentials refused"
    ERRORS_FOUND = "errors found before sending"
    REFUSED = "refused by the server"
    HALTED = "halted"
    FILED_OR_NOT = "filed or not"
    FILED = "filed"
    RECEIPT_LOST = "filed, receipt lost"
    CANCELLED = "cancelled"
    UNREADABLE = "cannot be read"

    @property
    def kind(self) -> Kind:
        """The status that it is counted as."""
        return _KINDS[self]


_KINDS = {
    Situation.WAITING: Kind.SCHEDULED,
    Situation.TIME_AHEAD: Kind.SCHEDULED,
    Situation.AT_WORK: Kind.IN_FLIGHT,
    Situation.TRYING_AGAIN: Kind.SCHEDULED,
    Situation.ASKING: Kind.SCHEDULED,
    Situation.CLOSING: Kind.SCHEDULED,
    Situation.EVIDENCE_MISSING: Kind.BLOCKED,
    Situation.CREDENTIALS_REFUSED: Kind.BLOCKED,
    Situation.ERRORS_FOUND: Kind.NEEDS_CORRECTION,
    Situation.REFUSED: Kind.NEEDS_CORRECTION,
    Situation.HALTED: Kind.NEEDS_DECISION,
    Situation.FILED_OR_NOT: Kind.NEEDS_DECISION,
    Situation.FILED: Kind.FILED,
    Situation.RECEIPT_LOST: Kind.FILED,
    Situation.CANCELLED: Kind.CANCELLED,
    Situation.UNREADABLE: Kind.NEEDS_DECISION,
}


class AtNcmec(StrEnum):
    """Whether NCMEC has the report."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Command:
    """What a person can do.

    Attributes:
        line: the command, with capitals for what the person fills in.
        effect: what it does, or when it is the right one.
    """

    line: str
    effect: str


_HAPPENED = {
    Situation.WAITING: "it is to go on, and no worker has taken it up yet",
    Situation.TIME_AHEAD: "a time in the report is still ahead, and the server would refuse it",
    Situation.AT_WORK: "a worker is at it",
    Situation.TRYING_AGAIN: "a call did not succeed",
    Situation.ASKING: "the report was finished, and whether that arrived is not known yet",
    Situation.CLOSING: "its report is not to be filed as it is, and is being retracted",
    Situation.EVIDENCE_MISSING: "a file of it cannot be read, or is not the one that was reviewed",
    Situation.CREDENTIALS_REFUSED: "the server does not accept the credentials",
    Situation.ERRORS_FOUND: "our checks found errors in the record, so nothing was sent",
    Situation.REFUSED: "NCMEC's server does not take it as it is",
    Situation.HALTED: "it went wrong too often",
    Situation.FILED_OR_NOT: "the answer that says whether the report is filed was lost",
    Situation.FILED: "it is filed, and the receipt is kept",
    Situation.RECEIPT_LOST: "it is filed, and the receipt was lost on the way",
    Situation.CANCELLED: "a person cancelled it",
    Situation.UNREADABLE: "what the ledger holds of it cannot be read, so nothing is done for it",
}


_BY_ITSELF = frozenset({Situation.HALTED, Situation.RECEIPT_LOST, Situation.CANCELLED})
"""Situations of which the filing's events tell all that happened."""


def happened(situation: Situation, state: State, blocked: str = "") -> str:
    """What happened: in general, and as the filing's events tell it."""
    words = _HAPPENED[situation]
    if situation is Situation.ERRORS_FOUND:
        return f"{words}: {', '.join(dict.fromkeys(state.findings))}"
    told = blocked if situation is Situation.CREDENTIALS_REFUSED else state.reason
    if situation is not Situation.FILED and told:
        words = told if situation in _BY_ITSELF else f"{words}: {told}"
    late = "; the request to cancel it came too late" if situation.kind is Kind.FILED and state.cancelling else ""
    return f"{words}{late}"


def in_general(situation: Situation, state: State) -> str:
    """What happened, without what the server answered or a person typed: for monitors, which show it to anybody."""
    codes = ", ".join(dict.fromkeys(state.findings))
    named = situation in (Situation.ERRORS_FOUND, Situation.REFUSED) and codes
    return f"{_HAPPENED[situation]} ({codes})" if named else _HAPPENED[situation]


_NEXT = {
    Situation.WAITING: "A worker takes it as soon as one runs.",
    Situation.TIME_AHEAD: "A worker files it {when}.",
    Situation.AT_WORK: "The worker goes on.",
    Situation.TRYING_AGAIN: "A worker tries again {when}.",
    Situation.ASKING: "A worker asks again {when}, until the server says whether it is filed.",
    Situation.CLOSING: "A worker retracts the report {when}, and asks again until that is answered.",
    Situation.EVIDENCE_MISSING: "A worker looks for the file again {when}, and goes on once it is there.",
    Situation.CREDENTIALS_REFUSED: (
        "All filings wait. A worker tries the credentials from time to time, and goes on once they work."
    ),
}


def next_by_itself(situation: Situation, due_at: datetime | None) -> str:
    """What happens next by itself, as a sentence."""
    when = f"at {due_at:%Y-%m-%dT%H:%M:%SZ}" if due_at is not None else "as soon as one runs"
    return _NEXT.get(situation, "Nothing happens by itself.").format(when=when)


def at_ncmec(situation: Situation, state: State) -> tuple[AtNcmec, str]:
    """Whether NCMEC has the report, and the same as a sentence."""
    attempt = state.attempt
    if state.phase is Phase.FILED:
        unseen = "; the receipt was not seen" if state.receipt_lost else ""
        return AtNcmec.YES, f"NCMEC has it: report {state.report_id}{unseen}."
    if situation is Situation.UNREADABLE or state.phase in (Phase.FINISHING, Phase.CLOSING, Phase.DECISION):
        number = f": report {attempt.report_id}" if attempt is not None else ""
        return AtNcmec.MAYBE, f"NCMEC may have it{number}."
    if attempt is not None:
        lapses = f"{attempt.lapses_at:%Y-%m-%dT%H:%M:%SZ}"
        return AtNcmec.NO, f"NCMEC does not have it yet: report {attempt.report_id} is open, and lapses at {lapses}."
    return AtNcmec.NO, "NCMEC does not have it."


_AGAIN = ("cybertip retry {name}", "goes on at once, and counts from the beginning")
_CORRECT = ("cybertip correct {name} RECORD.json", "files a corrected record instead")
_CANCEL = ("cybertip cancel {name} --reason TEXT", "if it is not to be filed at all")
_FOLLOW_UP = ("cybertip follow-up {name} RECORD.json --reason TEXT", "adds to it, by a report of its own")
_COMMANDS: dict[Situation, tuple[tuple[str, str], ...]] = {
    Situation.WAITING: (
        ("cybertip file", "files what is due, once"),
        ("cybertip work", "runs a worker for good"),
        _CANCEL,
    ),
    Situation.TIME_AHEAD: (_CORRECT, _CANCEL),
    Situation.AT_WORK: (("cybertip show {name}", "tells how far it is"),),
    Situation.TRYING_AGAIN: (
        _AGAIN,
        ("cybertip config check", "tells whether the server can be reached"),
        _CANCEL,
    ),
    Situation.ASKING: (_AGAIN, ("cybertip retract {name} --reason TEXT", "retracts it, if it is not filed yet")),
    Situation.CLOSING: (_AGAIN,),
    Situation.EVIDENCE_MISSING: (
        ("cybertip retry {name}", "once the file is back: a worker looks for it at once"),
        ("cybertip show {name} --reveal", "names the place of the file; that you looked is recorded"),
        _CORRECT,
        _CANCEL,
    ),
    Situation.CREDENTIALS_REFUSED: (
        ("cybertip config check", "tells whether the credentials work"),
        ("cybertip retry", "once they work: lets all filings go on"),
    ),
    Situation.ERRORS_FOUND: (
        _CORRECT,
        ("cybertip retry {name}", "if the error lay outside of the record, as in the profile"),
        _CANCEL,
    ),
    Situation.REFUSED: (
        _CORRECT,
        ("cybertip retry {name}", "sends it again as it is, if NCMEC has mended the cause"),
        ("cybertip ledger export {name} --out FOLDER", "writes what the server said word for word, in answers/"),
        _CANCEL,
    ),
    Situation.HALTED: (_AGAIN, _CORRECT, _CANCEL),
    Situation.FILED_OR_NOT: (
        (
            "cybertip resolve {name} --filed REPORT_ID --reason TEXT",
            "once NCMEC has said that it has the report",
        ),
        (
            "cybertip resolve {name} --refile{about} --reference TEXT --reason TEXT",
            "once NCMEC has confirmed that it is closed, and not filed",
        ),
    ),
    Situation.FILED: (_FOLLOW_UP,),
    Situation.RECEIPT_LOST: (
        (
            "cybertip ledger export {name} --out FOLDER",
            "writes its history, to ask NCMEC for a confirmation with",
        ),
        _FOLLOW_UP,
    ),
    Situation.CANCELLED: (),
    Situation.UNREADABLE: (("cybertip ledger verify", "names what of it is not as it was written"),),
}


def commands_for(situation: Situation, state: State, name: str) -> tuple[Command, ...]:
    """What a person can do, the most usual first."""
    about = f" --report {state.attempt.report_id}" if state.attempt is not None else ""
    usual = tuple(Command(line.format(name=name, about=about), effect) for line, effect in _COMMANDS[situation])
    return (*_overrides(state, name), *usual) if situation is Situation.ERRORS_FOUND else usual


def _overrides(state: State, name: str) -> tuple[Command, ...]:
    return tuple(
        Command(f"cybertip override {name} {code} --reason TEXT", "files it all the same, by your word")
        for code in dict.fromkeys(state.findings)
        if code in OVERRIDABLE
    )
