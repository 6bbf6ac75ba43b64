"""Tumour response by RECIST 1.1, from the sums of the target lesions.

Eisenhauer EA et al. New response evaluation criteria in solid tumours: revised RECIST guideline
(version 1.1). Eur J Cancer 2009;45:228-247.

Read of it: 20 % with 5 mm over the smallest sum, 30 % under the baseline and nodes under 10 mm in
two reviews (PMC5658474, table 2; PMC2755245, table 3), the table of time points in a digest. The
paper itself was not to be had.
"""

from __future__ import annotations

import math
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
        """Both changes, as they stand in the report, with the sums that they come from."""
        told = f"{self.of_baseline:+.0f} % from baseline ({self.baseline_mm:g} mm)"
        grown = round(self.now_mm - self.nadir_mm, 6)
        change = f"{self.of_nadir:+.0f} % and {grown:+g} mm" if self.nadir_mm else f"{grown:+g} mm"
        told += f", {change} from the smallest sum ({self.nadir_mm:g} mm)"
        if self.nadir_mm and self.of_nadir >= 20.0 and grown < 5.0:
            told += ", which is less than 5 mm and no progression"
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


def because(sums: Sums, others: str, new: bool) -> str:
    """What the response rests on: what makes progression by itself first, then the sums."""
    reasons = []
    if new:
        reasons.append("new lesions")
    if others == OTHERS[-1]:
        reasons.append("unequivocal progression of non-target lesions")
    return "; ".join((*reasons, sums.words))


def _decide(answers: Answers) -> Outcome:
    sums = Sums(*(float(answers[key]) for key in ("baseline_mm", "nadir_mm", "sum_mm")))
    targets = str(answers["targets"])
    if targets == "measurable" and sums.now_mm == 0:
        raise AnswerRefused(
            "The sum is 0 mm, and the target lesions are called measurable.",
            remedy="Enter the sum, or choose that all are gone.",
        )
    others, new = str(answers["others"]), answers["new"] == "yes"
    return Outcome(response(sums, targets, others, new), reason=because(sums, others, new))


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
