"""The facilities of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.domain.site import Site
from workstation.settings import Settings


@dataclass(frozen=True, slots=True)
class Sites:
    """Facilities by the name that the worklist shows."""

    held: Mapping[str, Site]

    def of(self, name: str) -> Site:
        """The facility; one that the settings do not know has its name alone."""
        return self.held.get(name) or Site(name)


def sites_of(settings: Settings) -> Sites:
    """Read `report.sites`; a line of escalation each in `escalation`, separated by semicolons."""
    found = {}
    for entry in settings.entries("report.sites"):
        name = entry.get("name", "")
        found[name] = Site(
            name,
            entry.get("heading", ""),
            entry.get("address", ""),
            entry.get("telephone", ""),
            tuple(filter(None, (each.strip() for each in entry.get("escalation", "").split(";")))),
        )
    return Sites(found)
