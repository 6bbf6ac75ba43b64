"""Comparisons that the report claims: with what, of which day, and whether it was looked at."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workstation.domain.reading_task import PriorStudy
from workstation.domain.report import Report, SectionKind
from workstation.domain.wording import FIELD
from workstation.workflow.checks.slips import BODY, Slip, shortened
from workstation.workflow.checks.statements import sentences_of

_NONE = re.compile(
    r"^\W*(?:none|nil|n/?a|not applicable|no (?:prior|previous|earlier|relevant|comparison"
    r"|comparative)|not available|unavailable|(?:first|baseline) (?:study|examination|exam|scan))"
    r"|\b(?:none|not|un)\s?available\b"
    r"|\bno (?:(?:relevant|available|outside|other) )*(?:prior|previous|earlier)s?\b",
    re.IGNORECASE,
)
_STUDY = (
    r"(?:cta?|mr[ia]?|pet(?:/ct)?|study|studies|examinations?|exams?|radiographs?|films?|ultrasound"
    r"|mammograms?|scans?|imaging|images?|scintigraphy|sonograph\w+|x-?rays?|cxr)"
)
_EARLIER = r"(?:prior|previous|earlier|last|outside|old|former|baseline|yesterday|before)"
#: What changes in time, and how it is said: a verb in the perfect, an adverb of time, two sizes.
_CHANGED = (
    r"(?:increased|decreased|enlarged|grown|shrunk|shrunken|improved|worsened|progressed|regressed"
    r"|resolved|cleared|healed|reduced|diminished|expanded|evolved|developed|doubled|migrated"
    r"|lengthened|changed)"
)
#: Of an earlier time. "Compared with" alone also compares sides, phases, glands, neighbours, and
#: "increased" alone may be a density: each needs a word of time beside it.
_COMPARES = re.compile(
    r"\b(?:unchanged|(?:compared|in comparison|comparison|relative) (?:to|with) (?:the |an |a "
    r"|her |his )?"
    rf"(?:\w+ )?(?:{_EARLIER}|[0-9]|{_STUDY}\b)"
    r"|since (?:the )?(?:prior|previous|last|earlier|[0-9])"
    r"|(?:than|as) (?:seen )?(?:before|previously|yesterday|earlier|(?:on|in|at) (?:the )?"
    r"(?:prior|previous|last|earlier))|than (?:the )?(?:prior|previous|last)|as before"
    r"|interval (?:increase|decrease|growth|change|development|improvement|resolution|worsening"
    r"|progression|reduction|enlargement|healing|appearance|placement|removal)"
    rf"|(?:has|have|had) (?:\w+ly |not |now |markedly )?{_CHANGED}"
    r"(?!(?: \w+){0,2} (?:signal|density|attenuation|uptake|echogenicity|intensity|enhancement"
    r"|vascularity|activity|tracer|avidity))"
    rf"|{_CHANGED} (?:since|from|by [0-9]|(?:\w+ly )?in (?:size|thickness|number|extent|volume"
    rf"|length"
    r"|diameter|calibre|width|conspicuity)\b)"
    r"|previously (?:seen|noted|described|measur(?:ed|ing)|[0-9])|(?:was|formerly"
    r"|before) [0-9.]+ (?:x [0-9.]+ )?(?:mm|cm)"
    rf"|(?:prior|previous) {_STUDY}|no longer (?:seen|visible|present|identified)"
    r"|again (?:seen|noted|demonstrated|identified|shown|visuali[sz]ed)"
    r"|no (?:significant |appreciable |interval |definite |relevant )*change"
    r"|(?:growing|enlarging|shrinking|resolving) (?:\w+ ){0,2}(?:nodules?|mass|lesions?|cysts?"
    r"|nodes?|effusions?|aneurysms?|h(?:a)?ematomas?|collections?|opacit\w+|consolidations?)"
    r"|(?:remains?|appears?|is|are) (?:\w+ly )?stable|stable (?:since|compared|in size|appearance"
    r"|from)"
    r"|now (?:less|more|larger|smaller|thicker|thinner|[0-9.]+ ?(?:mm|cm))"
    r"|new (?:since|from|compared))\b",
    re.IGNORECASE,
)
#: "Stable nodule": the adjective before a finding or an organ, or alone, tells of time. A stable
#: patient, fracture, joint or construct is another matter.
_STABLE = re.compile(
    r"(?<!ally )(?<!-)\bstable\b(?!(?: \w+){0,2} (?:patient|position|fractures?|injur\w+|pattern"
    r"|joints?|ankle"
    r"|spine|construct|fixation|mortise|patella|angina|condition|isotopes?|xenon|vital|gait))"
    r"(?= (?:[a-z-]+ ){0,3}[a-z-]+|[.,]|\s*$)",
    re.IGNORECASE,
)
_NOT_COMPARING = re.compile(
    r"\b(?:to|will|should|can) (?:document|confirm|assess|ensure|show|evaluate|monitor)\b[^.]*"
    r"|\b(?:no|without|if|when|should|once|until|unless|obtain|correlat\w*|recommend\w*|request\w*"
    rf"|advis\w*)\b[^.]*\b(?:(?:prior|previous) {_STUDY}|stable|unchanged)\b[^.]*"
    r"|\b(?:compar\w+) (?:to|with) (?:any )?(?:outside|prior|previous|old|earlier)[^.]*"
    r"\b(?:recommended|advised|suggested|helpful|useful|would|if available)\b[^.]*"
    r"|\bprevious(?:ly)? (?:surgery|resection|operation|resected|treated|known)\b[^.]*"
    #: between two views, phases or positions of one study
    r"|\b(?:unchanged|stable|no (?:\w+ )?change|changes?|increased|decreased|cleared|filled"
    r"|drained|washed)\b[^.;]*\b(?:between"
    r"|on|with|from|in)"
    r" (?:the )?(?:flexion|extension|supine|prone|erect|standing|weight|valsalva|inspiration"
    r"|expiration|delayed|early|arterial|portal|venous|unenhanced|post-?contrast"
    r"|micturition)\b[^.;]*"
    #: the patient and the blood pressure, not the picture
    r"|\b(?:patient|clinically|symptoms?|pain|h(?:a)?emodynamic\w*|neurologic\w*|mechanically)\b"
    r"[^.;]{0,30}\b(?:stable|unchanged|improved|worsened|increased|decreased|progressed|resolved)\b"
    #: of the natural course of a thing, said without any earlier picture
    r"|\b(?:has|have) (?:not )?(?:developed|changed) (?:normally|into|as)\b"
    r"|\bchanges? (?:of|in keeping|consistent|related|due|compatible)\b",
    re.IGNORECASE,
)


def _compares(text: str) -> re.Match[str] | None:
    plain = _NOT_COMPARING.sub(" ", text)
    return _COMPARES.search(plain) or _STABLE.search(plain)


def comparison_without_a_prior(
    report: Report, priors: Sequence[PriorStudy] | None = None
) -> list[Slip]:
    """Words of comparison, though the report says that there is nothing to compare with.

    An empty section counts as that where it is known that there is no earlier study.
    """
    told = report.section(SectionKind.COMPARISON).text
    nothing = not re.search(r"\w", told) and priors is not None and not priors
    nothing = nothing or bool(re.fullmatch(r"\s*[-–—.]+\s*", told))
    if not nothing and not _NONE.search(told):
        return []
    for sentence in sentences_of(report, *BODY):
        match = _compares(sentence.text)
        if match is not None:
            return [
                Slip(
                    f"“{match[0]}”, but no comparison is named",
                    f"The comparison section says “{shortened(told.strip())}”."
                    if told.strip()
                    else "The comparison section is empty, and no earlier study is known.",
                    sentence.section,
                    match[0],
                )
            ]
    return []


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"[12][0-9]{3}"
_DATE = re.compile(
    rf"\b(?P<day>[0-3]?[0-9])(?:st|nd|rd"
    rf"|th)?[ -](?P<month>[A-Z][a-z]{{2,8}})\.?,?[ -](?P<year>{_YEAR})\b"
    rf"|\b(?P<month2>[A-Z][a-z]{{2,8}})\.? (?P<day2>[0-3]?[0-9])(?:st|nd|rd"
    rf"|th)?,? (?P<year2>{_YEAR})\b"
    rf"|\b(?P<year3>{_YEAR})[-/](?P<month3>[01][0-9])[-/](?P<day3>[0-3][0-9])\b"
    r"|(?<![\w./-])(?P<one>[0-3]?[0-9])(?P<mark>[./-])(?P<two>[0-3]?[0-9])(?P=mark)"
    rf"(?P<year4>{_YEAR}|[0-9]{{2}})(?![\w/]|[.-][0-9])"
    rf"|\b(?P<month5>[A-Z][a-z]{{2,8}})\.?,? (?P<year5>{_YEAR})\b"
)


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day as the text writes it, and the days that can be meant.

    `03/04/2025` is the third of April or the fourth of March; with points the day comes first.
    `Nov 2025` is any day of that month.
    """

    words: str
    days: tuple[date, ...]


def _day(year: str, month: int, day: str) -> list[date]:
    try:
        return [date(int(year), month, int(day))]
    except ValueError:
        return []


def _days(match: re.Match[str]) -> list[date]:
    if match["year4"]:
        year = match["year4"] if len(match["year4"]) == 4 else f"20{match['year4']}"
        made = _day(year, int(match["two"]), match["one"])
        if match["mark"] != ".":
            made += _day(year, int(match["one"]), match["two"])
        return list(dict.fromkeys(made))
    if match["year3"]:
        return _day(match["year3"], int(match["month3"]), match["day3"])
    word = (match["month"] or match["month2"] or match["month5"])[:3].lower()
    if word not in _MONTHS:
        return []
    month = _MONTHS.index(word) + 1
    if match["year5"]:
        last = calendar.monthrange(int(match["year5"]), month)[1]
        return [date(int(match["year5"]), month, day) for day in range(1, last + 1)]
    return _day(match["year"] or match["year2"], month, match["day"] or match["day2"])


def named_days(text: str) -> list[NamedDay]:
    """The days that a text names with day, month and year; what is no date is left out."""
    found = [NamedDay(match[0], tuple(_days(match))) for match in _DATE.finditer(text)]
    return [each for each in found if each.days]


def _words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _slip(report: Report, title: str, detail: str) -> list[Slip]:
    words = report.section(SectionKind.COMPARISON).text.strip()
    return [Slip(title, detail, SectionKind.COMPARISON, words)]


def comparison_with_an_unknown_study(
    report: Report, priors: Sequence[PriorStudy] | None, opened: frozenset[str] | None
) -> list[Slip]:
    """The comparison names a date that no earlier study has, a study that was not opened, or a
    study where there is none.

    `priors` None: nobody can tell which there are. `opened` are Study Instance UIDs; None: it is
    not known which were looked at.
    """
    text = FIELD.sub("", report.section(SectionKind.COMPARISON).text)
    if priors is None or not re.search(r"\w", text) or _NONE.search(text):
        return []
    if not priors:
        return _slip(report, "No earlier study is known", "The report names one as comparison.")
    by_day = {
        each.study_datetime.date(): each for each in priors if each.study_datetime is not None
    }
    named = named_days(text)
    for each in named:
        meant = [day for day in each.days if day in by_day]
        if not meant:
            known = ", ".join(_words(day) for day in sorted(by_day, reverse=True))
            detail = f"Earlier studies: {known}." if known else "No earlier study has a date."
            words = _words(each.days[0]) if len(each.days) == 1 else each.words
            return _slip(report, f"No earlier study of {words}", detail)
        if opened is not None and all(
            by_day[day].study_instance_uid not in opened for day in meant
        ):
            return _slip(
                report,
                f"The study of {_words(meant[0])} was not looked at",
                "The report names it as comparison.",
            )
    if not named and opened is not None and not opened & {p.study_instance_uid for p in priors}:
        return _slip(report, "No earlier study was looked at", "The report names a comparison.")
    return []


#: What makes the day behind it that of an earlier picture, and what makes it the day of something
#: else.
_PICTURE_OF = re.compile(
    rf"\b(?:(?:compared|comparison|relative) (?:to|with)|since|{_EARLIER})\b[^.;,]{{0,60}}$",
    re.IGNORECASE,
)
#: As far before a day as its picture can be named.
_NEAR = 100
_SOMETHING_ELSE = re.compile(
    r"\b(?:surg\w*|operat\w*|resect\w*|\w+ectomy|\w+plasty|implant\w*|treat\w*|\w*therap\w*|cycles?"
    r"|onset|pain|symptoms?|trauma|falls?|accident|injury|biops\w*|stent\w*|transplant\w*|admi\w+"
    r"|discharge|birth|delivery|vaccin\w*|puncture|drain\w*|intubat\w*|placed|placement)\b",
    re.IGNORECASE,
)


def comparison_claimed_in_the_words(
    report: Report, priors: Sequence[PriorStudy] | None, opened: frozenset[str] | None
) -> list[Slip]:
    """Findings or impression claim a comparison with a day that no earlier study has, or with a
    study that nobody looked at. `priors` and `opened` as for `comparison_with_an_unknown_study`,
    which speaks where the section of comparisons names something.
    """
    if not priors:
        return []
    by_day = {
        each.study_datetime.date(): each for each in priors if each.study_datetime is not None
    }
    text = FIELD.sub("", report.section(SectionKind.COMPARISON).text)
    if _NONE.search(text):
        return []  # told by `comparison_without_a_prior`
    named = re.search(r"\w", text)
    looked_at = opened is None or bool(opened & {each.study_instance_uid for each in priors})
    for sentence in sentences_of(report, *BODY):
        elsewhere = _SOMETHING_ELSE.search(sentence.text) is not None
        for match in () if elsewhere else _DATE.finditer(sentence.text):
            days, start = _days(match), match.start()
            claimed = _PICTURE_OF.search(sentence.text, max(0, start - _NEAR), start)
            if not days or claimed is None:
                continue
            told = _words(days[0]) if len(days) == 1 else match[0]
            meant = [by_day[day].study_instance_uid for day in days if day in by_day]
            if not meant:
                known = ", ".join(_words(day) for day in sorted(by_day, reverse=True))
                detail = f"Earlier studies: {known}." if known else "No earlier study has a date."
                return [Slip(f"No earlier study of {told}", detail, sentence.section, match[0])]
            if opened is not None and not opened.intersection(meant):
                title = f"The study of {told} was not looked at"
                detail = "The report claims a comparison with it."
                return [Slip(title, detail, sentence.section, match[0])]
        said = _compares(sentence.text) if not named and not looked_at else None
        if said is not None:
            title = f"“{said[0]}”, but no earlier study was looked at"
            return [Slip(title, "The report names none either.", sentence.section, said[0])]
    return []
