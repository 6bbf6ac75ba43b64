"""What a template looks like on a case that nobody has: merge fields filled, statements put in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from workstation.domain.identity import Patient, PersonName, Sex
from workstation.domain.image import FrameDescription, FrameKey, PixelFormat
from workstation.domain.radiation import RadiationDose, Tracer
from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.report import Section
from workstation.domain.study import DisplaySet, DisplaySetKind, Document, Series, Study
from workstation.workflow.merge_fields import comparison, fill, merge_values
from workstation.workflow.normal_statements import fill_normal
from workstation.workflow.templates import ReportTemplate

_DAY = date(2026, 11, 24)
_DOSE = RadiationDose(12.5, 595.6, 3.2, 48.0, 132.0)


def example_values(template: ReportTemplate) -> Mapping[str, str]:
    """Merge fields of a phantom case that fits the template's sex, age and modality."""
    sex = Sex.MALE if template.sexes == {Sex.MALE} else Sex.FEMALE
    years = 61 if template.ages is None else (template.ages[0] + template.ages[1]) // 2
    modality = next(iter(sorted(template.modalities)), "CT")
    patient = Patient(
        "PHANTOM-1", PersonName("PHANTOM^TEMPLATE"), date(_DAY.year - years, 3, 2), sex
    )
    task = ReadingTask(
        "1.2.826.0.1",
        "example",
        "1.2.826.0.2",
        patient=patient,
        procedure=template.title,
        modality=modality,
        reason="Cough for eight weeks",
        accession_number="A-1001",
    )
    prior = PriorStudy(
        "1.2.826.0.3", datetime(2026, 3, 12, tzinfo=UTC), (modality,), template.title, 9
    )
    study = _study(patient, modality)
    return {
        **merge_values(task, study, _DAY, (), ()),
        "prior.comparison": comparison([prior]),
        "measurements.all": "17.1 mm",
        "study.slices": ", 1.0 mm slices",
    }


def _study(patient: Patient, modality: str) -> Study:
    """A study with a dose report, a tracer and contrast; its picture is never drawn."""
    frame = FrameDescription(
        key=FrameKey("1.2.826.0.2.1.1"),
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        pixel_format=PixelFormat(
            8, 8, 1, 1, "MONOCHROME2", 16, 12, 11, False, 0, "1.2.840.10008.1.2.1"
        ),
        modality=modality,
        technique=(("contrast", "Iohexol"),),
    )
    imaged = datetime.combine(_DAY, time(9, 0))
    tracer = Tracer("F-18 FDG", 312e6, 6586.2, imaged - timedelta(minutes=60), None, imaged)
    images = DisplaySet(
        identifier="1.2.826.0.2.1/0",
        kind=DisplaySetKind.IMAGE,
        series_instance_uid="1.2.826.0.2.1",
        series_number=1,
        description="",
        modality=modality,
        frames=(frame,),
        sop_instance_uids=("1.2.826.0.2.1.1",),
        tracer=tracer,
    )
    dose = DisplaySet(
        identifier="1.2.826.0.2.2/0",
        kind=DisplaySetKind.DOCUMENT,
        series_instance_uid="1.2.826.0.2.2",
        series_number=2,
        description="",
        modality="SR",
        documents=(Document("1.2.826.0.2.2.1", "Dose", "text/plain", dose=_DOSE),),
    )
    series = tuple(
        Series(each.series_instance_uid, each.modality, "", each.series_number, (each,))
        for each in (images, dose)
    )
    return Study("1.2.826.0.2", patient, series=series)


def preview(template: ReportTemplate, *, normal: bool) -> tuple[Section, ...]:
    """The sections as a draft begins, or with every normal statement put in."""
    sections = fill(template, example_values(template))
    return fill_normal(template, sections) if normal else sections
