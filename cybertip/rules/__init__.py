"""The checks beyond the schema: what NCMEC documents (S), what a batched report changes (B), quality (Q).

`check` applies them to a `Case`. `RULES` is the table of all rules, with everything that the command line and the
documentation say about them. To add a rule, write one function with one decorator in the module of its family.
"""

from cybertip.rules import (
    _batched,
    _described,
    _documented_accounts,
    _documented_people,
    _documented_report,
    _quality_accounts,
    _quality_content,
    _quality_files,
    _quality_urgency,
)
from cybertip.rules._case import Case, History
from cybertip.rules._engine import Verdict, check
from cybertip.rules._registry import RULES, Rule

# Importing them fills the table.
FAMILIES = (
    _described,
    _documented_people,
    _documented_accounts,
    _documented_report,
    _batched,
    _quality_accounts,
    _quality_content,
    _quality_files,
    _quality_urgency,
)

__all__ = ["FAMILIES", "RULES", "Case", "History", "Rule", "Verdict", "check"]
