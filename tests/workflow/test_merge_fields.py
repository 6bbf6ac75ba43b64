"""What a template takes over from the case: known from the images, or left open."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.dicom import reports
from tests.realdata import require
from workstation.dicom import documents
from workstation.dicom.display_sets import build_studies
from workstation.dicom.folder import scan
from workstation.domain.identity import Patient
from workstation.domain.radiation import RadiationDose, Tracer
from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.report import Section, SectionKind
from workstation.domain.study import DisplaySet, DisplaySetKind, Document, Series, Study
from workstation.settings import resources
from workstation.ui.report.signable import nothing_to_sign
from workstation.workflow.merge_fields import (
    FIELDS,
    MERGE,
    FieldAnswer,
    comparison,
    fill,
    known_later,
    late_answers,
    merge_values,
)
from workstation.workflow.templates import Templates

TODAY = date(2026, 11, 24)
TASK = ReadingTask("1.2.9", "a", "1.2")


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates(resources() / "templates")


def study(*doses: RadiationDose) -> Study:
    sets = tuple(
        DisplaySet(
            identifier=f"1.2.3/{number}",
            kind=DisplaySetKind.DOCUMENT,
            series_instance_uid="1.2.3",
            series_number=9,
            description="Dose",
            modality="SR",
            documents=(Document(f"1.2.3.{number}", "Dose", "text/plain", dose=dose),),
        )
        for number, dose in enumerate(doses)
    )
    return Study("1.2", Patient("1"), series=(Series("1.2.3", "SR", "Dose", 9, sets),))


def technique(sections: tuple[Section, ...]) -> str:
    return next(each.text for each in sections if each.kind is SectionKind.TECHNIQUE)


def test_a_dose_report_fills_the_dose_of_a_ct(templates: Templates) -> None:
    """Two scans of 9.87 and 12.5 mGy and a total of 595.6 mGy·cm, as the report was written."""
    written = reports.ct_dose()
    described = documents.describe(written, "1.2.3.1", reports.DOSE_SR)
    assert described is not None
    assert described.dose == RadiationDose(ctdi_vol_mgy=12.5, dlp_mgy_cm=595.6)
    template = templates.get("ct-chest")
    assert template is not None
    values = merge_values(TASK, study(described.dose), TODAY)
    assert "Dose: CTDIvol up to 12.5 mGy, DLP 596 mGy·cm." in technique(fill(template, values))


@pytest.mark.parametrize(
    "held",
    [
        study(),
        study(RadiationDose(dlp_mgy_cm=100.0), RadiationDose(dlp_mgy_cm=200.0)),
        study(RadiationDose(area_product_gy_cm2=1.0)),
    ],
)
def test_a_dose_that_is_not_told_or_told_twice_stays_open(
    templates: Templates, held: Study
) -> None:
    template = templates.get("ct-chest")
    assert template is not None
    assert "Dose: [dose]" in technique(fill(template, merge_values(TASK, held, TODAY)))


def test_the_same_dose_report_sent_twice_is_one_dose() -> None:
    same = RadiationDose(dlp_mgy_cm=100.0)
    assert merge_values(TASK, study(same, same), TODAY)["dose.ct"] == "DLP 100 mGy·cm."


def test_a_dose_in_a_unit_that_is_not_known_is_not_taken() -> None:
    written = reports.report(
        reports.DOSE_SR,
        reports.code("113701", "DCM", "X-Ray Radiation Dose Report"),
        reports.container(
            reports.code("113702", "DCM", "Accumulated X-Ray Dose Data"),
            reports.num(
                reports.code("113722", "DCM", "Dose Area Product Total"), "3", ("R.cm2", "R.cm2")
            ),
            reports.num(reports.code("113725", "DCM", "Dose (RP) Total"), "0.012", ("Gy", "Gy")),
            reports.num(reports.code("113730", "DCM", "Total Fluoro Time"), "90", ("s", "s")),
        ),
    )
    described = documents.describe(written, "1.2.3.1", reports.DOSE_SR)
    assert described is not None
    assert described.dose == RadiationDose(reference_point_mgy=12.0, fluoroscopy_s=90.0)
    words = merge_values(TASK, study(described.dose), TODAY)["dose.fluoroscopy"]
    assert words == "12 mGy at the reference point, fluoroscopy 1.5 min."


INJECTED = datetime(2026, 11, 24, 8, 3)


@pytest.mark.parametrize(
    ("tracer", "minutes"),
    [
        (Tracer(injected_at=INJECTED, imaged_at=INJECTED + timedelta(minutes=60)), 60),
        (Tracer(injected_time=time(8, 3), imaged_at=datetime(2026, 11, 24, 8, 59)), 56),
        (Tracer(injected_time=time(23, 50), imaged_at=datetime(2026, 11, 25, 0, 50)), 60),
        (Tracer(injected_at=INJECTED, imaged_at=INJECTED - timedelta(minutes=1)), None),
        (
            Tracer(
                half_life_s=6586.2,
                injected_at=INJECTED,
                imaged_at=INJECTED + timedelta(days=2),
            ),
            None,
        ),
        (Tracer(injected_at=INJECTED), None),
        (Tracer(imaged_at=INJECTED), None),
    ],
)
def test_the_uptake_time_is_told_or_unknown(tracer: Tracer, minutes: int | None) -> None:
    told = tracer.uptake
    assert (None if told is None else told.total_seconds() / 60) == minutes


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        # Radiopharmaceutical, 365.8 MBq at 08:03:00, the first image at 08:59:05 (its header).
        (
            "petct-sts026/PET",
            ("Tracer: F-18 FDG", "Injected activity: 366 MBq",
             "Time from injection to imaging: 56 min"),
        ),
        # This one names no radiopharmaceutical: it stays open.
        ("pet-wb-qin-headneck-0024", ("Tracer: [tracer]", "Injected activity: 381 MBq")),
    ],
)  # fmt: skip
def test_tracer_activity_and_uptake_time_come_from_the_images(
    templates: Templates, name: str, lines: tuple[str, ...]
) -> None:
    (held, *_) = build_studies(*scan(require(name)))
    template = templates.get("pet-ct")
    assert template is not None
    text = technique(fill(template, merge_values(TASK, held, TODAY)))
    for line in lines:
        assert line in text.splitlines()


def prior(uid: str, year: int, name: str) -> PriorStudy:
    return PriorStudy(uid, datetime(year, 3, 12, tzinfo=UTC), ("CT",), name, 9)


def test_a_comparison_names_what_was_shown_the_newest_first() -> None:
    shown = [prior("1.5", 2021, "CT head"), prior("1.6", 2024, "MR brain")]
    assert comparison(shown) == "MR brain of 12 Mar 2024; CT head of 12 Mar 2021."
    assert comparison([]) == ""


def test_what_becomes_known_later_answers_its_field_of_its_section() -> None:
    known = known_later(study(RadiationDose(dlp_mgy_cm=100.0)), [prior("1.5", 2021, "CT head")])
    assert set(late_answers(known)) == {
        FieldAnswer(SectionKind.COMPARISON, "comparison", "CT head of 12 Mar 2021."),
        FieldAnswer(SectionKind.TECHNIQUE, "dose", "DLP 100 mGy·cm."),
    }


def test_measurements_are_taken_over_as_links(templates: Templates) -> None:
    assert merge_values(TASK, None, TODAY, (), ("a1", "a2"))["measurements.all"] == (
        "{{m:a1}}; {{m:a2}}"
    )
    assert "measurements.all" not in merge_values(TASK, None, TODAY)


def test_every_merge_field_of_every_template_is_one_that_can_be_filled(
    templates: Templates,
) -> None:
    for template in templates.all():
        assert set(MERGE.findall(template.text)) <= set(FIELDS), template.name


def test_an_untouched_template_says_nothing_and_one_written_word_does(
    templates: Templates,
) -> None:
    """Of every template: also of PET, whose lines hold words beside their open fields."""
    for template in templates.all():
        sections = fill(template, merge_values(TASK, None, TODAY, ()))
        assert nothing_to_sign(sections, template.text), template.name
        written = tuple(
            Section(each.kind, each.text + "\nNodule.")
            if each.kind is SectionKind.FINDINGS
            else each
            for each in sections
        )
        assert nothing_to_sign(written, template.text) == "", template.name
