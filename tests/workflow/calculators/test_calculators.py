"""Calculators against the published tables and formulas that they name."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.settings import resources
from workstation.workflow.calculators import all_calculators
from workstation.workflow.calculators.arithmetic import gestational_days, volume_doubling_days
from workstation.workflow.calculators.model import Answer, AnswerRefused, Calculator

HELD = {each.name: each for each in all_calculators(resources() / "calculators")}

SOLID = {"type": "solid", "number": "single"}
PURE = {"type": "ground-glass", "number": "single"}
PART = {"type": "part-solid", "number": "single"}
TR = {"echogenicity": "hypoechoic", "shape": "wider than tall", "margin": "smooth or ill-defined",
      "foci": "none or large comet-tail"}  # fmt: skip
ASPECTS = dict.fromkeys(("c", "l", "ic", "i", "m1", "m2", "m3", "m4", "m5", "m6"), "normal")
LI = {"washout": "no", "capsule": "no", "growth": "no"}
CYST = {"nodule": "none", "wall": "thin, up to 2 mm", "septa": "none",
        "content": "simple fluid, -9 to 20 HU"}  # fmt: skip
RECIST = {"baseline_mm": 100.0, "nadir_mm": 50.0, "targets": "measurable", "others": "persist",
          "new": "no"}  # fmt: skip

CASES: list[tuple[str, dict[str, Answer], str, str]] = [
    ("fleischner", SOLID | {"mm": 5, "risk": "low"}, "", "No routine follow-up."),
    ("fleischner", SOLID | {"mm": 5, "risk": "high"}, "", "Optional CT at 12 months."),
    ("fleischner", SOLID | {"mm": 6, "risk": "low"}, "", "then consider CT at 18 to 24"),
    ("fleischner", SOLID | {"mm": 8, "risk": "high"}, "", "CT at 6 to 12 months, then CT at 18"),
    ("fleischner", SOLID | {"mm": 9, "risk": "low"}, "", "PET/CT or tissue sampling"),
    ("fleischner", {"type": "solid", "number": "multiple", "mm": 9, "risk": "low"}, "",
     "CT at 3 to 6 months, then consider"),
    ("fleischner", PURE | {"mm": 5}, "", "No routine follow-up."),
    ("fleischner", PURE | {"mm": 6}, "", "every 2 years until 5 years"),
    ("fleischner", PART | {"mm": 8, "solid_mm": 3}, "", "annual CT for 5 years"),
    ("fleischner", PART | {"mm": 8, "solid_mm": 6}, "", "highly suspicious"),
    ("fleischner", {"type": "ground-glass", "number": "multiple", "mm": 4}, "", "at 2 and 4 years"),
    ("lung-rads", {"type": "none"}, "Lung-RADS 1", "12 months"),
    ("lung-rads", {"type": "solid", "when": "baseline", "mm": 5.9, "suspicious": "no"},
     "Lung-RADS 2", ""),
    ("lung-rads", {"type": "solid", "when": "baseline", "mm": 6, "suspicious": "no"},
     "Lung-RADS 3", "6 months"),
    ("lung-rads", {"type": "solid", "when": "baseline", "mm": 8, "suspicious": "no"},
     "Lung-RADS 4A", "3 months"),
    ("lung-rads", {"type": "solid", "when": "baseline", "mm": 15, "suspicious": "no"},
     "Lung-RADS 4B", ""),
    ("lung-rads", {"type": "solid", "when": "new", "mm": 4, "suspicious": "no"}, "Lung-RADS 3", ""),
    ("lung-rads", {"type": "solid", "when": "new", "mm": 8, "suspicious": "no"},
     "Lung-RADS 4B", ""),
    ("lung-rads", {"type": "solid", "when": "growing", "mm": 7, "suspicious": "no"},
     "Lung-RADS 4A", ""),
    ("lung-rads", {"type": "solid", "when": "baseline", "mm": 10, "suspicious": "yes"},
     "Lung-RADS 4X", ""),
    ("lung-rads", {"type": "part-solid", "when": "baseline", "mm": 9, "solid_mm": 5,
                   "suspicious": "no"}, "Lung-RADS 3", ""),
    ("lung-rads", {"type": "part-solid", "when": "growing", "mm": 9, "solid_mm": 4,
                   "suspicious": "no"}, "Lung-RADS 4B", ""),
    ("lung-rads", {"type": "ground-glass", "when": "baseline", "mm": 29, "suspicious": "no"},
     "Lung-RADS 2", ""),
    ("lung-rads", {"type": "ground-glass", "when": "new", "mm": 30, "suspicious": "no"},
     "Lung-RADS 3", ""),
    ("ti-rads", {"composition": "spongiform", "cm": 3}, "TR1", "No fine-needle"),
    ("ti-rads", TR | {"composition": "solid", "cm": 1.5}, "TR4", "Fine-needle aspiration."),
    ("ti-rads", TR | {"composition": "solid", "cm": 1.4}, "TR4", "1, 2, 3 and 5 years"),
    ("ti-rads", TR | {"composition": "mixed cystic and solid", "cm": 2.4}, "TR3", "1, 3 and 5"),
    ("ti-rads", TR | {"composition": "solid", "foci": "punctate foci", "cm": 1.0}, "TR5",
     "Fine-needle aspiration."),
    ("ti-rads", TR | {"composition": "solid", "shape": "taller than wide", "cm": 0.4}, "TR5",
     "No follow-up"),
    ("bi-rads", {"assessment": "4B moderate suspicion"}, "BI-RADS 4B", "Tissue diagnosis."),
    ("pi-rads", {"zone": "peripheral", "dwi": "3", "dce": "negative"}, "PI-RADS 3", ""),
    ("pi-rads", {"zone": "peripheral", "dwi": "3", "dce": "positive"}, "PI-RADS 4", ""),
    ("pi-rads", {"zone": "peripheral", "dwi": "5"}, "PI-RADS 5", ""),
    ("pi-rads", {"zone": "transition", "t2": "2", "dwi": "3"}, "PI-RADS 2", ""),
    ("pi-rads", {"zone": "transition", "t2": "2", "dwi": "4"}, "PI-RADS 3", ""),
    ("pi-rads", {"zone": "transition", "t2": "3", "dwi": "4"}, "PI-RADS 3", ""),
    ("pi-rads", {"zone": "transition", "t2": "3", "dwi": "5"}, "PI-RADS 4", ""),
    ("li-rads", LI | {"aphe": "no", "mm": 19}, "LR-3", ""),
    ("li-rads", LI | {"aphe": "no", "mm": 20, "washout": "yes"}, "LR-4", ""),
    ("li-rads", LI | {"aphe": "yes", "mm": 9, "washout": "yes"}, "LR-4", ""),
    ("li-rads", LI | {"aphe": "yes", "mm": 12, "washout": "yes"}, "LR-5", ""),
    ("li-rads", LI | {"aphe": "yes", "mm": 12, "capsule": "yes"}, "LR-4", ""),
    ("li-rads", LI | {"aphe": "yes", "mm": 12}, "LR-3", ""),
    ("li-rads", LI | {"aphe": "yes", "mm": 25}, "LR-4", ""),
    ("li-rads", LI | {"aphe": "yes", "mm": 25, "capsule": "yes"}, "LR-5", ""),
    ("bosniak", CYST, "Bosniak I", ""),
    ("bosniak", CYST | {"septa": "1 to 3"}, "Bosniak II", ""),
    ("bosniak", CYST | {"septa": "4 or more"}, "Bosniak IIF", ""),
    ("bosniak", CYST | {"wall": "minimally thickened, 3 mm"}, "Bosniak IIF", ""),
    ("bosniak", CYST | {"wall": "thick, 4 mm or more"}, "Bosniak III", ""),
    ("bosniak", {"nodule": "any size, acute margins"}, "Bosniak IV", ""),
    ("aspects", ASPECTS, "ASPECTS 10", ""),
    ("aspects", ASPECTS | {"i": "affected", "m2": "affected", "m5": "affected"}, "ASPECTS 7", ""),
    ("aspects", dict.fromkeys(ASPECTS, "affected"), "ASPECTS 0", ""),
    ("agatston", {"score": 0}, "No calcified plaque", ""),
    ("agatston", {"score": 100}, "Mild", ""),
    ("agatston", {"score": 401}, "Extensive", ""),
    ("recist", RECIST | {"sum_mm": 60}, "Progressive", ""),
    ("recist", RECIST | {"sum_mm": 59}, "Partial response", ""),
    ("recist", RECIST | {"nadir_mm": 20, "sum_mm": 24}, "Partial response", ""),
    ("recist", RECIST | {"nadir_mm": 90, "sum_mm": 90}, "Stable", ""),
    ("recist", RECIST | {"sum_mm": 40, "new": "yes"}, "Progressive", ""),
    ("recist", RECIST | {"nadir_mm": 0, "sum_mm": 0, "targets": "all gone, nodes under 10 mm",
                         "others": "all gone"}, "Complete", ""),
    ("recist", RECIST | {"nadir_mm": 0, "sum_mm": 0, "targets": "all gone, nodes under 10 mm"},
     "Partial", ""),
    ("bone-age", {"months": 120, "bone_months": 144, "sd_months": 11}, "Bone age advanced", ""),
    ("bone-age", {"months": 120, "bone_months": 125, "sd_months": 11}, "Bone age normal", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answers", "result", "advice"), CASES)
def test_the_published_table_is_followed(
    name: str, answers: dict[str, Answer], result: str, advice: str
) -> None:
    outcome = HELD[name].outcome(answers)
    assert outcome.result.startswith(result)
    # “Bosniak I” begins “Bosniak II” too.
    assert not result.startswith("Bosniak") or outcome.result == result
    assert advice in outcome.advice


def test_every_calculator_names_its_version_and_its_source() -> None:
    assert set(HELD) >= {
        "fleischner", "lung-rads", "ti-rads", "bi-rads", "pi-rads", "li-rads", "bosniak", "recist",
        "doubling-time", "aspects", "agatston", "bone-age", "gestational-age",
    }  # fmt: skip
    for each in HELD.values():
        assert each.version
        assert len(each.source) > 40


PARTS = (0, 0.02, 0.1, 0.5, 1)


def answers_of(calculator: Calculator) -> Iterator[dict[str, Answer]]:
    """Every combination of options, each number at a few values."""
    values = [
        each.options
        or tuple(each.least + part * (each.most - each.least) for part in (0, 0.02, 0.1, 0.5, 1))
        for each in calculator.inputs
    ]
    for combination in itertools.islice(itertools.product(*values), 20_000):
        yield {each.key: value for each, value in zip(calculator.inputs, combination, strict=True)}


@pytest.mark.parametrize("name", [name for name in HELD if name != "recist"])
def test_whatever_is_answered_a_rule_decides(name: str) -> None:
    calculator = HELD[name]
    for answers in answers_of(calculator):
        outcome = calculator.outcome(answers)
        assert outcome.result
        assert calculator.version in calculator.text(answers)


def test_a_missing_or_impossible_answer_is_refused_by_its_name() -> None:
    with pytest.raises(AnswerRefused, match="Mean diameter is missing"):
        HELD["fleischner"].outcome(SOLID | {"risk": "low"})
    with pytest.raises(AnswerRefused, match="not between"):
        HELD["fleischner"].outcome(SOLID | {"mm": 700, "risk": "low"})
    with pytest.raises(AnswerRefused, match="not a number"):
        HELD["fleischner"].outcome(SOLID | {"mm": "big", "risk": "low"})
    with pytest.raises(AnswerRefused, match="not one of"):
        HELD["fleischner"].outcome(SOLID | {"mm": 7, "risk": "middling"})
    with pytest.raises(AnswerRefused, match="smallest sum"):
        HELD["recist"].outcome(RECIST | {"nadir_mm": 120.0, "sum_mm": 90})


def test_a_question_that_does_not_arise_is_not_asked() -> None:
    asked = [each.key for each in HELD["ti-rads"].asked({"composition": "spongiform"})]
    assert asked == ["composition", "cm"]
    asked = [each.key for each in HELD["fleischner"].asked({"type": "ground-glass"})]
    assert asked == ["type", "number", "mm"]


def test_the_sentence_tells_what_was_put_in_the_result_and_the_source() -> None:
    text = HELD["ti-rads"].text(TR | {"composition": "solid", "cm": "1,2"})
    assert text.startswith("TR4, moderately suspicious (4 points): composition solid")
    assert "largest diameter 1.2 cm" in text
    assert "2017" in text


@given(st.floats(2, 200), st.floats(1.05, 3), st.floats(10, 900))
def test_the_volume_doubles_in_the_doubling_time(first: float, factor: float, days: float) -> None:
    found = volume_doubling_days(first, first * factor, days)
    assert math.isclose((factor**3), 2 ** (days / found), rel_tol=1e-9)


@pytest.mark.parametrize(("crl", "weeks", "days"), [(10, 7, 0), (45, 11, 2), (84, 14, 1)])
def test_the_gestational_age_is_that_of_the_dating_charts(
    crl: float, weeks: int, days: int
) -> None:
    """Charts after Robinson and Fleming: 10 mm is 7+0, 45 mm 11+2, 84 mm 14+1 or 14+0."""
    assert abs(round(gestational_days(crl)) - (7 * weeks + days)) <= 1
