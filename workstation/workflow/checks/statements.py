"""A report as statements: which finding, asserted or denied, where, on which side.

The reading of negation follows the idea of NegEx (Chapman et al., J Biomed Inform 2001;34:301): a
cue governs what stands in its scope, up to a word that ends it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from workstation.domain.report import Report, SectionKind
from workstation.domain.wording import FIELD, LINK
from workstation.workflow.checks.abbreviations import written_out
from workstation.workflow.checks.lexicon import IMPLIED_PLACES, findings_in, organs_in, places_in

#: What the patient had or what was done in another year is not what is seen.
_PAST = re.compile(
    r"\b(?:had|was|were|underwent|suffered|diagnosed|ectomy|surgery|operation)\b[^.;]*"
    r"\b(?:in|on|since) (?:[A-Z][a-z]+ )?(?:19|20)[0-9]{2}\b|\b(?:years?|decades?) ago\b",
    re.IGNORECASE,
)
#: Sentences that are kept as they were read: while a report is typed only one of them changes.
KEPT = 8192
#: A full stop inside a number, an abbreviation or a level ends no sentence.
_END = re.compile(r"(?<![0-9])\.(?=\s|$)|(?<=[0-9])\.(?=\s+[A-Z]|\s*$)|[;!\n]|\?(?=\s|$)|:\s*\n")
#: A sentence of the request: what was asked or has been, not what is seen.
_REQUEST = re.compile(
    r"^\W*(?:clinical|indication|history|reason|question|request)[a-z ]{0,20}:", re.IGNORECASE
)
#: A line that is a label with a denial, or with nothing, behind it.
_DENIED_LABEL = re.compile(
    r"^(?P<label>[^:.\n]{1,60}):"
    r"(?P<value>[ \t]*(?:(?:none|no|not|nil|absent|negative|normal|unremarkable|excluded)\b.*)?)$",
    re.IGNORECASE | re.MULTILINE,
)
#: Behind a comma, another organ that is sound: "liver metastases, lungs free".
_SOUND = re.compile(r",[^,]*\b(?:free|clear|normal|unremarkable|spared)\b", re.IGNORECASE)
#: "Right kidney:" before a sentence says where the next ones of its line are as well; a label alone
#: on its line, where the lines below it are.
_LABEL = re.compile(r"^\W*(?P<label>[A-Za-z][^:.;\n]{0,40}):(?!\S)")
_ENUMERATED = re.compile(r"^\s*(?:[0-9]{1,2}[.)]|[-•*])\s")
_CLAUSE = re.compile(
    r",?\s+(?:but|however|although|though|whereas|while|except(?: for)?|apart from|aside from"
    r"|other than|with the exception of|in contrast)\s+"
    r"|,\s*(?=(?:there (?:is|are)|which|with (?:a|an))\b)",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:no longer|no|not|without|negative for|absence of|absent|free of|neither|nor|none"
    r"|nothing to suggest|rather than|denies|excludes|excluded|rules? out|fails? to show|resolved"
    r"|resolution of|interval clearing of|clearance of|ruling out|exclusion of|lack of|devoid of"
    r"|clear of|never)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:(?:(?:is|are|was|were) )?absent\b|(?:is|are|was|were) (?:excluded|ruled out|not"
    r" (?:seen|identified|present|demonstrated|evident|visible|detected))"
    r"|(?:was|were|been) (?:completely |fully |surgically )?(?:resected|excised|removed|drained"
    r"|evacuated|clipped|coiled|repaired|embolised|embolized|ablated)"
    r"|(?:has|have|had) (?:now )?(?:been )?(?:completely |fully )?(?:resolved|cleared|disappeared"
    r"|drained|evacuated|excised|resected|removed)|resolved"
    r"|no longer (?:seen|visible|present)"
    r"|not (?:seen|identified|demonstrated))\b",
    re.IGNORECASE,
)
#: Doubt about what follows, and about what stands before: "nodes, suspicious for lymphoma" doubts
#: the lymphoma and not the nodes.
_UNSURE = re.compile(
    r"\b(?:possible|possibly|probable|probably|questionable|may (?:be|represent|reflect)|might"
    r"|could (?:be|represent|reflect)|suspected|suspicious for|suspicion of|cannot (?:be )?"
    r"(?:exclude|rule)[a-z ]*|query|versus|vs|if there is|risk of|rule out|r/o|to exclude"
    r"|evaluat(?:e|ion) for|assess(?:ment)? for|history of|status post|s/p|previous|prior"
    r"|follow-?up (?:of|for)|concern for|question of|differential|recommended|should|in case of"
    r"|\w*(?:ectomy|otomy|plasty|resection|surgery|repair|operation|treated|treatment|therapy)"
    r" (?:for|of|after))"
    r"(?!\w)|(?:^|(?<=\s))\?\s?(?=\w)",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"no longer|resol|.*\b(?:clear|disappear|drained|evacuat|excis|resect|remov"
    r"|clipped|coiled|repaired|emboli[sz]ed|ablated)",
    re.IGNORECASE,
)
_UNSURE_BEHIND = re.compile(
    r"\b(?:possible|probable|questionable|is suspected|are suspected|cannot (?:be )?"
    r"(?:exclude|rule)[a-z ]*|not excluded|not (?:be )?ruled out|equivocal|versus|vs"
    r"|recommended|should|unlikely|(?:is|was) (?:the |an? )?(?:indication|question|suspicion))\b",
    re.IGNORECASE,
)
_SCOPE_END = re.compile(
    r",\s*(?=(?:small|large|moderate|mild|tiny|trace|new|stable|unchanged|severe|minimal|there"
    r"|a|an|the|multiple|several|one|two|three|[0-9])\b)|\band (?=(?:a|an|there|small|mild|trace"
    r"|moderate|large|stable|unchanged|the|multiple|new|old|minimal)\b)"
    r"|\b(?:due to|because of|secondary to|consistent with|compatible with|in keeping with"
    r"|suggesting|representing|to suggest that)\b",
    re.IGNORECASE,
)
#: What narrows a denial: the finding may well be there otherwise.
_NARROW = re.compile(
    r"(?<!non-)(?<!non )\b(?:new|further|other|additional|another|second|significant|large"
    r"|larger|sizeable|sizable|enlarging|suspicious|acute|recent|displaced|obstructing"
    r"|obstructive|residual|recurrent"
    r"|definite|convincing|destructive|aggressive|measurable|drainable|enhancing|tension|major"
    r"|high-grade|critical|full-thickness|complete|increase|change|progression|worsening"
    r"|evidence of (?:new|further|other|acute))\b",
    re.IGNORECASE,
)
#: Words before a finding that tell nothing apart.
_GENERAL = re.compile(
    r"a|an|any|the|and|or|of|for|to|evidence|sign|signs|suggestion|indication|feature"
    r"|features|focal|discrete|definite|obvious|frank|gross|visible|visualised|visualized"
    r"|apparent|appreciable|identifiable|convincing|clear|demonstrable|radiographic"
    r"|sonographic|mammographic|ct|mr|mri|scintigraphic|imaging|associated|underlying"
    r"|overt|detectable|seen|both|either|bilateral|left|right|left-sided|right-sided"
    r"|longer|free|intrahepatic|extrahepatic",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"\b(?:old|chronic|healed|healing|remote|previous|prior|known|longstanding|long-standing"
    r"|unchanged|stable|post-?traumatic|established|residual|subacute|since (?:childhood|birth)"
    r"|(?:in|since|from) (?:19|20)[0-9]{2}|(?:years?|months?|decades?) ago"
    r"|(?:seen|noted|described|present|reported) (?:in|on|at) (?:the )?(?:prior|previous|last"
    r"|earlier|january|february|march|april|may|june|july|august|september|october|november"
    r"|december))\b",
    re.IGNORECASE,
)
_LEFT = re.compile(r"\bleft(?:[- ]sided|ward)?\b|\b(?:LT|L[UL]L)\b", re.IGNORECASE)
_RIGHT = re.compile(r"\bright(?:[- ]sided|ward)?\b|\b(?:RT|R[UML]L)\b", re.IGNORECASE)
_BOTH = re.compile(
    r"\b(?:bilateral(?:ly)?|both|either|bibasal|bibasilar|each|symmetric(?:al)?)\b", re.IGNORECASE
)
#: "right" and "left" that name no side of the body: heart chambers, lobes and branches of one
#: organ, and direction.
_NO_SIDE = re.compile(
    r"\b(?:left|right)[- ](?:atri(?:um|al)|ventric(?:le|ular)(?! of the brain)|heart|coronary"
    r"|main (?:coronary|stem)|anterior descending|circumflex|hepatic(?! ducts?)"
    r"|lobe of (?:the )?(?:liver|thyroid)|portal|bundle|colon|upper quadrant|lower quadrant|gastric"
    r"|bank|away|angle|in place|in situ"
    r"|hemicolectomy|handed|dominant)\b"
    r"|\b(?:shift|deviat|displacement|push)[a-z]*\b[^.;]{0,25}\b(?:left|right)\b"
    r"|\b(?:left|right)ward\b"
    r"|\b(?:left|right)[- ]to[- ](?:left|right)\b|\b(?:was|were|is|are|been) left\b"
    r"|\bleft (?:in|un)\b"
    r"|\b(?:left|right)(?:-sided)? (?:hemiparesis|hemiplegia|weakness|arm weakness|facial)\b",
    re.IGNORECASE,
)


class Side(Enum):
    """The side of a statement; BOTH where it names both, NONE where it names none."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    NONE = "none"

    @property
    def other(self) -> Side:
        """Left for right and right for left."""
        return {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}.get(self, self)


class Polarity(Enum):
    """What a statement claims."""

    ASSERTED = "asserted"
    DENIED = "denied"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, links and open fields left out.

    `text` is as it was written; `heading` is the label that it stands under, and may be empty.
    """

    section: SectionKind
    text: str
    heading: str = ""

    @property
    def plain(self) -> str:
        """The sentence with its shorthand written out: what the checks read."""
        return written_out(self.text)


@dataclass(frozen=True, slots=True)
class Statement:
    """One finding in one sentence. `organs` are the paired organs named with it."""

    sentence: Sentence
    finding: str
    organs: frozenset[str]
    #: the same with what else tells where it is
    places: frozenset[str]
    side: Side
    polarity: Polarity
    #: a denial of a part ("no new", "no other"), or an assertion of something old
    qualified: bool
    #: the words that narrow it: "no acute fracture" denies only an acute one
    narrowed: frozenset[str] = frozenset()
    #: a denial of what was there before ("has resolved")
    gone: bool = False


def sentences(section: SectionKind, text: str) -> list[Sentence]:
    """The sentences of a section's text.

    `Free air: none seen` is a label and a denial: without its label nothing is asserted.
    """
    plain = _DENIED_LABEL.sub(_without_finding, FIELD.sub("", LINK.sub(" ", text)))
    made, above = [], ""
    for line in plain.splitlines():
        heading = "" if _ENUMERATED.match(line) or not line.strip() else above
        if not line.strip():
            above = ""
        for piece in _END.split(line):
            each = piece.strip() if piece else ""
            label = _LABEL.match(each)
            if label is not None:
                heading = ""
            if each.strip(" .,:"):
                made.append(Sentence(section, each, heading))
            if label is not None:
                heading = written_out(label["label"])
        if line.rstrip().endswith(":"):
            above = heading
        elif _LABEL.match(line.strip()):
            above = ""
    return made


def _without_finding(match: re.Match[str]) -> str:
    """The line without its label where that names a finding; `Right leg: no thrombus` keeps it."""
    return match["value"] if findings_in(match["label"]) else match[0]


def sentences_of(report: Report, *kinds: SectionKind) -> list[Sentence]:
    """The sentences of these sections, in their order."""
    return [
        sentence
        for section in report.sections
        if section.kind in kinds
        for sentence in sentences(section.kind, section.text)
    ]


@lru_cache(maxsize=KEPT)
def side_of(text: str) -> Side:
    """The side that a piece of text names."""
    plain = _NO_SIDE.sub(" ", text)
    left, right = bool(_LEFT.search(plain)), bool(_RIGHT.search(plain))
    if _BOTH.search(plain) or (left and right):
        return Side.BOTH
    if left or right:
        return Side.LEFT if left else Side.RIGHT
    return Side.NONE


#: Where a part of a clause may begin that is on another side.
_PART = re.compile(r",|;|\b(?:and|with|as well as|plus)\b", re.IGNORECASE)


@lru_cache(maxsize=KEPT)
def one_sided(clause: str) -> tuple[tuple[str, Side], ...]:
    """The parts of a clause with the side of each; a part without one is on the side before it."""
    made: list[tuple[str, Side]] = []
    for part in _PART.split(clause):
        side = side_of(part)
        if made and side in (Side.NONE, made[-1][1]):
            made[-1] = (f"{made[-1][0]}, {part}", made[-1][1])
        elif made and made[-1][1] is Side.NONE:
            made[-1] = (f"{made[-1][0]}, {part}", side)
        else:
            made.append((part, side))
    return tuple(made)


@lru_cache(maxsize=KEPT)
def clauses(text: str) -> tuple[str, ...]:
    """Parts of a sentence that say things of their own."""
    return tuple(each for each in _CLAUSE.split(text) if each.strip())


#: Doubt of what a thing is, not of where it is: "probable fibroadenoma on the right".
_DOUBT = re.compile(
    r"\b(?:possibl[ey]|probabl[ey]|may (?:be|represent|reflect)|could (?:be|represent|reflect)"
    r"|suspected|suspicious for|suspicion of|concern for)\b",
    re.IGNORECASE,
)


def denies(clause: str) -> bool:
    """Whether a part of a sentence denies or only asks: it places nothing on a side."""
    asked = _UNSURE.search(_DOUBT.sub(" ", clause))
    return bool(_NO.search(clause) or _AFTER.search(clause) or asked)


@lru_cache(maxsize=KEPT)
def statements(sentence: Sentence) -> tuple[Statement, ...]:
    """What a sentence says of each finding in it."""
    made = []
    asked = bool(
        _PAST.search(sentence.plain)
        or _REQUEST.search(sentence.plain)
        or _REQUEST.search(f"{sentence.heading}:")
    )
    under = side_of(sentence.heading)
    named = frozenset(each.name for each in organs_in(sentence.heading))
    for clause in clauses(sentence.plain):
        words = findings_in(clause)
        whole_side = side_of(clause)
        if whole_side is Side.NONE:
            whole_side = under
        for index, word in enumerate(words):
            start = words[index - 1].end if index else 0
            end = words[index + 1].start if index + 1 < len(words) else len(clause)
            own = clause[start:end]
            side = side_of(own)
            if side is Side.NONE:
                side = whole_side
            read = _read(clause, word.start, word.end)
            around = f"{clause[start : word.start]} {_SOUND.sub(' ', clause[word.end : end])}"
            made.append(
                Statement(
                    sentence,
                    word.name,
                    frozenset(each.name for each in organs_in(own)) or named,
                    places_in(around)
                    | places_in(sentence.heading)
                    | IMPLIED_PLACES.get(word.name, frozenset()),
                    side,
                    Polarity.UNSURE if asked else read.polarity,
                    read.qualified,
                    read.narrowed,
                    read.gone,
                )
            )
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is claimed of one finding; the fields are those of `Statement`."""

    polarity: Polarity
    qualified: bool
    narrowed: frozenset[str] = frozenset()
    gone: bool = False


def _narrowing(text: str) -> frozenset[str]:
    return frozenset(match[0].lower() for match in _NARROW.finditer(text))


def _told_apart(between: str) -> frozenset[str]:
    """The word right before a denied finding, where it is none of those that tell nothing apart:
    "no skull fracture" says nothing of a nasal bone."""
    words = re.findall(r"[a-z]+(?:-[a-z]+)*", between.lower())
    if not words or _GENERAL.fullmatch(words[-1]) or places_in(words[-1]) or findings_in(words[-1]):
        return frozenset()
    return frozenset({words[-1]})


def _read(clause: str, start: int, end: int) -> _Reading:
    before, after = clause[:start], clause[end:]
    cue = None
    for match in _NO.finditer(before):
        if _UNSURE.match(before, match.start()):
            continue
        if not _SCOPE_END.search(before, match.end()):
            cue = match
    denied_after = _AFTER.search(after)
    if denied_after is not None and findings_in(after[: denied_after.start()]):
        denied_after = None  # it speaks of another finding
    if cue is not None:
        if re.search(r"\bnot? (?:be )?(?:exclude|ruled? out)", clause, re.IGNORECASE):
            return _Reading(Polarity.UNSURE, True)
        narrowed = _narrowing(before[cue.end() :]) | _told_apart(before[cue.end() :])
        behind = _NARROW.match(after.strip())
        if behind is not None:
            narrowed |= {behind[0].lower()}
        gone = _GONE.match(cue[0]) is not None
        return _Reading(Polarity.DENIED, bool(narrowed) or gone, narrowed, gone)
    if denied_after is not None:
        gone = _GONE.search(denied_after[0]) is not None
        return _Reading(Polarity.DENIED, gone, gone=gone)
    if _UNSURE.search(before) or _UNSURE_BEHIND.search(after):
        return _Reading(Polarity.UNSURE, False)
    return _Reading(Polarity.ASSERTED, bool(_OLD.search(clause)), _narrowing(clause))
