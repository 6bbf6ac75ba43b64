"""The case whose report is shown."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import Report
from workstation.domain.study import Study
from workstation.workflow.measuring import Measuring


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Its task, what is measured on it, its draft as it was last saved, and its images so far."""

    task: ReadingTask
    measuring: Measuring
    report: Report
    study: Study | None


def identifiers(measuring: Measuring) -> tuple[str, ...]:
    """What was measured on the study so far, as a draft names it."""
    return tuple(each.identifier for each in measuring.measurements())
