"""What is left open in a report, filled with the normal statements of its template."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workstation.domain.report import Section, SectionKind
from workstation.domain.wording import FIELD
from workstation.workflow.templates import ReportTemplate


def fill_normal(template: ReportTemplate, sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections with every open field that has a normal statement filled with it.

    The impression takes its own only where the findings are the normal ones word for word: a
    finding that was written must never stand above “no abnormality”.
    """

    def put(match: re.Match[str]) -> str:
        return template.normal(match[0][1:-1]) or match[0]

    written = {
        section.kind: FIELD.sub(put, section.text)
        if section.kind is not SectionKind.IMPRESSION
        else section.text
        for section in sections
    }
    of_template = next(
        (each.text for each in template.sections if each.kind is SectionKind.FINDINGS), ""
    )
    if written.get(SectionKind.FINDINGS, "") == FIELD.sub(put, of_template):
        impression = written.get(SectionKind.IMPRESSION, "")
        written[SectionKind.IMPRESSION] = FIELD.sub(put, impression)
    return tuple(section.with_text(written[section.kind]) for section in sections)
