"""The reporter profiles that commands check and build with."""

from __future__ import annotations

from pathlib import Path

from cybertip.cli._output import Output
from cybertip.config import CONFIG_FILE, load_profile
from cybertip.errors import ConfigurationError
from cybertip.models import Email, Person
from cybertip.profile import ReporterProfile

STAND_IN = ReporterProfile(reporting_person=Person(emails=[Email(address="reports@example.com")]))
"""Stands in where no profile is configured, so that a record's own part can still be checked."""


class Profiles:
    """Looks profiles up, and says once where none is configured."""

    def __init__(self, output: Output, config: Path | None, chosen: str | None = None) -> None:
        self.output = output
        self.config = config
        self.chosen = chosen
        self.said = False
        self.known: dict[str, ReporterProfile | None] = {}

    def named(self, name: str) -> ReporterProfile | None:
        """The profile that a record names; None where nothing is configured."""
        if name not in self.known:
            self.known[name] = load_profile(name, self.config)
        profile = self.known[name]
        if profile is None and not self.said:
            self.said = True
            self.output.say(f"There is no {CONFIG_FILE} here: a made-up reporter stands in for the profile.")
        return profile

    def for_xml(self) -> ReporterProfile | None:
        """The profile that XML is checked with; None where nobody asked for one and there is none."""
        if self.chosen is None and self.config is None:
            try:
                return load_profile("default")
            except ConfigurationError:
                return None  # nobody asked for it
        profile = load_profile(self.chosen or "default", self.config)
        if profile is None:
            raise ConfigurationError(f"there is no {CONFIG_FILE} here, so there is no profile '{self.chosen}'")
        return profile
