"""A preliminary report of somebody else among the images: the attending's draft begins with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from workstation.domain.errors import ReaderError
from workstation.domain.identity import Reader
from workstation.domain.report import BODY, Report, Section
from workstation.domain.report_content import ReportContent
from workstation.domain.report_table import reopened
from workstation.domain.study import DisplaySetKind, Study


@dataclass(frozen=True, slots=True)
class Preliminary:
    """What it says, and the series that its document lies in."""

    content: ReportContent
    series_instance_uid: str


def _reports(study: Study, read: Callable[[str], ReportContent]) -> Iterator[Preliminary]:
    for shown in study.display_sets:
        if shown.kind is not DisplaySetKind.DOCUMENT:
            continue
        for document in shown.documents:
            if document.mime_type != "text/plain":
                continue
            try:
                content = read(document.sop_instance_uid)
            except ReaderError:
                # A dose report, or one whose signature does not fit it: it is shown among the
                # documents, and nothing is built upon it.
                continue
            yield Preliminary(content, shown.series_instance_uid)


def preliminary_of(
    study: Study, reader: Reader, read: Callable[[str], ReportContent]
) -> Preliminary | None:
    """The newest preliminary report of another reader that no later report follows.

    Reads documents, so never on the Qt thread.
    """
    held = list(_reports(study, read))
    befores = [each.content.predecessor for each in held]
    followed = {each.sop_instance_uid for each in befores if each is not None}
    waiting = [
        each
        for each in held
        if each.content.preliminary
        and each.content.sections
        and each.content.document_uid not in followed
        and each.content.reader.name.alphabetic != reader.name.alphabetic
    ]
    return max(waiting, key=lambda each: each.content.signed_at, default=None)


def begin(report: Report, before: Preliminary) -> Report:
    """The draft as a second reading, with the words of the preliminary report."""
    content = before.content
    words = {each.kind: each.text for each in content.sections}
    return replace(
        report,
        sections=tuple(Section(kind, reopened(words.get(kind, ""))) for kind in BODY),
        predecessor_sop_instance_uid=content.document_uid,
        predecessor_series_instance_uid=before.series_instance_uid,
        base=content.sections,
        author=content.reader.name,
    )


def again(report: Report, held: Report) -> Report:
    """Another template for a second reading: what it follows on stays."""
    return replace(
        report,
        predecessor_sop_instance_uid=held.predecessor_sop_instance_uid,
        predecessor_series_instance_uid=held.predecessor_series_instance_uid,
        base=held.base,
        author=held.author,
        discrepancy=held.discrepancy,
    )
