"""Dictated words before signing: what waits, what counts as looked at, and where a jump goes."""

from __future__ import annotations

import pytest

from workstation.domain.dictated_text import DictatedSpan
from workstation.domain.identity import Patient, PersonName, Sex
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import CheckSeverity, Report, Section, SectionKind
from workstation.workflow.check_context import CheckContext
from workstation.workflow.checks import dictated, words

TEXT = "Mild nodule. Another nodule of the kidney. Typed by hand."
FIRST, SECOND = (0, 12), (13, 42)


def report(*spans: DictatedSpan, text: str = TEXT) -> Report:
    return Report(
        "r", "1.2", "1.3", sections=(Section(SectionKind.FINDINGS, text, "", None, spans),)
    )


def span(start: int, end: int, *, doubtful: bool = False, seen: bool = False) -> DictatedSpan:
    return DictatedSpan(start, end, "u1" if end <= 12 else "u2", "", start + 1, doubtful, seen)


@pytest.mark.parametrize(
    ("spans", "doubtful", "unread"),
    [
        # nothing was dictated
        ((), 0, 0),
        # one sentence, not looked at; then looked at
        ((span(*FIRST),), 0, 1),
        ((span(*FIRST, seen=True),), 0, 0),
        # a word in doubt inside a sentence that was looked at is still in doubt
        ((span(0, 5, seen=True), span(5, 11, doubtful=True), span(11, 12, seen=True)), 1, 0),
        # the word was gone to, the sentence was not
        ((span(0, 5), span(5, 11, doubtful=True, seen=True)), 0, 1),
        # pieces of one sentence are one sentence
        ((span(0, 5), span(5, 11, doubtful=True), span(11, 12)), 1, 1),
        ((span(*FIRST), span(*SECOND)), 0, 2),
        # a mark alone is nothing to read
        ((span(11, 12),), 0, 0),
    ],
)
def test_what_nobody_has_looked_at_is_told(
    spans: tuple[DictatedSpan, ...], doubtful: int, unread: int
) -> None:
    held = report(*spans)
    told = [found.title.split()[0] for found in dictated.words_in_doubt(held)]
    assert told == ([str(doubtful)] if doubtful else [])
    told = [found.title.split()[0] for found in dictated.never_looked_at(held)]
    assert told == ([str(unread)] if unread else [])


def test_the_jump_goes_to_the_word_that_was_heard_and_not_to_its_twin() -> None:
    at = TEXT.rindex("nodule")
    (found,) = dictated.words_in_doubt(report(span(at, at + 6, doubtful=True)))
    assert (found.words, found.at, found.section) == ("nodule", at, SectionKind.FINDINGS)


def test_a_dictated_word_in_doubt_warns_and_never_blocks() -> None:
    checks = [each for each in words.CHECKS if each.key in ("doubtful", "reviewed")]
    held = report(span(0, 4, doubtful=True), span(5, 12))
    patient = Patient("P1", PersonName("A^B"), None, Sex.FEMALE)
    task = ReadingTask("1.3", "a", "1.2", patient=patient, procedure="CT")
    context = CheckContext(task, None, None, (), {}, frozenset())
    found = [finding for each in checks for finding in each.run(held, context)]
    assert [each.severity for each in found] == [CheckSeverity.WARNING] * 2
