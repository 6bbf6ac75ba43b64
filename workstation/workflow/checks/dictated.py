"""Checks of dictated words: a recognition error survives where nobody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from workstation.domain.dictated_text import DictatedSpan
from workstation.domain.report import Report, Section
from workstation.workflow.checks.slips import Slip, shortened

_NAMED = 4


def _waiting(
    report: Report, wanted: Callable[[DictatedSpan], bool]
) -> Iterator[tuple[Section, DictatedSpan, str]]:
    for section in report.sections:
        for span in section.dictated:
            words = section.text[span.start : span.end]
            if not span.reviewed and wanted(span) and any(map(str.isalnum, words)):
                yield section, span, words


def words_in_doubt(report: Report) -> list[Slip]:
    """Words that the engine was not sure of, and that nobody has gone to."""
    held = list(_waiting(report, lambda span: span.doubtful))
    if not held:
        return []
    section, first, word = held[0]
    named = ", ".join(f"“{each}”" for _, _, each in held[:_NAMED])
    more = f" and {len(held) - _NAMED} more" if len(held) > _NAMED else ""
    return [
        Slip(
            f"{len(held)} dictated word{'s' if len(held) > 1 else ''} in doubt",
            f"The engine was not sure of {named}{more}. Shift+F8 goes from one to the next.",
            section.kind,
            word,
            first.start,
        )
    ]


def never_looked_at(report: Report) -> list[Slip]:
    """Dictated sentences that the cursor never went over and nobody confirmed."""
    held = list(_waiting(report, lambda span: not span.doubtful))
    if not held:
        return []
    section, first, words = held[0]
    count = len({span.utterance for _, span, _ in held})
    whole = " ".join(section.text[first.start :].split())
    return [
        Slip(
            f"{count} dictated sentence{'s were' if count > 1 else ' was'} never looked at",
            f"“{shortened(whole, 60)}” Shift+F8 confirms what is on the screen.",
            section.kind,
            words,
            first.start,
        )
    ]
