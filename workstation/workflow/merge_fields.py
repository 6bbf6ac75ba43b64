"""Merge fields: what a template takes over from the case. What is not known stays an open field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workstation.domain.identity import Sex
from workstation.domain.radiation import RadiationDose, Tracer
from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.report import Section, SectionKind
from workstation.domain.study import Study
from workstation.domain.wording import IMPLAUSIBLE
from workstation.workflow.templates import ReportTemplate


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """What an open field of a section is answered with; `field` is its words without brackets."""

    section: SectionKind
    field: str
    words: str


MERGE = re.compile(r"\{\{([a-z]+\.[a-z_]+)\}\}")

#: Every merge field, what it stands for, and the open field that stays where that is not known.
#: Empty: nothing is left open.
FIELDS: Mapping[str, tuple[str, str]] = {
    "patient.person": ("age and sex in words", "[person]"),
    "task.reason": ("the question of the request", "[reason]"),
    "task.procedure": ("the procedure of the request", "[procedure]"),
    "task.accession": ("the accession number", "[accession number]"),
    "study.slices": ("the thickness of the slices, with a comma before it", ""),
    "study.contrast": ("that contrast was given, with a space before it", " [contrast]"),
    "dose.ct": ("CTDIvol and DLP of the dose report", "[dose]"),
    "dose.fluoroscopy": ("dose area product and fluoroscopy time of the dose report", "[dose]"),
    "tracer.name": ("the radiopharmaceutical", "[tracer]"),
    "tracer.activity": ("the injected activity", "[activity]"),
    "tracer.uptake": ("the time from injection to imaging", "[uptake time]"),
    "prior.comparison": ("the earlier study once an image of it was shown", "[comparison]"),
    "measurements.all": ("the measurements made so far, as links", "[measurements]"),
}


def merge_values(
    task: ReadingTask,
    study: Study | None,
    today: date,
    priors: Sequence[PriorStudy] | None = None,
    measured: Sequence[str] = (),
) -> Mapping[str, str]:
    """What the merge fields of a template stand for; what is not known is not among them.

    `priors` None means that nobody can tell whether there are any. An earlier study is never named
    here: at the beginning no image of it was shown. `measured` are identifiers of measurements.
    """
    patient = task.patient
    age = patient.age_years(today)
    sex = {Sex.FEMALE: "woman", Sex.MALE: "man"}.get(patient.sex, "patient")
    if age is not None and age < 18:
        sex = {Sex.FEMALE: "girl", Sex.MALE: "boy"}.get(patient.sex, "child")
    person = f"{age}-year-old {sex}" if age is not None else f"{sex.capitalize()}, age unknown"
    born = patient.birth_date
    if born is not None and patient.age_is_implausible(today):
        told = f"{born.day} {born:%b} {born.year}"
        person = f"{sex.capitalize()}, {IMPLAUSIBLE} (born {told})"
    values = {
        "patient.person": person,
        "task.reason": task.reason.rstrip(". "),
        "task.procedure": task.procedure or task.modality,
        "task.accession": task.accession_number,
        "measurements.all": "; ".join(f"{{{{m:{each}}}}}" for each in measured),
    }
    if priors is not None and not priors:
        values["prior.comparison"] = "None available."
    if study is not None:
        values |= _of_study(study)
    return {name: words for name, words in values.items() if words}


def _of_study(study: Study) -> dict[str, str]:
    thickness = _thickness(study)
    tracer = _only_tracer(study)
    dose = _only_dose(study)
    return {
        "study.slices": f", {thickness} slices" if thickness else "",
        "study.contrast": _contrast(study),
        "tracer.name": tracer.name,
        "tracer.activity": _activity(tracer),
        "tracer.uptake": _uptake(tracer),
        "dose.ct": _ct_dose(dose),
        "dose.fluoroscopy": _xray_dose(dose),
    }


def comparison(shown: Sequence[PriorStudy]) -> str:
    """Earlier studies as they are named under Comparison, newest first; empty for none."""
    newest = sorted(
        shown,
        key=lambda each: each.study_datetime.timestamp() if each.study_datetime else 0.0,
        reverse=True,
    )
    return "; ".join(map(_named, newest)) + "." if newest else ""


def _named(prior: PriorStudy) -> str:
    name = prior.description or "/".join(prior.modalities) or "Study"
    when = prior.study_datetime
    return f"{name} of {when.day} {when:%b %Y}" if when is not None else f"{name}, undated"


#: Fields that become known while the case is open, and the section that holds them.
_LATE = {
    "prior.comparison": SectionKind.COMPARISON,
    "dose.ct": SectionKind.TECHNIQUE,
    "dose.fluoroscopy": SectionKind.TECHNIQUE,
    "tracer.name": SectionKind.TECHNIQUE,
    "tracer.activity": SectionKind.TECHNIQUE,
    "tracer.uptake": SectionKind.TECHNIQUE,
}


def known_later(study: Study | None, shown: Sequence[PriorStudy]) -> Mapping[str, str]:
    """What is known by now of the fields that were open at the beginning."""
    values = _of_study(study) if study is not None else {}
    values |= {"prior.comparison": comparison(shown)}
    return {name: words for name, words in values.items() if words and name in _LATE}


def late_answers(values: Mapping[str, str]) -> tuple[FieldAnswer, ...]:
    """What is known by now, as answers to fields that may still be open."""
    return tuple(
        FieldAnswer(_LATE[name], FIELDS[name][1].strip("[]"), words)
        for name, words in values.items()
    )


def _thickness(study: Study) -> str:
    spacings = [
        shown.volume.slice_spacing_mm for shown in study.display_sets if shown.volume is not None
    ]
    return f"{min(spacings):.1f} mm" if spacings else ""


def _contrast(study: Study) -> str:
    """What stands behind “CT of the chest”: only that contrast was given is told by the images;
    that none is named does not say that none was given."""
    named = any(
        caption == "contrast"
        for shown in study.display_sets
        for frame in shown.frames
        for caption, _ in frame.technique
    )
    return " after intravenous contrast" if named else ""


def _only_tracer(study: Study) -> Tracer:
    """The tracer that all series agree on; series of one injection begin at different times, and
    the earliest counts."""
    told = [shown.tracer for shown in study.display_sets if shown.tracer is not None]
    if not told or len({(each.name, each.activity_bq) for each in told}) > 1:
        return Tracer()
    return min(told, key=lambda each: (each.uptake is None, each.uptake or 0))


def _activity(tracer: Tracer) -> str:
    return f"{tracer.activity_bq / 1e6:.0f} MBq" if tracer.activity_bq is not None else ""


def _uptake(tracer: Tracer) -> str:
    passed = tracer.uptake
    return f"{passed.total_seconds() / 60:.0f} min" if passed is not None else ""


def _only_dose(study: Study) -> RadiationDose:
    """The totals of the one dose report; two that differ are not added up, and not chosen from."""
    told = {
        document.dose
        for shown in study.display_sets
        for document in shown.documents
        if document.dose is not None
    }
    return told.pop() if len(told) == 1 else RadiationDose()


def _ct_dose(dose: RadiationDose) -> str:
    parts = []
    if dose.ctdi_vol_mgy is not None:
        parts.append(f"CTDIvol up to {dose.ctdi_vol_mgy:.1f} mGy")
    if dose.dlp_mgy_cm is not None:
        parts.append(f"DLP {dose.dlp_mgy_cm:.0f} mGy·cm")
    return ", ".join(parts) + "." if parts else ""


def _xray_dose(dose: RadiationDose) -> str:
    parts = []
    if dose.area_product_gy_cm2 is not None:
        parts.append(f"dose area product {dose.area_product_gy_cm2:.2f} Gy·cm²")
    if dose.reference_point_mgy is not None:
        parts.append(f"{dose.reference_point_mgy:.0f} mGy at the reference point")
    if dose.fluoroscopy_s is not None:
        parts.append(f"fluoroscopy {dose.fluoroscopy_s / 60:.1f} min")
    return ", ".join(parts) + "." if parts else ""


def fill(template: ReportTemplate, values: Mapping[str, str]) -> tuple[Section, ...]:
    """The sections with their merge fields filled; one without a value becomes an open field."""

    def put(match: re.Match[str]) -> str:
        named = match[1].partition(".")[2].replace("_", " ")
        return values.get(match[1]) or FIELDS.get(match[1], ("", f"[{named}]"))[1]

    return tuple(Section(each.kind, MERGE.sub(put, each.text)) for each in template.sections)
