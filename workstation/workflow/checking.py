"""What stands open before signing. Each check is named, explained, and can be jumped to."""

from __future__ import annotations

from collections.abc import Callable

from workstation.domain.report import (
    CheckFinding,
    CheckSeverity,
    Entry,
    Report,
    SectionKind,
    Version,
)
from workstation.domain.report_table import CHANGE
from workstation.domain.wording import FIELD, LINK
from workstation.workflow.check_context import CheckContext
from workstation.workflow.checks import words
from workstation.workflow.checks.placeholders import left_open, says_nothing

__all__ = ["CHECKS", "CheckContext", "check", "first_block"]


def _images_arrived(report: Report, context: CheckContext) -> list[CheckFinding]:
    progress = context.progress
    if progress is not None and progress.verified and 0 < progress.expected <= progress.received:
        return []
    if progress is None or progress.expected == 0:
        words = "It is not known how many images belong to this study."
    else:
        words = f"{progress.received} of {progress.expected} images are here."
    return [
        CheckFinding(
            "images arrived",
            CheckSeverity.BLOCK,
            "Not all images have arrived",
            f"{words} Wait for them, or send the report as preliminary.",
        )
    ]


def _impression(report: Report, context: CheckContext) -> list[CheckFinding]:
    text = FIELD.sub("", report.section(SectionKind.IMPRESSION).text)
    if not says_nothing(text):
        return []
    needed = SectionKind.IMPRESSION in context.required
    return [
        CheckFinding(
            "impression",
            CheckSeverity.BLOCK if needed else CheckSeverity.WARNING,
            "The impression is empty",
            "Most physicians read only the impression."
            + (" This template requires it." if needed else ""),
            section=SectionKind.IMPRESSION,
        )
    ]


def _fields(report: Report, context: CheckContext) -> list[CheckFinding]:
    found = []
    for section in report.sections:
        if section.kind is SectionKind.IMPRESSION and not _without_fields(section.text):
            continue  # said by the check of the impression
        names = [match[0][1:-1] for match in FIELD.finditer(section.text)]
        names += left_open(section.text)
        if names:
            severity = (
                CheckSeverity.BLOCK if section.kind in context.required else CheckSeverity.WARNING
            )
            count = len(names)
            found.append(
                CheckFinding(
                    "open fields",
                    severity,
                    f"{count} open field{'s' if count > 1 else ''} in {section.kind.value}",
                    ", ".join(names[:5]),
                    section=section.kind,
                )
            )
    return found


def _without_fields(text: str) -> str:
    return FIELD.sub("", text).strip(" .\n")


def _series(report: Report, context: CheckContext) -> list[CheckFinding]:
    found: list[CheckFinding] = []
    if context.study is None:
        return found
    for series in context.study.series:
        if series.series_instance_uid not in context.unread_series:
            continue
        count = sum(len(shown.frames) for shown in series.display_sets)
        number = f"S{series.number} " if series.number is not None else ""
        found.append(
            CheckFinding(
                "series opened",
                CheckSeverity.WARNING,
                f"Series never opened: {number}{series.description or series.modality}",
                f"{count} image{'s' if count != 1 else ''} on this disk.",
                series_instance_uid=series.series_instance_uid,
            )
        )
    return found


def _links(report: Report, context: CheckContext) -> list[CheckFinding]:
    for section in report.sections:
        found = {match[1] for match in LINK.finditer(section.text)} - {CHANGE}
        if not found <= context.links.keys():
            return [
                CheckFinding(
                    "links",
                    CheckSeverity.BLOCK,
                    "The text refers to a measurement that was removed",
                    "Delete the reference, or take the removal back.",
                    section=section.kind,
                )
            ]
    return []


def _hidden(report: Report, context: CheckContext) -> list[CheckFinding]:
    study = context.study
    if study is None or not study.not_shown:
        return []
    count = len(study.not_shown)
    if not any(shown.frames for shown in study.display_sets):
        return [
            CheckFinding(
                "everything shown",
                CheckSeverity.BLOCK,
                "No image of this study could be shown",
                f"{study.not_shown[0].reason} Fetch it again, or hand the task back.",
            )
        ]
    return [
        CheckFinding(
            "everything shown",
            CheckSeverity.WARNING,
            f"{count} received object{'s' if count > 1 else ''} could not be shown",
            study.not_shown[0].reason,
        )
    ]


def _addendum(report: Report, context: CheckContext) -> list[CheckFinding]:
    if _without_fields(report.section(SectionKind.ADDENDUM).text):
        return []
    return [
        CheckFinding(
            "addendum",
            CheckSeverity.BLOCK,
            "The addendum is empty",
            "Nothing would be added to the report.",
            section=SectionKind.ADDENDUM,
        )
    ]


def _reason(report: Report, context: CheckContext) -> list[CheckFinding]:
    if report.version is not Version.CORRECTION or report.reason.strip():
        return []
    return [
        CheckFinding(
            "reason of the correction",
            CheckSeverity.BLOCK,
            "The corrected report does not say why",
            "The ward has acted on the first one and must know what was wrong with it.",
            entry=Entry.REASON,
        )
    ]


def _discrepancy(report: Report, context: CheckContext) -> list[CheckFinding]:
    if report.author is None or report.discrepancy is not None:
        return []
    return [
        CheckFinding(
            "discrepancy",
            CheckSeverity.WARNING,
            "No class of discrepancy is chosen",
            f"{report.author.display} learns from it. It stays on this workstation.",
            entry=Entry.DISCREPANCY,
        )
    ]


def _told(report: Report, context: CheckContext) -> list[CheckFinding]:
    return [
        CheckFinding(
            f"critical result: {each.finding}",
            CheckSeverity.WARNING,
            f"Nobody has been told: {each.finding}",
            f"It should be known {each.category.value}. Call, and note who was told.",
            entry=Entry.TOLD,
        )
        for each in context.critical
        if each.open
    ]


def _withdrawn(report: Report, context: CheckContext) -> list[CheckFinding]:
    if not context.task.cancel_requested:
        return []
    return [
        CheckFinding(
            "task wanted",
            CheckSeverity.WARNING,
            "The site asked to cancel this task",
            "Ask the site before you send the report.",
        )
    ]


Check = Callable[[Report, CheckContext], list[CheckFinding]]


def _switched(key: str, look: Check) -> Check:
    """The same without its warnings where the reader has switched it off; what blocks stays."""

    def run(report: Report, context: CheckContext) -> list[CheckFinding]:
        off = key in context.around.switched_off
        found = look(report, context)
        return [each for each in found if not off or each.severity is CheckSeverity.BLOCK]

    return run


#: Keys of the switches `checks.KEY`, beside those of `words`. What tells of the images, of a
#: critical result or of a removed link has none.
SWITCHES = ("impression", "fields", "series", *(each.key for each in words.CHECKS))

#: The checks in the order in which they are shown. Those of `words` can be switched off.
CHECKS: tuple[Check, ...] = (
    _images_arrived,
    _reason,
    _discrepancy,
    _told,
    _links,
    # A wrong side or another patient's name harms; what is left open is seen and asked for.
    *(each.run for each in words.CHECKS),
    _switched("impression", _impression),
    _switched("fields", _fields),
    _switched("series", _series),
    _hidden,
    _withdrawn,
)


#: An addendum adds words to a report that was checked when it was signed.
ADDENDUM_CHECKS: tuple[Check, ...] = (_links, _addendum, _told, _switched("fields", _fields))


def check(report: Report, context: CheckContext) -> tuple[CheckFinding, ...]:
    """All open points, blocks first."""
    checks = ADDENDUM_CHECKS if report.version is Version.ADDENDUM else CHECKS
    found = [finding for each in checks for finding in each(report, context)]
    return tuple(sorted(found, key=lambda finding: finding.severity is not CheckSeverity.BLOCK))


def first_block(findings: tuple[CheckFinding, ...]) -> CheckFinding | None:
    """The first that blocks a final signature."""
    return next((each for each in findings if each.severity is CheckSeverity.BLOCK), None)
