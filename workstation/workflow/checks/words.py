"""The checks of the words, each with the key of its switch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from workstation.domain.report import CheckFinding, CheckSeverity, Report, Section
from workstation.domain.wording import plain_text
from workstation.workflow.check_context import CheckContext
from workstation.workflow.checks import (
    comparisons,
    dictated,
    patients,
    responses,
    sides,
    sizes,
    sizes_compared,
    slips,
)
from workstation.workflow.checks.slips import Slip

Look = Callable[[Report, CheckContext], list[Slip]]


@dataclass(frozen=True, slots=True)
class WordCheck:
    """One check: its setting is `checks.KEY`, its warnings carry `name`."""

    key: str
    name: str
    look: Look

    def run(self, report: Report, context: CheckContext) -> list[CheckFinding]:
        """Its warnings, or none where the reader has switched it off."""
        if self.key in context.around.switched_off:
            return []
        return [
            CheckFinding(
                self.name,
                CheckSeverity.WARNING,
                slip.title,
                slip.detail,
                section=slip.section,
                words=slip.words,
                at=slip.at,
            )
            for slip in self.look(report, context)
        ]


def _laterality(report: Report, context: CheckContext) -> list[Slip]:
    imaged = frozenset(
        frame.laterality
        for shown in (context.study.display_sets if context.study is not None else ())
        for frame in shown.frames
    )
    return sides.sides_between_sections(report) or sides.side_of_the_order(
        report, context.task.procedure, imaged
    )


def _sex(report: Report, context: CheckContext) -> list[Slip]:
    return slips.organs_of_the_other_sex(report, context.task.patient.sex)


def _contradiction(report: Report, _context: CheckContext) -> list[Slip]:
    return slips.contradictions(report)


def _comparison(report: Report, context: CheckContext) -> list[Slip]:
    priors, opened = context.around.priors, context.looked_at
    return (
        comparisons.comparison_without_a_prior(report, priors)
        + comparisons.comparison_with_an_unknown_study(report, priors, opened)
        + comparisons.comparison_claimed_in_the_words(report, priors, opened)
    )


def _resolved(report: Report, context: CheckContext) -> Report:
    """The report with its links as the words that will be signed."""
    links = dict(context.links)
    return replace(
        report,
        sections=tuple(
            Section(each.kind, plain_text(each.text, links)) for each in report.sections
        ),
    )


def _size(report: Report, context: CheckContext) -> list[Slip]:
    return (
        sizes.impossible_sizes(report)
        + sizes.sizes_without_a_unit(report)
        + sizes_compared.sizes_between_sections(_resolved(report, context))
        + sizes.sizes_beside_a_link(report, context.links)
        + responses.tables_of_target_lesions(report, context.measurements)
    )


def _patient(report: Report, context: CheckContext) -> list[Slip]:
    return patients.another_patient(report, context.task.patient, context.around.others)


#: In the order in which they are shown: what harms most first.
CHECKS: tuple[WordCheck, ...] = (
    WordCheck("patient", "another patient", _patient),
    WordCheck("laterality", "left and right", _laterality),
    WordCheck("sex", "organs and sex", _sex),
    WordCheck("contradiction", "contradiction", _contradiction),
    WordCheck("comparison", "comparison", _comparison),
    WordCheck("size", "sizes and units", _size),
    WordCheck("doubtful", "words in doubt", lambda report, _: dictated.words_in_doubt(report)),
    WordCheck("reviewed", "dictated text", lambda report, _: dictated.never_looked_at(report)),
)
