"""Shorthand of reports, written out before a check reads them.

What a report means by R, LK, SDH or w/o is the same for every check, so it is said once, here, and
the lexicon knows full words only. The entries are those of lists for readers of reports
(wikiradiography.net "Medical Abbreviations"; pressbooks.pub "Undergraduate Diagnostic Imaging
Fundamentals", abbreviations; Fleischner Society glossary, Radiology 2024;310:e232558, for the
chest), left out where a report uses one shorthand for two things (PE with a pericardial effusion,
MI, AS, RA).
"""

from __future__ import annotations

import re
from functools import lru_cache

#: A lone letter is a side where it stands as a word: not in "L4", "L-spine", "4 L", "R2*", "L/min".
_LONE = r"(?<![\w.'/*+-])(?<![0-9] ){}(?![\w*'+-]|/[A-Za-z]|\.[0-9]|\s?[0-9]| spine\b)"
#: RT is radiotherapy behind or before these.
_RADIOTHERAPY = re.compile(
    r"(?:\b(?:post|after|adjuvant|palliative|prior|previous|chemo|pelvic|mantle)[- ]?(?:/)?)RT\b"
    r"|\bRT (?:changes?|fields?|planning|dose|fibrosis)\b"
)

#: Written in capitals or small letters exactly as here.
_EXACT: tuple[tuple[str, str], ...] = (
    (_LONE.format("R"), "right"),
    (_LONE.format("L"), "left"),
    (r"(?<![\w/-])(?:Rt\.?|RT|rt)(?![\w/-])", "right"),
    (r"(?<![\w/-])(?:Lt\.?|LT|lt)(?![\w/-])", "left"),
    (r"\bRK\b", "right kidney"),
    (r"\bLK\b", "left kidney"),
    (r"\bR(?=(?:ICA|CCA|ECA|MCA|ACA|PCA|VA|SFA|GSV|CFV|IJV|SCV)\b)", "right "),
    (r"\bL(?=(?:ICA|CCA|ECA|MCA|ACA|PCA|SFA|GSV|CFV|IJV|SCV)\b)", "left "),
    (r"\b(?:b/l|B/L|bilat\.?|Bilat\.?|BILAT\.?)(?![\w])", "bilateral"),
    (r"\bSDHs?\b", "subdural haematoma"),
    (r"\bEDHs?\b", "epidural haematoma"),
    (r"\bSAH\b", "subarachnoid haemorrhage"),
    (r"\bICH\b", "intracranial haemorrhage"),
    (r"\bIPH\b", "intraparenchymal haemorrhage"),
    (r"\bIVH\b", "intraventricular haemorrhage"),
    (r"\bPEs?\b(?! (?:bag|protocol|study|prophylaxis|tubes?))", "pulmonary embolism"),
    (r"\b(?:PTX|Ptx|ptx)\b", "pneumothorax"),
    (r"\bGGOs?\b", "ground-glass opacities"),
    (r"\bAAA\b", "abdominal aortic aneurysm"),
    (r"\bSBO\b", "small bowel obstruction"),
    (r"\bLBO\b", "large bowel obstruction"),
    (r"\bLVO\b", "large vessel occlusion"),
    (
        r"\bLAD\b(?! (?:artery|territory|stent|stenosis|disease|plaque|calcif\w+))",
        "lymphadenopathy",
    ),
    (r"\b[Hh]ydro\b", "hydronephrosis"),
    (r"(?<![\w#])#(?=\s?[a-z])|(?<=[a-z] )#(?!\w)", "fracture "),
    (r"\b(?:fx|Fx|FX|fxs)\b", "fracture"),
    (r"\b[Mm]ets\b", "metastases"),
    (r"\bOA\b", "osteoarthritis"),
    (r"\bMSCC\b", "cord compression"),
    (r"\bCES\b", "cauda equina compression"),
    (r"\b(?:CVST|CVT)\b", "cerebral venous sinus thrombosis"),
    (r"\bNAI\b", "non-accidental injury"),
    (r"\bHCP\b", "hydrocephalus"),
    (r"\bGB\b", "gallbladder"),
    (r"\bLNs?\b", "lymph nodes"),
    (r"\b(?:nl|NL|Nl|nml)\b", "normal"),
    (r"\b(?:WNL|wnl)\b", "within normal limits"),
    (r"\b(?:NAD|nad)\b", "normal"),
    (r"\b(?:[Nn]eg)\b\.?", "negative"),
    (r"(?<!\w)w/o(?!\w)", "without"),
    (r"(?<!\w)w/(?=\s?[a-z])", "with "),
    (r"(?<!\w)c/w(?!\w)", "consistent with"),
    (r"(?<!\w)h/o(?!\w)|\b(?:Hx|hx|PMH) of\b", "history of"),
    (r"(?<![\w/])2/2(?![\w/])", "secondary to"),
)
_TABLE = [(re.compile(pattern), words) for pattern, words in _EXACT]


@lru_cache(maxsize=8192)
def written_out(text: str) -> str:
    """`text` with the shorthand of the table as full words; what is no shorthand stays."""
    made = _RADIOTHERAPY.sub(lambda match: match[0].replace("RT", "radiotherapy"), text)
    for pattern, words in _TABLE:
        made = pattern.sub(words, made)
    return made
