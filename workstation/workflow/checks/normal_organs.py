"""What a normal organ rules out, and what was removed.

"The lungs are clear" denies a pneumonia without its name. The table below holds only pairs that
exclude each other by definition; where a report makes an exception in the sentence, nothing is
concluded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workstation.workflow.checks.lexicon import findings_in, organs_in, places_in
from workstation.workflow.checks.statements import (
    Polarity,
    Sentence,
    Statement,
    clauses,
    side_of,
)

_EXCEPT = re.compile(
    r"\b(?:apart|aside|other than|except\w*|otherwise|besides|but|however|although|not|remaining"
    r"|remainder|rest of|remnant|visuali[sz]ed (?:part|portion)s?|residual)\b",
    re.IGNORECASE,
)
_NORMAL = (
    r"(?:normal|unremarkable|intact|clear|patent|homogeneous|symmetric(?:al)?|of normal"
    r"|within normal limits|well aerated|not (?:enlarged|dilated|thickened))"
)
_IS_NORMAL = re.compile(
    rf"\b{_NORMAL}\b|\b(?:no|without|not|free of)\b|(?<!non-)(?<!non )\bcompress(?:es|ible)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """Words by which an organ is called sound, and the findings that it then cannot have."""

    sound: re.Pattern[str]
    excludes: tuple[str, ...]


def _rule(sound: str, *excludes: str) -> _Rule:
    return _Rule(re.compile(sound, re.IGNORECASE), excludes)


_BE = r"(?:(?:is|are|appears?|remains?) (?:again |both |also )?)?"
_RULES = (
    _rule(
        rf"\b(?:heart|cardiac|cardiomediastinal)(?: size| silhouette)? {_BE}(?:normal in size"
        r"|of normal size|normal sized?|not enlarged|within normal limits)"
        rf"|\bheart size {_BE}normal|\bnormal heart size",
        "cardiomegaly",
    ),
    _rule(
        rf"\blungs? {_BE}clear|\bclear lungs",
        "pneumonia",
        "consolidation",
        "ground-glass",
        "pulmonary oedema",
        "atelectasis",
    ),
    _rule(
        r"\bstatus post cholecystectomy|\bgall ?bladder (?:is |was |has been )?(?:surgically )?"
        r"(?:absent|removed)",
        "gallstone",
        "cholecystitis",
    ),
    _rule(
        rf"\bappendix {_BE}(?:of normal|normal|unremarkable)|\bnormal appendix"
        r"|\bappend(?:ic)?ectomy"
        r"|\bappendix (?:is |was |has been )?(?:surgically )?(?:absent|removed)",
        "appendicitis",
    ),
    _rule(rf"\bmenisc(?:us|i) {_BE}(?:intact|normal|unremarkable)", "tear", "rupture"),
    _rule(
        rf"\b(?:acl|pcl|cruciate ligaments?) {_BE}(?:intact|normal|unremarkable)",
        "tear",
        "rupture",
    ),
    _rule(
        rf"\b(?:rotator cuff|supraspinatus|achilles)(?: tendon)? {_BE}(?:intact|normal)",
        "tear",
        "rupture",
    ),
    _rule(
        rf"\baorta {_BE}(?:of )?normal (?:in )?(?:calib|diameter|size)"
        r"|\bnormal (?:calib\w+|diameter|size) of the (?:\w+ )?aorta",
        "aneurysm",
    ),
    _rule(
        rf"\bveins? (?:of \w+ )?{_BE}(?:fully |completely |normally )?(?:compressible|compress\b)",
        "thrombosis",
    ),
    _rule(
        rf"\bpatent (?:\w+ ){{0,2}}veins?|\bveins? {_BE}(?:widely )?patent",
        "thrombosis",
        "occlusion",
    ),
    _rule(rf"\bnormal pancreas|\bpancreas {_BE}(?:normal|unremarkable)", "pancreatitis"),
    _rule(rf"\bbowel (?:loops )?{_BE}(?:of )?normal (?:in )?calib", "obstruction"),
)


def denials(sentence: Sentence) -> Iterator[Statement]:
    """The findings that a sentence denies by calling an organ sound or saying that it is gone."""
    for clause in clauses(sentence.text):
        if _EXCEPT.search(sentence.text):
            return
        for rule in _RULES:
            match = rule.sound.search(clause)
            if match is None:
                continue
            subject = clause[: match.end()]
            places = places_in(subject) - {"lung", "deep"}
            for finding in rule.excludes:
                organs = frozenset(word.name for word in organs_in(subject))
                yield Statement(
                    sentence, finding, organs, places, side_of(clause), Polarity.DENIED, False
                )


def is_normal(clause: str) -> bool:
    """Whether a clause only says that what it names is sound, or denies something of it."""
    return _IS_NORMAL.search(clause) is not None and not any(
        word.name not in {"effusion"} and _asserts(clause, word.start)
        for word in findings_in(clause)
    )


def _asserts(clause: str, start: int) -> bool:
    return re.search(r"\b(?:no|without|not|free of)\b", clause[:start], re.IGNORECASE) is None


#: An operation, and the organ of which nothing is left behind it.
_REMOVED: dict[str, tuple[str, str]] = {
    "spleen": (r"splenectomy", r"spleen"),
    "gallbladder": (r"cholecystectomy", r"gall ?bladder"),
    "uterus": (r"hysterectomy", r"uterus"),
    "appendix": (r"append(?:ic)?ectomy", r"appendix"),
    "prostate": (r"prostatectomy", r"prostate"),
    "thyroid": (r"total thyroidectomy", r"thyroid"),
}
_NOT_DONE = re.compile(
    r"\b(?:partial|subtotal|hemi\w*|supracervical|planned|before|prior to|pre-?operative|not"
    r"|no|cancelled|simple|candidate|versus|wife|husband|mother|father|sister|brother)\b",
    re.IGNORECASE,
)


def removed_and_described(said: Sequence[Sentence]) -> Iterator[tuple[str, Sentence, Sentence]]:
    """Organs of which one sentence says that they were removed and another how they look."""
    for organ, (operation, name) in _REMOVED.items():
        gone = next(
            (
                each
                for each in said
                if re.search(rf"\b{operation}\b", each.text, re.IGNORECASE)
                and not _NOT_DONE.search(each.text)
            ),
            None,
        )
        looks = re.compile(
            rf"\b{name}\b(?! (?:bed|fossa|region|remnant|stump|cancer|carcinoma))[^.]*"
            rf"\b(?:{_NORMAL}|measures)\b",
            re.IGNORECASE,
        )
        for each in said:
            if gone is not None and each is not gone and looks.search(each.text):
                yield organ, gone, each
                break
