"""How long things of a body are: outside of it, a unit or a point is wrong.

Those of a pregnancy go past the charts that readers use (ISUOG Practice Guidelines 2019, fetal
biometry; Hadlock 1984: at 40 weeks BPD 95, HC 346, AC 354, FL 77 mm; CRL is read up to 84 mm).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """How long a thing can be, in mm; a size outside is a slip of the unit or of a digit."""

    name: str
    pattern: re.Pattern[str]
    least: float
    most: float
    #: written behind its size: "8 mm of midline shift"
    behind: bool = False
    #: a finding with a size of its own: the organ before it is not what is measured
    owns: bool = False


#: Wide on purpose: rare anatomy and disease stay inside, a lost decimal point or a wrong unit not.
SPANS: tuple[Span, ...] = (
    Span("nodule", _words(r"(?:micro)?nodules?"), 0.5, 60.0),
    Span("kidney", _words(r"kidneys?|RK|LK"), 30.0, 350.0),
    Span("aorta", _words(r"aorta|aortic (?:root|arch|diameter|aneurysm)"), 8.0, 150.0),
    Span("spleen", _words(r"spleen"), 35.0, 400.0),
    Span(
        "liver",
        _words(r"liver (?:span|length|craniocaudal)|liver measures|liver(?= [0-9.]+ ?[cm]m)"),
        60.0,
        350.0,
    ),
    Span("common bile duct", _words(r"common bile duct|cbd|common duct"), 1.0, 50.0),
    Span("appendix", _words(r"appendix"), 2.0, 60.0),
    Span("endometrium", _words(r"endometri(?:um|al thickness|al stripe)"), 0.5, 60.0),
    Span("gallbladder wall", _words(r"gall ?bladder wall(?: thick\w+)?"), 0.5, 25.0),
    Span("lymph node", _words(r"(?:lymph )?nodes?"), 1.0, 120.0),
    Span("main pulmonary artery", _words(r"(?:main )?pulmonary artery|pulmonary trunk"), 8.0, 90.0),
    Span("midline shift", _words(r"midline shift"), 0.5, 40.0, behind=True),
    Span("prostate", _words(r"prostate"), 10.0, 150.0),
    Span("uterus", _words(r"uterus"), 15.0, 350.0),
    Span("ovary", _words(r"ovar(?:y|ies)"), 5.0, 300.0),
    Span("testis", _words(r"test(?:is|es|icle)"), 5.0, 150.0),
    Span(
        "disc",
        _words(r"(?:disc|disk) (?:herniation|bulge)|(?<!acetabular )(?:pro|ex)trusion"),
        0.5,
        40.0,
    ),
    #: from the carina, or the width of the tube itself
    Span("an endotracheal tube", _words(r"(?:endotracheal|tracheal) tube|ETT"), 1.0, 200.0),
    Span("portal vein", _words(r"portal vein"), 3.0, 40.0),
    Span("pancreatic duct", _words(r"pancreatic duct"), 0.5, 30.0),
    Span("bowel wall", _words(r"(?:bowel|colonic|sigmoid|gastric) wall"), 0.5, 60.0),
    Span("bowel", _words(r"bowel loops?|bowel diameter"), 5.0, 200.0),
    Span("calculus", _words(r"calcul(?:us|i)|(?:gall)?stones?"), 0.3, 130.0, owns=True),
    Span("cyst", _words(r"cysts?"), 0.5, 500.0, owns=True),
    Span("fibroid", _words(r"fibroids?|leiomyomas?"), 1.0, 400.0, owns=True),
    Span("aneurysm", _words(r"aneurysms?|AAA"), 0.5, 200.0, owns=True),
    Span("microadenoma", _words(r"micro-?adenomas?"), 0.5, 10.0, owns=True),
    Span("macroadenoma", _words(r"macro-?adenomas?"), 9.5, 150.0, owns=True),
    Span("polyp", _words(r"polyps?"), 0.5, 150.0, owns=True),
    Span("plaque", _words(r"plaques?"), 0.3, 80.0, owns=True),
    Span("carotid intima and media", _words(r"intima[- ]media(?: thickness)?|C?IMT"), 0.2, 6.0),
    Span("lobe", _words(r"(?:right|left|thyroid) lobe"), 5.0, 350.0),
    Span("isthmus", _words(r"isthmus"), 0.3, 35.0),
    Span("third ventricle", _words(r"third ventricle"), 0.5, 40.0),
    Span(
        "renal cortex",
        _words(r"(?:renal )?cort(?:ex|ical thickness)|parenchymal thickness"),
        0.5,
        60.0,
    ),
    Span(
        "spinal canal",
        _words(r"(?:spinal |central |AP )?canal(?: diameter)?|thecal sac"),
        1.0,
        60.0,
    ),
    Span("cerebellar tonsils", _words(r"tonsillar (?:descent|ectopia|herniation)"), 0.5, 60.0),
    Span("optic nerve sheath", _words(r"optic nerve sheaths?"), 1.0, 15.0),
    Span("pituitary gland", _words(r"pituitary(?: gland)?(?: height)?"), 1.0, 100.0),
    Span("bladder wall", _words(r"bladder wall(?: thick\w+)?"), 0.5, 50.0),
    Span("inferior vena cava", _words(r"IVC|inferior vena cava"), 1.0, 80.0),
    Span("left atrium", _words(r"left atri(?:um|al diameter)"), 10.0, 150.0),
    Span("ventricular wall", _words(r"(?:interventricular )?septum|ventricular wall"), 1.0, 60.0),
    Span("tendon", _words(r"tendons?"), 0.3, 400.0),
    Span("crown-rump length", _words(r"CRL|crown[- ]rump(?: length)?"), 0.5, 100.0, owns=True),
    Span("biparietal diameter", _words(r"BPD|biparietal(?: diameter)?"), 8.0, 130.0, owns=True),
    Span("head circumference", _words(r"HC|head circumference"), 30.0, 450.0, owns=True),
    Span("abdominal circumference", _words(r"abdominal circumference"), 30.0, 480.0, owns=True),
    Span("femur length", _words(r"FL|femur length|femoral length"), 2.0, 100.0, owns=True),
    Span("nuchal translucency", _words(r"NT|nuchal translucency"), 0.3, 25.0, owns=True),
    Span(
        "gestational sac", _words(r"gestational sac|MSD|mean sac diameter"), 1.0, 200.0, owns=True
    ),
    Span("yolk sac", _words(r"yolk sac"), 0.5, 20.0, owns=True),
    Span("cervical length", _words(r"cervical length"), 0.5, 90.0, owns=True),
    Span(
        "amniotic fluid",
        _words(r"AFI|amniotic fluid index|deepest (?:vertical )?pool"),
        1.0,
        600.0,
        owns=True,
    ),
    Span("a limb", _words(r"legs?|(?:lower|upper) limbs?"), 0.1, 1300.0),
)
#: Of anything in a body.
ANY_SPAN = Span("a finding", re.compile(""), 0.1, 600.0)
