"""A facility that sends studies: what stands at the head of its reports, whom to call."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """`name` is what the worklist shows; `escalation` is called in its order."""

    name: str
    heading: str = ""
    address: str = ""
    telephone: str = ""
    escalation: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What stands largest at the head of a report."""
        return self.heading or self.name
