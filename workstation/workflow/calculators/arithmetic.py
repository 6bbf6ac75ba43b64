"""Calculators that compute: growth, gestational age, bone age."""

from __future__ import annotations

import math

from workstation.workflow.calculators.model import Answers, Calculator, Input, Outcome


def _number(answers: Answers, key: str) -> float:
    return float(answers[key])


def volume_doubling_days(first_mm: float, second_mm: float, days: float) -> float:
    """Volume doubling time in days of a sphere that grew from one diameter to another.

    VDT = t ln 2 / ln(V2/V1), with V2/V1 = (d2/d1)³ (Schwartz M. Cancer 1961;14:1272-1294; read in
    three calculators of others that cite it, one with a worked example, not in the paper).
    Negative where it shrank; ValueError where it stayed the same or a number is not above zero.
    """
    if min(first_mm, second_mm, days) <= 0 or first_mm == second_mm:
        raise ValueError("two different diameters and a time above zero")
    return days * math.log(2.0) / (3.0 * math.log(second_mm / first_mm))


#: A change of the diameter up to this is within the error of measurement (Lung-RADS 2022).
_ERROR_MM = 1.5


def _doubling(answers: Answers) -> Outcome:
    days = _number(answers, "days")
    by_volume = answers["measured"] == "volume"
    if by_volume:
        # The diameters of spheres of these volumes: the formula then gives ln(V2/V1).
        first, second = (
            math.cbrt(6.0 * _number(answers, key) / math.pi) for key in ("first_mm3", "second_mm3")
        )
    else:
        first, second = _number(answers, "first_mm"), _number(answers, "second_mm")
    if first == second:
        return Outcome("No change of the size, no doubling time")
    found = volume_doubling_days(first, second, days)
    change = 100.0 * ((second / first) ** 3 - 1.0)
    doubt = ""
    if not by_volume and abs(second - first) <= _ERROR_MM:
        doubt = f"The change of {abs(second - first):.1f} mm is within the error of measurement."
    if found < 0:
        return Outcome(f"Smaller: volume changed by {change:.0f} %".replace("-", "−"), doubt)
    reason = f"volume +{change:.0f} %"
    return Outcome(f"Volume doubling time {found:.0f} days", doubt, reason)


def gestational_days_of_head(circumference_mm: float) -> float:
    """Gestational age in days from the head circumference.

    Weeks = 8.96 + 0.540 HC + 0.0003 HC³ with HC in cm (Hadlock FP et al. Radiology
    1984;152:497-501; of the paper its abstract was read, made from fetuses of 14 to 42 weeks, and
    the formula in five programs of others).
    """
    hc = circumference_mm / 10.0
    return 7.0 * (8.96 + 0.540 * hc + 0.0003 * hc**3)


def gestational_days(crown_rump_mm: float) -> float:
    """Gestational age in days from the crown-rump length.

    8.052 (1.037 CRL)^½ + 23.73. The curve is that of Robinson HP, Fleming JEE (Br J Obstet Gynaecol
    1975;82:702-710: 8.052 CRL^½ + 23.73, 6 to 14 weeks, read in a collection of algorithms). The
    factor is that of dating charts in use, of BMUS among them (Loughna P et al. Ultrasound
    2009;17:161-167, of which the first page was read); it was read in eight programs of others, and
    makes up to 1.4 days more.
    """
    return 8.052 * math.sqrt(1.037 * crown_rump_mm) + 23.73


def _gestation(answers: Answers) -> Outcome:
    if answers["by"] == "crown-rump length":
        days = round(gestational_days(_number(answers, "crl_mm")))
    else:
        days = round(gestational_days_of_head(_number(answers, "hc_mm")))
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
            Input("measured", "Measured", ("diameter", "volume")),
            Input(
                "first_mm",
                "Earlier diameter",
                unit="mm",
                least=1,
                most=300,
                only={"measured": ("diameter",)},
            ),
            Input(
                "second_mm",
                "Later diameter",
                unit="mm",
                least=1,
                most=300,
                only={"measured": ("diameter",)},
            ),
            Input(
                "first_mm3",
                "Earlier volume",
                unit="mm³",
                least=1,
                most=1e7,
                only={"measured": ("volume",)},
            ),
            Input(
                "second_mm3",
                "Later volume",
                unit="mm³",
                least=1,
                most=1e7,
                only={"measured": ("volume",)},
            ),
            Input("days", "Days between", unit="days", least=1, most=10000),
        ),
        _doubling,
        "Diameters stand for a sphere; a change up to 1.5 mm is within the error of measurement.",
        ("CT chest", "CT lung cancer screening"),
    ),
    Calculator(
        "gestational-age",
        "Gestational age",
        "1975 and 1984",
        "Crown-rump length: Robinson HP, Fleming JEE. Br J Obstet Gynaecol 1975;82:702-710, with"
        " the factor 1.037 of the dating charts of BMUS (Loughna P et al. Ultrasound"
        " 2009;17:161-167)."
        " Head circumference: Hadlock FP et al. Radiology 1984;152:497-501",
        (
            Input("by", "Measured", ("crown-rump length", "head circumference")),
            Input(
                "crl_mm",
                "Crown-rump length",
                unit="mm",
                least=5,
                most=84,
                only={"by": ("crown-rump length",)},
            ),
            Input(
                "hc_mm",
                "Head circumference",
                unit="mm",
                least=90,
                most=358,
                only={"by": ("head circumference",)},
            ),
        ),
        _gestation,
        "The crown-rump length up to 84 mm, the head circumference beyond. A pregnancy that was"
        " dated early is not dated anew.",
        ("US pregnancy", "US obstetric"),
    ),
    Calculator(
        "bone-age",
        "Bone age",
        "as entered",
        "The bone age and its standard deviation are the reader's own, from the atlas in use",
        # That two standard deviations are the bounds stands in no text that was found to read.
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
