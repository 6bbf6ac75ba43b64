"""The words of a clause that say what was found, in one spelling: what two sections may share.

They carry what the lexicon has no name for: "cholesteatoma", "reflux", "erosion of the scutum".
"""

from __future__ import annotations

import re
from functools import lru_cache

#: Words that a report says of many things, and words of place: they tell no two findings apart.
_COMMON = frozenset(
    re.findall(
        r"\S+",
        """
    about above across acute additional adequate adjacent after again against along also
    although another anterior aorta apex apical appear appearance appropriate approximately area
    areas aspect associated assess available axial basal base before behind below benign beneath
    beside between body both calibre caliber cause causes central change changes characteristic
    chronic clear clinical compared comparison complete completely component concerning confirm
    consider consistent contact contacts contains contour contrast correlation could coronal
    corresponding deep demonstrated demonstrates dense density described diffuse dilated direct
    distal dorsal enhancement enhancing enlarged entire evaluation evidence examination existing
    exiting extends extending extension extent external favour favored feature features finding
    findings first focal following follow-up found free from further given global grade greater
    group heterogeneous high homogeneous however identified image images imaging impression
    including increased increase indeterminate inferior inner intact internal interval into
    irregular keeping known large larger largest lateral least left length lesser level levels
    likely limits line little lobe lobes local located location long lower mainly margin margins
    marked markedly maximum measure measured measures measuring medial middle mild mildly
    minimal minor moderate moderately month months more most multiple nearly normal noted number
    numerous nonspecific organ other otherwise outer over part partial partially pattern patient
    patchy pole portion possible posterior presence present preserved previous previously
    primary prior probable probably prominent proximal quadrant quite rather recent recommend
    recommended reduced reference region related remain remains remaining representing
    represents residual result results right scan seen segment segments seen series several
    severe severely short should show shows side sided signal significant similar simple single
    site size sized slight slightly small smaller smooth soft solitary space stable status study
    subtle such suggest suggested suggesting suggests superficial superior surface suspected
    suspicious symmetrical there these thick thin this through tiny tissue total towards trace
    unchanged under underlying unremarkable upper usual ventral very view views visible
    visualised visualized volume wall week weeks well where which while whole with within
    without would year years zone
        """,
    )
)
_WORD = re.compile(r"[a-z]{4,}")
_SPELLING = ((re.compile(r"ae|oe"), "e"), (re.compile(r"our\b"), "or"), (re.compile(r"ise"), "ize"))
#: Letters that make a stem: "fractured" and "fracture", "calculi" and "calculus" are one.
_STEM = 6


def _american(word: str) -> str:
    for pattern, letters in _SPELLING:
        word = pattern.sub(letters, word)
    return word


@lru_cache(maxsize=8192)
def content_words(text: str) -> frozenset[str]:
    """Stems of the words that tell a finding, British and American alike."""
    words = (each for each in _WORD.findall(text.lower()) if each not in _COMMON)
    return frozenset(_american(each)[:_STEM] for each in words)
