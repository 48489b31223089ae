"""Write docs/rules.md from the rules themselves. Run by ``make docs``; a test fails when the page is stale."""

from __future__ import annotations

from pathlib import Path

from cybertip.rules import RULES, Rule

PAGE = Path(__file__).resolve().parents[1] / "docs" / "rules.md"

FAMILIES = {
    "X": ("Reading and the schema", "Errors. Nothing else is checked while one stands."),
    "S": ("What NCMEC documents beyond the schema", "Errors: the server would refuse the document."),
    "B": ("Batched reports", "Errors, in reports with `<batchedReport>`."),
    "P": ("The provider's own policy", "Errors that stop a filing."),
    "Q": ("Quality", "Advice; it never stops a filing. It asks nobody to look at a file, and is no legal compliance."),
    "R": ("Repairs", "What a record says and the wire cannot carry is moved, never dropped. They stop nothing."),
}

HEAD = """# Rules

<!-- Made by `make docs` from cybertip/rules; do not edit. -->

Every finding has a code that never changes its meaning. `cybertip rules CODE` shows the same on a terminal. Lengths are
UTF-16 code units. *In the past* is strict, but for clocks that differ: a time up to 120 seconds ahead is no error and
only delays the filing; a day is past when it has ended in UTC.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for family, (title, words) in FAMILIES.items():
        parts.append(f"\n## {family}: {title}\n\n{words}\n")
        parts += [_entry(rule) for code, rule in sorted(RULES.items()) if rule.family == family]
    return "".join(parts)


def _entry(rule: Rule) -> str:
    lines = [f"\n### {rule.code} ({rule.severity})\n", f"**{_text(rule.title)}.** {_text(rule.reason)}\n"]
    lines.append(f"*Cure:* {_text(rule.cure)}\n")
    if rule.wrong:
        lines.append(
            f"```xml\n<!-- wrong -->\n{rule.wrong}\n"
            + (f"<!-- right -->\n{rule.right}\n" if rule.right else "")
            + "```\n"
        )
    lines.append(f"*Checked* {_text(rule.checked)}. *Source:* {_text(rule.source)}.\n")
    return "\n".join(lines)


def _text(text: str) -> str:
    """Element names as code, so that no renderer takes them for its own."""
    return text.replace("<", "`<").replace(">", ">`") if "<" in text else text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
