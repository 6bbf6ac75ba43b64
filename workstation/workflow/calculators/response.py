"""Tumour response by RECIST 1.1, from sums or from a table of lesions across examinations.

Eisenhauer EA et al. New response evaluation criteria in solid tumours: revised RECIST guideline
(version 1.1). Eur J Cancer 2009;45:228-247.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from workstation.workflow.calculators.model import (
    AnswerRefused,
    Answers,
    Calculator,
    Input,
    Outcome,
)

SOURCE = (
    "Eisenhauer EA et al. New response evaluation criteria in solid tumours: revised RECIST"
    " guideline (version 1.1). Eur J Cancer 2009;45:228-247"
)
GONE = "all gone, nodes under 10 mm"
NOT_ALL = "not all evaluated"
OTHERS = ("none", "all gone", "persist", NOT_ALL, "unequivocal progression")


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of the target lesions in mm: at baseline, the smallest so far (baseline among them),
    and now. AnswerRefused where the smallest is larger than that at baseline."""

    baseline_mm: float
    nadir_mm: float
    now_mm: float

    def __post_init__(self) -> None:
        if self.nadir_mm > self.baseline_mm:
            raise AnswerRefused(
                "The smallest sum so far is larger than that at baseline.",
                remedy="The baseline counts among the sums: enter the smaller one.",
            )

    @property
    def of_baseline(self) -> float:
        """Change from baseline in per cent; rounded, so that 0.3 of a decimal counts as 30 %."""
        return round(100.0 * (self.now_mm - self.baseline_mm) / self.baseline_mm, 6)

    @property
    def of_nadir(self) -> float:
        """Change from the smallest sum in per cent; infinite from nothing."""
        if not self.nadir_mm:
            return math.inf if self.now_mm else 0.0
        return round(100.0 * (self.now_mm - self.nadir_mm) / self.nadir_mm, 6)

    @property
    def words(self) -> str:
        """Both changes, as they stand in the report."""
        told = f"{self.of_baseline:+.0f} % from baseline"
        if self.nadir_mm:
            told += f", {self.of_nadir:+.0f} % from the smallest sum"
        return told.replace("-", "−")


def response(sums: Sums, targets: str, others: str, new: bool) -> str:
    """The response at one time point (4.3.1 to 4.4, table 1).

    Progression of the sum is 20 % and 5 mm over the smallest. Targets that are gone, with every
    node under 10 mm, do not progress by the sum that their nodes still have.
    """
    if new or others == OTHERS[-1]:
        return "Progressive disease (PD)"
    grown = sums.of_nadir >= 20.0 and round(sums.now_mm - sums.nadir_mm, 6) >= 5.0
    if grown and targets != GONE:
        return "Progressive disease (PD)"
    if targets == NOT_ALL:
        return "Not evaluable (NE)"
    if targets == GONE:
        done = others in ("none", "all gone")
        return "Complete response (CR)" if done else "Partial response (PR)"
    if sums.of_baseline <= -30.0:
        return "Partial response (PR)"
    return "Stable disease (SD)"


def _decide(answers: Answers) -> Outcome:
    sums = Sums(*(float(answers[key]) for key in ("baseline_mm", "nadir_mm", "sum_mm")))
    targets = str(answers["targets"])
    if targets == "measurable" and sums.now_mm == 0:
        raise AnswerRefused(
            "The sum is 0 mm, and the target lesions are called measurable.",
            remedy="Enter the sum, or choose that all are gone.",
        )
    result = response(sums, targets, str(answers["others"]), answers["new"] == "yes")
    return Outcome(result, reason=sums.words)


RECIST = Calculator(
    "recist",
    "Tumour response (RECIST 1.1)",
    "1.1",
    SOURCE,
    (
        Input("baseline_mm", "Sum at baseline", unit="mm", least=10, most=3000),
        Input("nadir_mm", "Smallest sum so far", unit="mm", least=0, most=3000),
        Input("sum_mm", "Sum now", unit="mm", least=0, most=3000),
        Input("targets", "Target lesions", ("measurable", GONE, NOT_ALL)),
        Input("others", "Non-target lesions", OTHERS),
        Input("new", "New lesions", ("no", "yes")),
    ),
    _decide,
    "Sums of the longest diameters, short axes for nodes, of up to five lesions, two an organ."
    " The baseline counts among the sums. What comes back after a complete response is a new"
    " lesion. The best response and its confirmation are for the one who treats.",
    ("CT chest", "CT abdomen"),
)


@dataclass(frozen=True, slots=True)
class TargetLesion:
    """One target lesion: longest diameters in mm at each examination, short axes of a node.

    None is not measured. ValueError for a name or an organ that is missing.
    """

    name: str
    organ: str
    node: bool
    sizes_mm: tuple[float | None, ...]

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.organ.strip():
            raise ValueError("a lesion has a name and an organ")
        if any(each is not None and not 0 <= each <= 1000 for each in self.sizes_mm):
            raise ValueError("a size lies between 0 and 1000 mm")


@dataclass(frozen=True, slots=True)
class TargetTable:
    """Lesions across examinations, the first is the baseline, the last the one that is read.

    AnswerRefused, in words, for what RECIST 1.1 does not allow as target lesions (3.1, 3.2).
    """

    examinations: tuple[str, ...]
    lesions: tuple[TargetLesion, ...]

    def __post_init__(self) -> None:
        if len(self.examinations) < 2 or not self.lesions:
            raise AnswerRefused(
                "Response needs a baseline and one more examination, with a lesion on both.",
                remedy="Enter the sizes at baseline and now.",
            )
        if any(len(each.sizes_mm) != len(self.examinations) for each in self.lesions):
            raise ValueError("each lesion has a size for each examination")
        if len(self.lesions) > 5:
            raise AnswerRefused(
                f"{len(self.lesions)} lesions are more than the five targets allowed.",
                remedy="Leave out the smallest.",
            )
        organs = [each.organ.strip().lower() for each in self.lesions]
        # Nodes count as one organ.
        organs = ["nodes" if each.node else o for each, o in zip(self.lesions, organs, strict=True)]
        crowded = next((each for each in organs if organs.count(each) > 2), None)
        if crowded is not None:
            raise AnswerRefused(
                f"There are more than two target lesions in one organ ({crowded}).",
                remedy="Leave out the smallest.",
            )
        for each in self.lesions:
            first = each.sizes_mm[0]
            least = 15 if each.node else 10
            if first is None or first < least:
                axis = "short axis" if each.node else "diameter"
                raise AnswerRefused(
                    f"{each.name}: at baseline a target has a {axis} of at least {least} mm.",
                    remedy="Name it among the non-target lesions.",
                )

    def sums_mm(self) -> tuple[float | None, ...]:
        """The sum of each examination; None where a lesion was not measured."""
        columns = zip(*(each.sizes_mm for each in self.lesions), strict=True)
        return tuple(
            None if any(size is None for size in held) else sum(size or 0.0 for size in held)
            for held in columns
        )

    def sums(self) -> Sums | None:
        """The three sums that the response is made of; None where the last is not known."""
        *before, now = self.sums_mm()
        known = [each for each in before if each is not None]
        if now is None:
            return None
        return Sums(known[0], min(known), now)

    def response(self, others: str, new: bool) -> Outcome:
        """The response at the last examination."""
        sums = self.sums()
        if sums is None:
            progressed = new or others == OTHERS[-1]
            return Outcome(
                "Progressive disease (PD)" if progressed else "Not evaluable (NE)",
                reason="a target lesion was not measured",
            )
        gone = all(
            (size or 0.0) < 10.0 if each.node else size == 0.0
            for each in self.lesions
            for size in each.sizes_mm[-1:]
        )
        result = response(sums, GONE if gone else "measurable", others, new)
        return Outcome(result, reason=sums.words)

    def text(self, others: str, new: bool) -> str:
        """Lines for the report: a line a lesion, the sums, the response and its reason."""
        outcome = self.response(others, new)
        dates = " → ".join(self.examinations)
        lines = [f"Target lesions (RECIST 1.1), {dates}, mm:"]
        for number, each in enumerate(self.lesions, 1):
            axis = ", short axis" if each.node else ""
            lines.append(f"{number}. {each.name} ({each.organ}{axis}): {_sizes(each.sizes_mm)}")
        lines.append(f"Sum: {_sizes(self.sums_mm())}")
        lines.append(f"Non-target lesions: {others}. New lesions: {'yes' if new else 'no'}.")
        lines.append(f"{outcome.result}: {outcome.reason}.")
        return "\n".join(lines)


def _sizes(sizes: Sequence[float | None]) -> str:
    return " → ".join("not measured" if each is None else f"{each:g}" for each in sizes)
