"""Each decision table against its publication: the cut-offs, on both sides, and the exceptions.

The expected classes are read from the source named with each list, not from our files.
"""

from __future__ import annotations

import pytest

from workstation.settings import resources
from workstation.workflow.calculators import all_calculators
from workstation.workflow.calculators.model import Answer

HELD = {each.name: each for each in all_calculators(resources() / "calculators")}
Case = tuple[dict[str, Answer], str, str]


def solid(mm: float, risk: str, number: str = "single") -> dict[str, Answer]:
    return {"type": "solid", "number": number, "mm": mm, "risk": risk}


def glass(mm: float, number: str = "single") -> dict[str, Answer]:
    return {"type": "ground-glass", "number": number, "mm": mm}


def part(mm: float, solid_mm: float, number: str = "single") -> dict[str, Answer]:
    return {"type": "part-solid", "number": number, "mm": mm, "solid_mm": solid_mm}


#: MacMahon 2017, table 1 and recommendations 1 to 5; sizes are rounded to the millimetre (p. 232).
FLEISCHNER: list[Case] = [
    (solid(5.4, "low"), "under 6 mm", "No routine follow-up."),
    (solid(5.4, "high"), "under 6 mm", "12 months is optional"),
    (solid(5.5, "low"), "6 to 8 mm", "CT at 6 to 12 months, then consider CT at 18 to 24"),
    (solid(6, "high"), "6 to 8 mm", "CT at 6 to 12 months, then CT at 18 to 24"),
    (solid(8.4, "high"), "6 to 8 mm", "CT at 6 to 12 months, then CT at 18 to 24"),
    (solid(8.5, "low"), "over 8 mm", "Consider CT at 3 months, PET/CT or tissue sampling."),
    (solid(30, "high"), "over 8 mm", "Consider CT at 3 months, PET/CT or tissue sampling."),
    (solid(5, "low", "multiple"), "under 6 mm", "No routine follow-up."),
    (solid(5, "high", "multiple"), "under 6 mm", "12 months is optional"),
    (solid(6, "low", "multiple"), "Multiple", "CT at 3 to 6 months, then consider CT at 18 to 24"),
    (solid(12, "high", "multiple"), "Multiple", "CT at 3 to 6 months, then at 18 to 24"),
    (glass(5.4), "under 6 mm", "No routine follow-up"),
    (glass(5.5), "6 mm or more", "CT at 6 to 12 months to confirm persistence, then CT every 2"),
    (glass(5, "multiple"), "under 6 mm", "CT at 3 to 6 months. If stable, consider CT at 2 and 4"),
    (glass(9, "multiple"), "6 mm or more", "by the most suspicious nodule"),
    (part(5.4, 3), "under 6 mm", "No routine follow-up"),
    (part(6, 5.4), "under 6 mm", "If unchanged, annual CT for 5 years."),
    (part(8, 5.5), "solid component 6 mm or more", "highly suspicious"),
    (part(5, 3, "multiple"), "Multiple subsolid, under 6 mm", "at 2 and 4 years"),
    (part(9, 7, "multiple"), "Multiple subsolid, 6 mm or more", "CT at 3 to 6 months"),
]  # fmt: skip

GROWING, STABLE = "growing, over 1.5 mm in 12 months", "stable or smaller"
SLOW, LARGER = "slow growth over several screens", "larger by 1.5 mm or less"


def lung(finding: str, history: str, mm: float, *, solid_mm: float = 1.0, former: str = "3",
         pleural: str = "no", suspicious: str = "no") -> dict[str, Answer]:  # fmt: skip
    return {"finding": finding, "history": history, "mm": mm, "solid_mm": solid_mm,
            "former": former, "pleural": pleural, "suspicious": suspicious}  # fmt: skip


def airway(site: str, history: str) -> dict[str, Answer]:
    return {"finding": "airway nodule", "airway": site, "airway_history": history,
            "suspicious": "no"}  # fmt: skip


def cyst(which: str) -> dict[str, Answer]:
    return {"finding": "cyst", "cyst": which, "suspicious": "no"}


#: ACR Lung-RADS v2022, the table of categories and its notes 2 to 12.
LUNG_RADS: list[Case] = [
    ({"finding": "prior CT being located"}, "0", "Comparison"),
    ({"finding": "lungs not fully evaluable"}, "0", ""),
    ({"finding": "possible infection or inflammation"}, "0", "1 to 3 months"),
    ({"finding": "no nodule"}, "1", "12 months"),
    ({"finding": "only benign nodules: calcified or with fat"}, "1", "12 months"),
    (lung("solid", "baseline", 9.9, pleural="yes"), "2", "12 months"),
    (lung("solid", "new", 9.9, pleural="yes"), "2", ""),
    (lung("solid", "baseline", 10, pleural="yes"), "4A", ""),
    (lung("solid", GROWING, 9, pleural="yes"), "4B", ""),
    (lung("solid", "baseline", 5.9), "2", ""),
    (lung("solid", "baseline", 5.94), "2", ""),
    #: note 6: the mean diameter to one decimal
    (lung("solid", "baseline", 5.95), "3", "6 months"),
    (lung("solid", "baseline", 7.95), "4A", ""),
    (lung("solid", "new", 3.95), "3", ""),
    (lung("part-solid", "baseline", 9, solid_mm=5.95), "4A", ""),
    (lung("solid", "baseline", 6), "3", "6 months"),
    (lung("solid", "baseline", 7.9), "3", ""),
    (lung("solid", "baseline", 8), "4A", "3 months"),
    (lung("solid", "baseline", 14.9), "4A", ""),
    (lung("solid", "baseline", 15), "4B", ""),
    (lung("solid", "new", 3.9), "2", ""),
    (lung("solid", "new", 4), "3", ""),
    (lung("solid", "new", 5.9), "3", ""),
    (lung("solid", "new", 6), "4A", ""),
    (lung("solid", "new", 8), "4B", ""),
    (lung("solid", GROWING, 5), "4A", ""),
    (lung("solid", GROWING, 8), "4B", ""),
    (lung("solid", SLOW, 5), "4B", ""),
    (lung("part-solid", SLOW, 5), "4B", ""),
    (lung("solid", LARGER, 6.2), "3", ""),
    (lung("solid", STABLE, 7, former="3"), "2", "12 months"),
    (lung("solid", STABLE, 9, former="4A"), "3", "6 months"),
    (lung("solid", STABLE, 16, former="4B or 4X, proven benign"), "2", ""),
    (lung("solid", STABLE, 16, former="4B or 4X, not proven benign"), "4B", ""),
    (lung("part-solid", "baseline", 5.9, solid_mm=5), "2", ""),
    (lung("part-solid", "baseline", 6, solid_mm=5.9), "3", ""),
    (lung("part-solid", "baseline", 9, solid_mm=6), "4A", ""),
    (lung("part-solid", "baseline", 9, solid_mm=8), "4B", ""),
    (lung("part-solid", "new", 5.9, solid_mm=3), "3", ""),
    (lung("part-solid", "new", 6, solid_mm=3.9), "4A", ""),
    (lung("part-solid", "new", 6, solid_mm=4), "4B", ""),
    (lung("part-solid", GROWING, 9, solid_mm=3.9), "4A", ""),
    (lung("part-solid", GROWING, 9, solid_mm=4), "4B", ""),
    (lung("ground-glass", "baseline", 29.9), "2", ""),
    (lung("ground-glass", GROWING, 29), "2", ""),
    (lung("ground-glass", "baseline", 30), "3", ""),
    (lung("ground-glass", "new", 30), "3", ""),
    (lung("ground-glass", SLOW, 31), "2", ""),
    (lung("ground-glass", STABLE, 31, former="3"), "2", ""),
    (airway("subsegmental", "new"), "2", ""),
    (airway("segmental or more proximal", "baseline"), "4A", ""),
    (airway("segmental or more proximal", "stable"), "4B", ""),
    (cyst("thick-walled, cystic part growing"), "3", ""),
    (cyst("thick-walled or multilocular at baseline"), "4A", ""),
    (cyst("has become multilocular"), "4A", ""),
    (cyst("wall, nodule or locules growing, or new opacity"), "4B", ""),
    (lung("solid", "baseline", 6, suspicious="yes"), "4X", ""),
    (lung("solid", "baseline", 16, suspicious="yes"), "4X", ""),
    (lung("solid", "baseline", 5, suspicious="yes"), "2", ""),
]  # fmt: skip


def thyroid(composition: str, cm: float, echo: str = "hyperechoic or isoechoic",
            shape: str = "wider than tall", margin: str = "smooth or ill-defined",
            foci: str = "none or large comet-tail") -> dict[str, Answer]:  # fmt: skip
    return {"composition": composition, "echogenicity": echo, "shape": shape, "margin": margin,
            "foci": foci, "cm": cm}  # fmt: skip


#: Tessler 2017, figure 1 and the size thresholds of figure 2.
TI_RADS: list[Case] = [
    (thyroid("cystic", 4, "anechoic"), "TR1", "No fine-needle"),
    ({"composition": "spongiform", "cm": 4}, "TR1", "No fine-needle"),
    (thyroid("mixed cystic and solid", 4), "TR2", "No fine-needle"),
    (thyroid("solid", 1.4), "TR3", "No follow-up"),
    (thyroid("solid", 1.5), "TR3", "1, 3 and 5 years"),
    (thyroid("solid", 2.4), "TR3", "1, 3 and 5 years"),
    (thyroid("solid", 2.5), "TR3", "Fine-needle aspiration."),
    (thyroid("solid", 0.9, "hypoechoic"), "TR4", "No follow-up"),
    (thyroid("solid", 1.0, "hypoechoic"), "TR4", "1, 2, 3 and 5 years"),
    (thyroid("solid", 1.5, "hypoechoic"), "TR4", "Fine-needle aspiration."),
    (thyroid("solid", 1.5, foci="punctate foci"), "TR4", "Fine-needle aspiration."),
    (thyroid("solid", 0.4, "very hypoechoic", margin="lobulated or irregular"), "TR5", "No foll"),
    (thyroid("solid", 0.5, "hypoechoic", shape="taller than wide"), "TR5", "every year for 5"),
    (thyroid("solid", 1.0, "hypoechoic", foci="punctate foci"), "TR5", "Fine-needle aspiration."),
    (thyroid("cannot be determined", 1.6, "cannot be determined"), "TR3", "1, 3 and 5"),
]  # fmt: skip


def prostate(zone: str, dwi: str = "", t2: str = "", dce: str = "negative") -> dict[str, Answer]:
    held: dict[str, Answer] = {"zone": zone, "dce": dce, "dce_alone": dce, "t2": t2}
    held |= {"dwi": dwi} if dwi else {}
    return held | {"t2_alone": t2, "adequate": "adequate" if dwi else "missing or inadequate"}


#: PI-RADS v2.1, the assessment tables, with and without adequate DWI and DCE.
PI_RADS: list[Case] = [
    *((prostate("peripheral", n), n, "") for n in ("1", "2", "3", "4", "5")),
    (prostate("peripheral", "3", dce="positive"), "4", ""),
    (prostate("peripheral", "2", dce="positive"), "2", ""),
    (prostate("peripheral", "3", dce="missing or inadequate"), "3", ""),
    (prostate("peripheral", t2="3", dce="positive"), "4", ""),
    (prostate("peripheral", t2="3"), "3", ""),
    (prostate("peripheral", t2="5"), "5", ""),
    *((prostate("transition", "3", n), n, "") for n in ("1", "2", "3", "4", "5")),
    (prostate("transition", "5", "1"), "1", ""),
    (prostate("transition", "4", "2"), "3", ""),
    (prostate("transition", "5", "2"), "3", ""),
    (prostate("transition", "4", "3"), "3", ""),
    (prostate("transition", "5", "3"), "4", ""),
    (prostate("transition", t2="2"), "2", ""),
]  # fmt: skip


def liver(aphe: str, mm: float, *features: str, ancillary: str = "none") -> dict[str, Answer]:
    held = {name: "yes" if name in features else "no" for name in ("washout", "capsule", "growth")}
    return {"kind": "none of the following", "aphe": aphe, "mm": mm, "ancillary": ancillary} | held


#: CT/MRI LI-RADS v2018 Core, the diagnostic table and the rule of ancillary features.
LI_RADS: list[Case] = [
    ({"kind": "tumour in vein"}, "LR-TIV", ""),
    ({"kind": "targetoid, or other feature of LR-M"}, "LR-M", ""),
    ({"kind": "cannot be categorised: image omitted or degraded"}, "LR-NC", "3 months"),
    (liver("no", 19), "LR-3", ""),
    (liver("no", 19, "washout"), "LR-3", ""),
    (liver("no", 19, "washout", "capsule"), "LR-4", ""),
    (liver("no", 20), "LR-3", ""),
    (liver("no", 20, "growth"), "LR-4", ""),
    (liver("no", 40, "washout", "capsule", "growth"), "LR-4", ""),
    (liver("yes", 9), "LR-3", ""),
    (liver("yes", 9, "washout"), "LR-4", ""),
    (liver("yes", 9, "washout", "capsule"), "LR-4", ""),
    (liver("yes", 10), "LR-3", ""),
    (liver("yes", 19, "capsule"), "LR-4", ""),
    (liver("yes", 10, "washout"), "LR-5", ""),
    (liver("yes", 10, "growth"), "LR-5", ""),
    (liver("yes", 19, "capsule", "growth"), "LR-5", ""),
    (liver("yes", 20), "LR-4", ""),
    (liver("yes", 20, "capsule"), "LR-5", ""),
    (liver("yes", 12, ancillary="favour malignancy"), "LR-4", ""),
    (liver("yes", 25, ancillary="favour malignancy"), "LR-4", ""),
    (liver("yes", 25, "washout", ancillary="favour malignancy"), "LR-5", ""),
    (liver("yes", 25, "washout", ancillary="favour benignity"), "LR-4", ""),
    (liver("no", 12, ancillary="favour benignity"), "LR-2", ""),
    (liver("yes", 12, ancillary="both kinds"), "LR-3", ""),
]  # fmt: skip

WATER = "simple fluid, with contrast given"


def kidney(wall: str = "thin, up to 2 mm", septa: str = "none", content: str = WATER,
           nodule: str = "none") -> dict[str, Answer]:  # fmt: skip
    return {"nodule": nodule, "wall": wall, "septa": septa, "content": content}


#: Silverman 2019, table 1.
BOSNIAK: list[Case] = [
    (kidney(), "I", "no follow-up"),
    (kidney(septa="1 to 3"), "II", "no follow-up"),
    # -9 to 20 HU on CT without contrast alone is the fourth kind of class II, not class I.
    (kidney(content="simple fluid without contrast, or other of class II"), "II", ""),
    (kidney(septa="4 or more"), "IIF", "6 and 12 months"),
    (kidney(wall="smooth, 3 mm, enhancing"), "IIF", ""),
    (kidney(content="heterogeneously bright on fat-saturated T1"), "IIF", ""),
    (kidney(wall="thick, 4 mm or more, enhancing"), "III", "urology"),
    (kidney(wall="irregular, obtuse protrusions up to 3 mm, enhancing"), "III", ""),
    (kidney(nodule="4 mm or more, obtuse margins"), "IV", "urology"),
    (kidney(nodule="any size, acute margins"), "IV", ""),
]  # fmt: skip

BRAIN = {"side": "left"} | dict.fromkeys(
    ("c", "l", "ic", "i", "m1", "m2", "m3", "m4", "m5", "m6"), "normal"
)
OTHER: list[tuple[str, dict[str, Answer], str, str]] = [
    ("bi-rads", {"assessment": "3 probably benign"}, "BI-RADS 3", "6 months"),
    ("bi-rads", {"assessment": "4B moderate suspicion"}, "BI-RADS 4B", "Tissue diagnosis."),
    ("bi-rads", {"assessment": "4 suspicious, not subdivided"}, "BI-RADS 4", "Tissue diagnosis."),
    ("aspects", BRAIN, "ASPECTS 10", ""),
    ("aspects", BRAIN | {"i": "affected", "m2": "affected", "m5": "affected"}, "ASPECTS 7", ""),
    ("aspects", BRAIN | dict.fromkeys(list(BRAIN)[1:], "affected"), "ASPECTS 0", ""),
    ("agatston", {"score": 0}, "No calcified plaque (0)", ""),
    ("agatston", {"score": 0.4}, "Minimal calcified plaque (up to 10)", ""),
    ("agatston", {"score": 10}, "Minimal calcified plaque (up to 10)", ""),
    ("agatston", {"score": 11}, "Mild calcified plaque (over 10, up to 100)", ""),
    ("agatston", {"score": 100}, "Mild calcified plaque (over 10, up to 100)", ""),
    ("agatston", {"score": 101}, "Moderate calcified plaque (over 100, up to 400)", ""),
    ("agatston", {"score": 401}, "Extensive calcified plaque (over 400)", ""),
    ("bone-age", {"months": 120, "bone_months": 144, "sd_months": 11}, "Bone age advanced", ""),
    ("bone-age", {"months": 120, "bone_months": 142, "sd_months": 11}, "Bone age normal", ""),
    ("bone-age", {"months": 120, "bone_months": 97, "sd_months": 11}, "Bone age delayed", ""),
]  # fmt: skip

CASES = [
    *(("fleischner", *case) for case in FLEISCHNER),
    *(("lung-rads", held, f"Lung-RADS {result}", advice) for held, result, advice in LUNG_RADS),
    *(("ti-rads", *case) for case in TI_RADS),
    *(("pi-rads", answers, f"PI-RADS {result}", advice) for answers, result, advice in PI_RADS),
    *(("li-rads", *case) for case in LI_RADS),
    *(("bosniak", answers, f"Bosniak {result}", advice) for answers, result, advice in BOSNIAK),
    *OTHER,
]  # fmt: skip


@pytest.mark.parametrize(("name", "answers", "result", "advice"), CASES)
def test_the_published_table_is_followed(
    name: str, answers: dict[str, Answer], result: str, advice: str
) -> None:
    outcome = HELD[name].outcome(answers)
    if name in ("fleischner", "ti-rads"):
        assert result in outcome.result
    else:
        assert outcome.result == result
    assert advice in outcome.advice


@pytest.mark.parametrize(
    "answers",
    [
        lung("ground-glass", GROWING, 31),
        airway("subsegmental", "growing"),
        cyst("thin-walled, unilocular"),
    ],
)
def test_what_the_table_does_not_name_gets_no_category(answers: dict[str, Answer]) -> None:
    assert HELD["lung-rads"].outcome(answers).result == "No category in Lung-RADS 2022"
