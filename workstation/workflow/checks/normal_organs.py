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
    Side,
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


#: Between an organ and what is said of it stand other organs of a list, and nothing that says
#: something of its own: "gallbladder with a normal wall" calls only the wall normal.
_LIST = (
    r"(?:(?:\s*[,/]\s*|\s+)(?!(?:with|shows?|contain\w*|demonstrat\w*|has|have|than|near|wall|mass"
    r"|cysts?|stones?|lesions?|is|are|appears?|remains?|adjacent|normal|and the)\b)[\w/'-]+){0,7}?"
)
_BE = (
    r"(?:\s*[:,]\s*|\s+)(?:(?:is|are|appears?|remains?|looks?)\s+)?"
    r"(?:(?:again|both|also|all|each|grossly|entirely|widely)\s+)*"
)
_SOUND = (
    r"(?:normal|unremarkable|intact|preserved|maintained|within normal limits|fully normal)"
    r"(?! (?:in |of )?(?:size|sized|calib\w+|position\w*|contour\w*|length|shape|course|outline"
    r"|diameter|configuration|thickness))"
)
_SIZE = (
    r"(?:(?:of )?normal (?:in )?(?:size|calib\w+|diameter|width)|normal[- ]sized?|not (?:enlarged"
    r"|dilated|aneurysmal)|non-?dilated|within normal limits|normal(?! (?:in |of )?\w+))"
)


def _is(organ: str, how: str, *excludes: str) -> _Rule:
    """The organ, then a list, then how it is; or a normal one of its kind."""
    return _rule(rf"\b(?:{organ}){_LIST}{_BE}{how}|\bnormal (?:{organ})\b(?! of\b)", *excludes)


#: An organ and its inflammation, which has its name (-itis).
_INFLAMED = (
    (r"(?:terminal )?ileum", "ileitis"),
    (r"colon|large bowel", "colitis"),
    (r"stomach", "gastritis"),
    (r"duodenum", "duodenitis"),
    (r"o?esophagus", "esophagitis"),
    (r"(?:urinary )?bladder", "cystitis"),
    (r"(?:paranasal |maxillary |frontal |sphenoid |ethmoid )?sinus(?:es)?", "sinusitis"),
    (r"mastoids?(?: air cells)?", "mastoiditis"),
    (r"epididym(?:is|ides)", "epididymitis"),
    (r"prostate", "prostatitis"),
    (r"thyroid(?: gland)?", "thyroiditis"),
    (r"parotids?(?: glands?)?", "parotitis"),
    (r"sigmoid(?: colon)?", "diverticulitis"),
)
_RULES = (
    _is(
        r"(?:heart|cardiac|cardiomediastinal)(?: size| silhouette| contours?)?",
        _SIZE,
        "cardiomegaly",
    ),
    _rule(
        rf"\blungs?{_LIST}{_BE}clear|\bclear lungs",
        "pneumonia",
        "consolidation",
        "ground-glass",
        "pulmonary oedema",
        "atelectasis",
    ),
    _is(
        r"costo-?phrenic (?:angles?|sulc\w+|recess\w*)",
        r"(?:sharp|clear|preserved|normal|maintained)",
        "pleural effusion",
        "effusion",
    ),
    _is(r"gall ?bladder", _SOUND, "gallstone", "cholecystitis"),
    _rule(
        r"\bstatus post cholecystectomy|\bgall ?bladder (?:is |was |has been )?(?:surgically )?"
        r"(?:absent|removed)",
        "gallstone",
        "cholecystitis",
    ),
    _is(r"appendix", r"(?:of )?(?:normal|unremarkable)", "appendicitis"),
    _rule(
        r"\bappend(?:ic)?ectomy|\bappendix (?:is |was |has been )?(?:surgically )?(?:absent"
        r"|removed)",
        "appendicitis",
    ),
    _is(
        r"menisc(?:us|i)|acl|pcl|cruciates?(?: ligaments?)?|rotator cuff|supraspinatus"
        r"|infraspinatus"
        r"|subscapularis|achilles|collateral ligaments?|labrum",
        _SOUND,
        "tear",
        "rupture",
    ),
    _rule(
        rf"\baorta{_LIST}{_BE}{_SIZE}|\bnormal (?:calib\w+|diameter|size) of the (?:\w+ )?aorta",
        "aneurysm",
    ),
    _rule(
        r"\bveins?(?: of \w+)? (?:(?:is|are|appears?|remains?) )?(?:again |both |also |all )?"
        r"(?:fully |completely |normally )?(?:compressible|compress\b)",
        "thrombosis",
    ),
    _rule(
        r"\bpatent (?:\w+ ){0,2}veins?|\bveins? (?:(?:is|are|remains?) )?(?:widely )?patent",
        "thrombosis",
        "occlusion",
    ),
    _is(r"pancreas", _SOUND, "pancreatitis"),
    _is(r"bowel(?: loops)?", _SIZE, "obstruction"),
    _is(r"spleen", rf"(?:{_SIZE}|{_SOUND})", "splenomegaly"),
    _is(r"liver", rf"(?:{_SIZE}|{_SOUND})", "hepatomegaly"),
    _is(r"liver", _SOUND, "metastasis", "cirrhosis", "steatosis"),
    _is(r"ventric(?:les|ular system)", rf"(?:{_SIZE}|{_SOUND})", "hydrocephalus"),
    _is(r"kidneys?", _SOUND, "hydronephrosis", "pyelonephritis"),
    _is(r"adrenals?(?: glands?)?", _SOUND, "adenoma", "nodule", "mass"),
    _is(
        r"(?:bone )?marrow(?: signal)?",
        rf"(?:{_SOUND}|normal)",
        "metastasis",
        "marrow oedema",
    ),
    *(_is(organ, rf"(?:{_SOUND}|clear)", illness) for organ, illness in _INFLAMED),
    _is(r"joint spaces?", _SOUND, "osteoarthritis"),
    _is(r"vertebral (?:body )?heights?", _SOUND, "compression fracture"),
    _is(r"sacro-?iliac joints?", _SOUND, "sacroiliitis", "marrow oedema"),
)


def denials(sentence: Sentence) -> Iterator[Statement]:
    """The findings that a sentence denies by calling an organ sound or saying that it is gone."""
    if _EXCEPT.search(sentence.plain):
        return
    for clause in clauses(sentence.plain):
        for rule in _RULES:
            match = rule.sound.search(clause)
            if match is None:
                continue
            subject = clause[: match.end()]
            side = side_of(clause)
            if side is Side.NONE:
                side = side_of(sentence.heading)
            above = places_in(sentence.heading)
            for each in _named_in(subject):
                places = (places_in(each) | above) - {"lung", "deep"}
                organs = frozenset(word.name for word in organs_in(each))
                for finding in rule.excludes:
                    yield Statement(sentence, finding, organs, places, side, Polarity.DENIED, False)


def _named_in(subject: str) -> list[str]:
    """The organs of a list one by one: each of "ACL and PCL are intact" is intact."""
    parts = [each for each in re.split(r",|/|\band\b", subject) if places_in(each)]
    return parts or [subject]


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
