"""Dates, names, links and switches of the checks of the words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.dictated_text import DictatedSpan
from workstation.domain.identity import Patient, PersonName, Sex
from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.report import Report, Section, SectionKind
from workstation.workflow.check_context import CheckContext, Surroundings
from workstation.workflow.checks import comparisons, patients, sizes, sizes_compared, words

PATIENT = Patient("4471-20983", PersonName("Ackermann^Lena"), None, Sex.FEMALE)
PRIOR = PriorStudy("1.9", datetime(2025, 3, 12, 9, 0, tzinfo=UTC), ("CT",), "CT chest", 200)


def report(findings: str = "", impression: str = "", comparison: str = "") -> Report:
    return Report(
        "r",
        "1.2",
        "1.3",
        sections=(
            Section(SectionKind.COMPARISON, comparison),
            Section(SectionKind.FINDINGS, findings),
            Section(SectionKind.IMPRESSION, impression),
        ),
    )


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("CT chest of 12 Mar 2025.", [(date(2025, 3, 12),)]),
        ("CT of March 12, 2025 and 2024-11-02.", [(date(2025, 3, 12),), (date(2024, 11, 2),)]),
        ("CT of 31 February 2025.", []),
        ("CT of 03/04/2025.", [(date(2025, 4, 3), date(2025, 3, 4))]),
        ("CT of 13/04/2025 and 04/13/2025.", [(date(2025, 4, 13),), (date(2025, 4, 13),)]),
        ("CT of 03.04.2025.", [(date(2025, 4, 3),)]),
        ("None available.", []),
    ],
)
def test_a_date_is_read_with_every_day_that_it_can_mean(
    text: str, days: list[tuple[date, ...]]
) -> None:
    assert [each.days for each in comparisons.named_days(text)] == days


def test_a_comparison_with_a_day_that_no_earlier_study_has_is_told() -> None:
    (slip,) = comparisons.comparison_with_an_unknown_study(
        report(comparison="CT chest of 13 Mar 2025."), (PRIOR,), None
    )
    assert "13 Mar 2025" in slip.title
    assert "12 Mar 2025" in slip.detail


def test_a_comparison_with_a_study_that_was_never_on_the_screen_is_told() -> None:
    made = report(comparison="CT chest of 12 Mar 2025.")
    (slip,) = comparisons.comparison_with_an_unknown_study(made, (PRIOR,), frozenset())
    assert "not looked at" in slip.title
    assert comparisons.comparison_with_an_unknown_study(made, (PRIOR,), frozenset({"1.9"})) == []
    assert comparisons.comparison_with_an_unknown_study(made, None, frozenset()) == []


OTHERS = (
    Patient("7788-1", PersonName("Young^Peter")),
    Patient("4471-20984", PersonName("Ackermann^Ida")),
    Patient("12", PersonName("Li^Wei")),
)


@pytest.mark.parametrize(
    ("text", "words_told"),
    [
        ("Discussed with the family of Peter Young.", "Peter Young"),
        ("Young, Peter: no change.", "Young, Peter"),
        ("Mr Young was told.", "Mr Young"),
        ("Patient number 7788-1.", "7788-1"),
        ("A young patient with a 12 mm nodule.", ""),
        ("Lena Ackermann was seen.", ""),
        ("Image 12 of 40.", ""),
        ("Number 4471-20983.", ""),
        ("Number 4471-20984.", "4471-20984"),
    ],
)
def test_another_patient_is_told_by_full_name_title_or_number(text: str, words_told: str) -> None:
    found = patients.another_patient(report(findings=text), PATIENT, OTHERS)
    assert [each.words for each in found] == ([words_told] if words_told else [])


@pytest.mark.parametrize(
    ("text", "words_told"),
    [
        ("Patient name: Schmidt, Johann. Emphysema.", "Patient name: Schmidt, Johann"),
        ("Pt: KOWALSKI J. Fracture.", "Pt: KOWALSKI J"),
        ("Patient: van der Berg. Protrusion.", "Patient: van der Berg"),
        ("MRN 90017755.", "MRN 90017755"),
        ("Müller, Eva: known glioma.", "Müller, Eva"),
        ("Mueller is known to have a glioma.", "Mueller is known"),
        ("Patient name: Ackermann, L.", ""),
        ("Name: L. Ackermann", ""),
        ("Patient: Supine position. Patient: Female.", ""),
        ("MRN 4471-20983. Accession 90017755.", ""),
        ("Discussed with Dr Eva Müller. Mueller-Weiss tear.", ""),
    ],
)
def test_a_name_or_number_that_is_said_to_be_the_patients_must_be_hers(
    text: str, words_told: str
) -> None:
    other = Patient("66612345", PersonName("Müller^Eva"))
    found = patients.another_patient(report(findings=text), PATIENT, (other,))
    assert [each.words for each in found] == ([words_told] if words_told else [])


@pytest.mark.parametrize(
    ("findings", "impression", "wrong"),
    [
        ("Renal mass of 4.2 cm.", "Renal mass of 2.4 cm.", True),
        ("Fibroid 4.5 cm.", "A 45 cm fibroid.", True),
        ("Renal mass of 42 mm.", "4 cm renal mass.", False),
        ("Nodules of 4 and 8 mm: RUL 8 mm, LLL 4 mm.", "8 mm nodule.", False),
        ("Nodule of 9 mm.", "Nodule, grown from 6 mm by 3 mm. Follow nodules under 6 mm.", False),
        ("Left renal mass 42 mm.", "Right renal mass 24 mm.", False),
    ],
)
def test_a_size_of_the_impression_stands_in_the_findings(
    findings: str, impression: str, wrong: bool
) -> None:
    found = sizes_compared.sizes_between_sections(report(findings, impression))
    assert bool(found) is wrong


@pytest.mark.parametrize(
    ("words_of_link", "text", "wrong"),
    [
        ("17.1 × 9.0 mm", "Node of 17 mm ({{m:a}}).", False),
        ("17.1 × 9.0 mm", "Node of 9 mm ({{m:a}}).", False),
        ("17.1 × 9.0 mm", "Node of 19 mm ({{m:a}}).", True),
        ("49 ± 23 HU", "Density 49 HU ({{m:a}}).", False),
        ("49 ± 23 HU", "Density 94 HU ({{m:a}}).", True),
        ("112.3 mm²", "Length 14 mm ({{m:a}}).", False),
    ],
)
def test_both_axes_and_the_mean_of_a_link_are_its_numbers(
    words_of_link: str, text: str, wrong: bool
) -> None:
    found = sizes.sizes_beside_a_link(report(findings=text), {"m:a": words_of_link})
    assert bool(found) is wrong


def test_a_linked_size_of_the_findings_is_compared_with_what_the_impression_types() -> None:
    held = context()
    held = replace(held, links={"m:a": "12.4 mm"})
    (size,) = [each for each in words.CHECKS if each.key == "size"]
    assert size.run(report("Nodule {{m:a}}.", "18 mm nodule."), held)
    assert not size.run(report("Nodule {{m:a}}.", "12 mm nodule."), held)
    assert not size.run(report("Nodule {{m:a}}.", "Nodule of {{m:a}}."), held)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Nodule of 14 mm ({{m:a}}).", True),
        ("Nodule of 12.4 mm ({{m:a}}).", False),
        ("Nodule {{m:a}}, previously 9 mm.", False),
        ("Previously 9 mm, now {{m:a}}.", False),
        ("Density 14 HU, long axis {{m:a}}.", False),
        ("Nodule of 12 mm ({{m:a}}).", False),
        ("Nodule of 1.2 cm ({{m:a}}).", False),
        ("Nodule of 1.24 cm ({{m:a}}).", False),
        ("Nodule of 13 mm ({{m:a}}).", True),
        ("Nodule of 1.4 cm ({{m:a}}).", True),
        ("Nodule of {{m:a}} (14 mm).", True),
        ("Nodule of {{m:a}} (12 mm).", False),
        ("Nodule of {{m:a}} (previously 14 mm).", False),
        ("Nodule of {{m:a}} (14 HU).", False),
        ("Nodule of {{m:a}}, cyst of 14 mm.", False),
    ],
)
def test_a_typed_number_must_be_the_linked_measurement_beside_it(text: str, wrong: bool) -> None:
    found = sizes.sizes_beside_a_link(report(findings=text), {"m:a": "12.4 mm"})
    assert bool(found) is wrong


def context(off: frozenset[str] = frozenset()) -> CheckContext:
    task = ReadingTask("1.3", "a", "1.2", patient=PATIENT, procedure="XR left knee")
    return CheckContext(
        task, None, None, (), {}, frozenset(), around=Surroundings((PRIOR,), OTHERS, off)
    )


WRONG = report(
    "No fracture. The prostate measures 45 x 40. Peter Young. Fracture of the right patella.",
    "Unchanged since the previous CT.",
    "None available.",
)
WRONG = replace(
    WRONG,
    sections=tuple(
        replace(each, dictated=(DictatedSpan(0, 2, "u"), DictatedSpan(3, 11, "u", "", 1, True)))
        if each.kind is SectionKind.FINDINGS
        else each
        for each in WRONG.sections
    ),
)


@pytest.mark.parametrize("key", [each.key for each in words.CHECKS])
def test_each_check_has_a_switch_of_its_own(key: str) -> None:
    (check,) = [each for each in words.CHECKS if each.key == key]
    assert check.run(WRONG, context())
    assert check.run(WRONG, context(frozenset({key}))) == []
    others = frozenset(each.key for each in words.CHECKS) - {key}
    assert check.run(WRONG, context(others))


@given(st.text(max_size=400), st.text(max_size=120))
def test_any_text_is_read_without_a_defect(findings: str, impression: str) -> None:
    for check in words.CHECKS:
        for finding in check.run(report(findings, impression, findings), context()):
            assert finding.title
            assert finding.explanation
            assert finding.section is not None
