"""The reporter profiles that commands check and build with."""

from __future__ import annotations

from cybertip.cli._output import Output
from cybertip.config import Settings
from cybertip.errors import ConfigurationError
from cybertip.models import Email, Person
from cybertip.profile import ReporterProfile

STAND_IN = ReporterProfile(reporting_person=Person(emails=[Email(address="reports@example.com")]))
"""Stands in where no profile is configured, so that a record's own part can still be checked."""


class Profiles:
    """Looks profiles up, and says once where none is configured."""

    def __init__(self, output: Output, settings: Settings, chosen: str | None = None) -> None:
        self.output = output
        self.settings = settings
        self.chosen = chosen
        self.said = False
        self.known: dict[str, ReporterProfile | None] = {}

    def named(self, name: str) -> ReporterProfile | None:
        """The profile that a record names; None where nothing is configured."""
        if name not in self.known:
            self.known[name] = self.settings.profile(name)
        profile = self.known[name]
        if profile is None and not self.said:
            self.said = True
            words = self.settings.no_profile()
            self.output.say(f"{words[0].upper()}{words[1:]}: a made-up reporter stands in for the profile.")
        return profile

    def for_xml(self) -> ReporterProfile | None:
        """The profile that XML is checked with; None where nobody asked for one and there is none."""
        if self.chosen is None and not self.settings.named:
            try:
                return self.settings.profile("default")
            except ConfigurationError:
                return None  # nobody asked for it
        name = self.chosen or "default"
        profile = self.settings.profile(name)
        if profile is None:
            raise ConfigurationError(f"{self.settings.no_profile()}, so there is no profile '{name}'")
        return profile
