"""Another patient in the text: by the worklist, or by a label that says whose report it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from workstation.domain.identity import Patient, PersonName
from workstation.domain.report import Report, SectionKind
from workstation.workflow.checks.slips import Slip

#: A doctor or nurse may be called like a patient.
_STAFF = re.compile(
    r"\b(?:Dr|Drs|Prof|Professor|Doctor|Consultant|Registrar|Sister|Nurse|Referrer|Radiographer"
    r"|Sonographer)\.?\s+(?:[A-Z][\w.'-]*\s+){0,2}$",
    re.IGNORECASE,
)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae"})
#: Family names that are words of a report as well: alone they tell nothing.
_WORDS = frozenset(
    [
        "may",
        "will",
        "long",
        "short",
        "young",
        "white",
        "black",
        "brown",
        "gray",
        "grey",
        "green",
        "rose",
        "hill",
        "park",
        "king",
        "bone",
        "head",
        "hand",
        "foot",
        "cross",
        "field",
        "stone",
        "bird",
        "fish",
        "moon",
        "banks",
        "wall",
        "hall",
        "best",
        "small",
        "little",
        "old",
        "new",
    ]
)
#: What a sentence says of a person and of no eponym: "Okafor is known to have a glioma".
_PERSON = (
    r"(?:'s)?,?\s+(?:is (?:known|a|an|being|now)|was (?:seen|admitted|scanned|referred|told)"
    r"|has (?:a|an"
    r"|had|no|been)|had|presents?|presented|underwent|attended|complains|denies|states)\b"
)
#: Whose report it is, as text that was pasted says it. The number of an order or of an image, and
#: one that a whole nation uses, is not the number of the patient at the site.
_NUMBER = re.compile(
    r"\b(?:MRN|URN|PID|patient(?:'s)?(?: (?:ID|identifier|number|no\.?|nr\.?))?"
    r"|hospital (?:number|no\.?|ID)|medical record(?: number| no\.?)?|unit (?:number|no\.?)"
    r"|case (?:number|no\.?))\s*(?:is"
    r"|[:#=])?\s*(?P<number>[A-Z]{0,3}[0-9][0-9-]{4,}[0-9])(?![\w-]|\.[0-9])",
    re.IGNORECASE,
)
_PARTICLE = r"(?:van|von|de|der|den|di|da|dos|del|la|le|al|el|bin|ibn|ten|ter|zu)"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ](?:[\w'’-]+|\b)"
_NAME = re.compile(
    rf"\b(?P<label>[Pp]atient(?:'s)? [Nn]ame|PATIENT NAME|PATIENT|[Nn]ame|NAME|[Pp]atient|[Pp]t|PT)"
    rf"\s*[:=]\s*(?P<name>(?:[A-Z]\. ?)*(?:{_PARTICLE}\s+)*{_CAPITAL}"
    rf"(?:,?[ ]+(?:{_PARTICLE}\s+)*{_CAPITAL}){{0,3}})"
)


def _plain(text: str) -> str:
    """Without accents, in small letters."""
    return "".join(
        each
        for each in unicodedata.normalize("NFKD", text.lower())
        if not unicodedata.combining(each)
    ).replace("ß", "ss")


def _spellings(name: str) -> frozenset[str]:
    """A name without its accents, and as German and Nordic names are written without them."""
    return frozenset({_plain(name), _plain(name.lower().translate(_GERMAN))})


def _parts(name: PersonName) -> frozenset[str]:
    """The words of a name in their spellings, those of every group."""
    told = (name.alphabetic, name.ideographic, name.phonetic)
    words = re.findall(r"\w+", " ".join(told))
    return frozenset(spelling for word in words for spelling in _spellings(word))


class _Folded:
    """A text without its accents, each letter with its place in the text as it was written."""

    def __init__(self, text: str) -> None:
        self.text = text
        letters: list[str] = []
        self._at: list[int] = []
        for index, letter in enumerate(text):
            base = unicodedata.normalize("NFKD", letter)
            kept = "".join(each for each in base if not unicodedata.combining(each))
            kept = kept.replace("ß", "ss")
            letters.append(kept)
            self._at += [index] * len(kept)
        self.plain = "".join(letters)

    def words(self, match: re.Match[str]) -> str:
        """What stands in the text where the match was found."""
        return self.text[self._at[match.start()] : self._at[match.end() - 1] + 1]


def another_patient(report: Report, patient: Patient, others: Iterable[Patient]) -> list[Slip]:
    """The name or the number of somebody else: of the worklist, or said to be the patient's."""
    texts = [(each.kind, _Folded(each.text)) for each in report.sections if each.text]
    for other in others:
        if other.patient_id == patient.patient_id:
            continue
        for kind, folded, match in _of_the_worklist(other, patient, texts):
            words = folded.words(match)
            return [
                Slip(
                    "Another patient's name or number",
                    f"“{words}” belongs to somebody else on the worklist.",
                    kind,
                    words,
                )
            ]
    return _said_to_be_the_patient(patient, texts)


def _of_the_worklist(
    other: Patient, patient: Patient, texts: list[tuple[SectionKind, _Folded]]
) -> Iterator[tuple[SectionKind, _Folded, re.Match[str]]]:
    for pattern in _patterns(other, patient):
        for kind, folded in texts:
            for match in pattern.finditer(folded.plain):
                if not _STAFF.search(folded.plain[: match.start()]):
                    yield kind, folded, match


def _patterns(other: Patient, patient: Patient) -> Iterator[re.Pattern[str]]:
    family, given = other.name.family, other.name.given
    if len(other.patient_id) >= 4:
        yield re.compile(rf"(?<![\w.-]){re.escape(other.patient_id)}(?![\w-]|\.[0-9])")
    own = _spellings(patient.name.family) | _spellings(patient.name.given)
    if len(family) < 2 or _spellings(family) & own:
        return
    for spelling in sorted(_spellings(family)):
        name = re.escape(spelling)
        title = r"\b(?:Mr|Mrs|Ms|Miss|Mx|Herr|Frau|M|Mme|patient|pt)\b[.:]?"
        yield re.compile(rf"{title}\s+(?:[a-z'-]+\s+)?{name}\b", re.IGNORECASE)
        if given:
            first = re.escape(_plain(given.split()[0]))
            initial = re.escape(_plain(given)[0])
            yield re.compile(rf"\b{first}\s+{name}\b|\b{name},?\s+{first}\b", re.IGNORECASE)
            caps = re.escape(spelling.upper())
            yield re.compile(rf"\b{caps},? {initial.upper()}\b\.?(?! ?[0-9])")
        if len(spelling) >= 4 and spelling not in _WORDS:
            yield re.compile(rf"\b(?-i:{re.escape(spelling[0].upper())}){name[1:]}{_PERSON}", re.I)


def _said_to_be_the_patient(
    patient: Patient, texts: list[tuple[SectionKind, _Folded]]
) -> list[Slip]:
    own = re.sub(r"\W", "", patient.patient_id).lower()
    names = _parts(patient.name)
    for kind, folded in texts:
        for match in _NUMBER.finditer(folded.text):
            if own and re.sub(r"\W", "", match["number"]).lower() != own:
                return [
                    Slip(
                        "The number of another patient",
                        f"This patient's is {patient.patient_id}.",
                        kind,
                        match[0],
                    )
                ]
        for match in _NAME.finditer(folded.text):
            words = re.findall(r"\w+", match["name"])
            sure = "name" in match["label"].lower()
            if not sure and len(words) < 2:
                continue  # "Patient: Supine."
            told = {spelling for word in words for spelling in _spellings(word)}
            if not sure and not _like_a_name(match["name"]):
                continue  # "Patient: Supine position."
            if names and not told & names:
                return [
                    Slip(
                        "The name of another patient",
                        f"This patient is {patient.name.display}.",
                        kind,
                        match[0],
                    )
                ]
    return []


def _like_a_name(text: str) -> bool:
    """A comma, a particle, capitals with an initial, or two words with capitals each."""
    return bool(
        re.search(rf"\w,\s*\w|\b{_PARTICLE}\s+[A-Z]|[A-Z]{{3,}}\s+[A-Z]\b", text)
        or re.fullmatch(rf"{_CAPITAL}(?:\s+{_CAPITAL}){{1,3}}", text)
    )
