"""What follows on a signed report: an addendum, or a corrected one that says why. Pure.

The document before is never changed. The new one is a whole document: it holds the words of the
one before, since the site shows the newest (PS3.3 C.17.2, Predecessor Documents Sequence).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from workstation.domain.critical import CriticalResult
from workstation.domain.identity import Reader
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import BODY, Report, Section, SectionKind, Version
from workstation.domain.report_content import ReportContent
from workstation.domain.report_table import reopened, signed
from workstation.domain.wording import critical_text, plain_text, without_open_fields

#: What each version is called in a sentence.
NAMES = {
    Version.ORIGINAL: "a report",
    Version.ADDENDUM: "an addendum",
    Version.CORRECTION: "a corrected report",
}
#: Event of the audit log when it is signed.
AUDIT_EVENT = {
    Version.ORIGINAL: "report signed",
    Version.ADDENDUM: "report addended",
    Version.CORRECTION: "report corrected",
}


def begin(
    identifier: str, task: ReadingTask, last: Report, before: ReportContent, version: Version
) -> Report:
    """The draft of an addendum or a correction to `last`, whose document says `before`."""
    base = before.sections
    if version is Version.ADDENDUM:
        sections: tuple[Section, ...] = (Section(SectionKind.ADDENDUM),)
    else:
        words = {each.kind: each.text for each in base}
        sections = tuple(Section(kind, reopened(words.get(kind, ""))) for kind in BODY)
    own = last.signed_by
    return Report(
        identifier=identifier,
        study_instance_uid=task.study_instance_uid,
        workitem_uid=task.workitem_uid,
        template=last.template,
        sections=sections,
        predecessor_sop_instance_uid=before.document_uid,
        predecessor_series_instance_uid=_series_of(task, own) if own else "",
        base=base,
        title=last.title,
        version=version,
    )


def _series_of(task: ReadingTask, reader: Reader) -> str:
    from workstation.dicom.sr import report_series_uid

    return report_series_uid(task.study_instance_uid, reader)


def final_sections(
    report: Report, links: Mapping[str, str], critical: Sequence[CriticalResult]
) -> tuple[Section, ...]:
    """The words as they are signed, without name and time of what is added now."""
    own = tuple(
        Section(each.kind, signed(without_open_fields(plain_text(each.text, dict(links)))))
        for each in report.sections
    )
    told = _communication(critical)
    if report.version is Version.ORIGINAL:
        return (*own, *told)
    base = report.base
    addenda = tuple(each for each in base if each.kind is SectionKind.ADDENDUM)
    told = told or tuple(each for each in base if each.kind is SectionKind.COMMUNICATION)
    if report.version is Version.ADDENDUM:
        body = tuple(each for each in base if each.kind in BODY)
        return (*body, *told, *addenda, *own)
    note = Section(SectionKind.ADDENDUM, f"Corrected report. Reason: {report.reason.strip()}")
    return (*own, *told, *addenda, note)


def _communication(critical: Sequence[CriticalResult]) -> tuple[Section, ...]:
    if not critical:
        return ()
    text = "\n".join(critical_text(each) for each in critical)
    return (Section(SectionKind.COMMUNICATION, text),)


def signed_sections(
    report: Report, sections: tuple[Section, ...], reader: Reader, now: datetime
) -> tuple[Section, ...]:
    """The same with who added the last words and when."""
    if report.version is Version.ORIGINAL:
        return sections
    last = sections[-1]
    signed = Section(last.kind, last.text, reader.name.to_dicom(), now)
    held = (*sections[:-1], signed)
    if any(each.kind is SectionKind.FINDINGS for each in held):
        return held
    # The numbers of the report stand below its findings.
    return (Section(SectionKind.FINDINGS), *held)
