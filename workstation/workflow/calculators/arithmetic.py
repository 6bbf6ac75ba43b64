"""Calculators that compute: growth, response, gestational age, bone age."""

from __future__ import annotations

import math

from workstation.workflow.calculators.model import (
    AnswerRefused,
    Answers,
    Calculator,
    Input,
    Outcome,
)


def _number(answers: Answers, key: str) -> float:
    return float(answers[key])


def volume_doubling_days(first_mm: float, second_mm: float, days: float) -> float:
    """Volume doubling time in days of a sphere that grew from one diameter to another.

    VDT = t ln 2 / ln(V2/V1), with V2/V1 = (d2/d1)³ (Schwartz M. Cancer 1961;14:1272-1294).
    Negative where it shrank; ValueError where it stayed the same or a number is not above zero.
    """
    if min(first_mm, second_mm, days) <= 0 or first_mm == second_mm:
        raise ValueError("two different diameters and a time above zero")
    return days * math.log(2.0) / (3.0 * math.log(second_mm / first_mm))


def _doubling(answers: Answers) -> Outcome:
    first, second = _number(answers, "first_mm"), _number(answers, "second_mm")
    days = _number(answers, "days")
    if first == second:
        return Outcome("No change of the diameter, no doubling time")
    found = volume_doubling_days(first, second, days)
    change = 100.0 * ((second / first) ** 3 - 1.0)
    if found < 0:
        return Outcome(f"Smaller: volume changed by {change:.0f} %".replace("-", "−"))
    return Outcome(f"Volume doubling time {found:.0f} days", reason=f"volume +{change:.0f} %")


def _response(answers: Answers) -> Outcome:
    """RECIST 1.1: Eisenhauer EA et al. Eur J Cancer 2009;45:228-247, 4.3."""
    baseline, nadir = _number(answers, "baseline_mm"), _number(answers, "nadir_mm")
    now = _number(answers, "sum_mm")
    if nadir > baseline:
        raise AnswerRefused(
            "The smallest sum so far is larger than that at baseline.",
            remedy="The baseline counts among the sums: enter the smaller one.",
        )
    of_baseline = 100.0 * (now - baseline) / baseline
    of_nadir = 100.0 * (now - nadir) / nadir if nadir else math.inf if now else 0.0
    reason = f"{of_baseline:+.0f} % from baseline".replace("-", "−")
    if nadir:
        reason += f", {of_nadir:+.0f} % from the smallest sum".replace("-", "−")
    if answers["new"] == "yes" or answers["others"] == "unequivocal progression":
        return Outcome("Progressive disease (PD)", reason=reason)
    if of_nadir >= 20.0 and now - nadir >= 5.0:
        return Outcome("Progressive disease (PD)", reason=reason)
    gone = answers["targets"] == "all gone, nodes under 10 mm"
    if gone and answers["others"] in ("none", "all gone"):
        return Outcome("Complete response (CR)", reason=reason)
    if gone or of_baseline <= -30.0:
        return Outcome("Partial response (PR)", reason=reason)
    return Outcome("Stable disease (SD)", reason=reason)


def gestational_days(crown_rump_mm: float) -> float:
    """Gestational age in days from the crown-rump length.

    8.052 (1.037 CRL)^½ + 23.73 (Robinson HP, Fleming JEE. Br J Obstet Gynaecol 1975;82:702-710).
    """
    return 8.052 * math.sqrt(1.037 * crown_rump_mm) + 23.73


def _gestation(answers: Answers) -> Outcome:
    days = round(gestational_days(_number(answers, "crl_mm")))
    return Outcome(f"Gestational age {days // 7} weeks and {days % 7} days")


def _bone_age(answers: Answers) -> Outcome:
    real, bone = _number(answers, "months"), _number(answers, "bone_months")
    deviation = _number(answers, "sd_months")
    z = (bone - real) / deviation
    words = "normal" if abs(z) <= 2.0 else "advanced" if z > 0 else "delayed"
    score = f"{z:+.1f}".replace("-", "−")
    return Outcome(f"Bone age {words}", reason=f"{score} standard deviations")


ARITHMETIC: tuple[Calculator, ...] = (
    Calculator(
        "doubling-time",
        "Volume doubling time",
        "1961",
        "Schwartz M. A biomathematical approach to clinical tumor growth. Cancer 1961;14:1272-1294",
        (
            Input("first_mm", "Earlier diameter", unit="mm", least=1, most=300),
            Input("second_mm", "Later diameter", unit="mm", least=1, most=300),
            Input("days", "Days between", unit="days", least=1, most=10000),
        ),
        _doubling,
        "Diameters stand for a sphere; a change below 1.5 mm is within the error of measurement.",
        ("CT chest", "CT lung cancer screening"),
    ),
    Calculator(
        "recist",
        "Tumour response (RECIST 1.1)",
        "1.1",
        "Eisenhauer EA et al. New response evaluation criteria in solid tumours: revised RECIST"
        " guideline (version 1.1). Eur J Cancer 2009;45:228-247",
        (
            Input("baseline_mm", "Sum at baseline", unit="mm", least=1, most=3000),
            Input("nadir_mm", "Smallest sum so far", unit="mm", least=0, most=3000),
            Input("sum_mm", "Sum now", unit="mm", least=0, most=3000),
            Input("targets", "Target lesions", ("measurable", "all gone, nodes under 10 mm")),
            Input(
                "others",
                "Non-target lesions",
                ("none", "all gone", "persist", "unequivocal progression"),
            ),
            Input("new", "New lesions", ("no", "yes")),
        ),
        _response,
        "Sums of the longest diameters, short axes for nodes, of up to five lesions, two an organ.",
        ("CT chest", "CT abdomen"),
    ),
    Calculator(
        "gestational-age",
        "Gestational age from the crown-rump length",
        "1975",
        "Robinson HP, Fleming JEE. A critical evaluation of sonar crown-rump length measurements."
        " Br J Obstet Gynaecol 1975;82:702-710",
        (Input("crl_mm", "Crown-rump length", unit="mm", least=2, most=84),),
        _gestation,
        "",
        ("US pregnancy", "US obstetric"),
    ),
    Calculator(
        "bone-age",
        "Bone age",
        "entry",
        "The bone age and its standard deviation are the reader's own, from the atlas in use",
        (
            Input("months", "Chronological age", unit="months", least=1, most=240),
            Input("bone_months", "Bone age", unit="months", least=1, most=240),
            Input("sd_months", "Standard deviation", unit="months", least=1, most=36),
        ),
        _bone_age,
        "Within two standard deviations counts as normal.",
        ("DX bone age", "CR bone age", "DX left hand"),
    ),
)
