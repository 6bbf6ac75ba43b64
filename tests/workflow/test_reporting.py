"""The draft: on the disk within the delay, newest content wins, templates that fit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from workstation.domain.clock import utc_now
from workstation.domain.errors import DiskFull, StateRefused
from workstation.domain.identity import Patient, PersonName, Sex
from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.report import Report, Section, SectionKind
from workstation.domain.wording import FIELD, without_open_fields
from workstation.settings import resources
from workstation.workflow.merge_fields import FIELDS, MERGE, fill, merge_values
from workstation.workflow.normal_statements import fill_normal
from workstation.workflow.reporting import Reporting
from workstation.workflow.templates import Templates


class Disk:
    """Drafts in memory; `broken` refuses, `saved` tells each content that was written."""

    def __init__(self) -> None:
        self.saved: list[Report] = []
        self.broken = False
        self.written = threading.Event()

    def save(self, report: Report) -> None:
        if self.broken:
            raise DiskFull("The disk is full.", remedy="Free some space.")
        self.saved.append(report)
        self.written.set()

    def load(self, study_uid: str) -> Report | None:
        held = [each for each in self.saved if each.study_instance_uid == study_uid]
        return held[-1] if held else None

    def last_document(self, study_uid: str) -> str:
        return ""

    def signed(self, study_uid: str) -> tuple[Report, ...]:
        return ()

    def discard(self, study_uid: str) -> None:
        self.saved.clear()


def task(procedure: str = "CT head", modality: str = "CT", body_part: str = "HEAD") -> ReadingTask:
    patient = Patient("1", PersonName("A^B"), date(1965, 3, 2), Sex.FEMALE)
    return ReadingTask(
        "1.2.9",
        "a",
        "1.2",
        patient=patient,
        procedure=procedure,
        modality=modality,
        body_part=body_part,
        reason="Sudden headache.",
    )


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def templates() -> Templates:
    return Templates(resources() / "templates")


@pytest.fixture
def reporting(disk: Disk, templates: Templates) -> Iterator[Reporting]:
    held = Reporting(disk, templates, utc_now, delay_seconds=0.02)
    yield held
    held.close()


def edited(text: str) -> tuple[Section, ...]:
    return (Section(SectionKind.FINDINGS, text),)


def test_looking_at_a_case_leaves_no_draft_behind(reporting: Reporting, disk: Disk) -> None:
    reporting.open(task(), None)
    reporting.flush()
    assert disk.saved == []


def test_the_newest_content_is_written_and_told(reporting: Reporting, disk: Disk) -> None:
    told: list[Report] = []
    reporting.listen(told.append)
    report = reporting.open(task(), None)
    for text in ("a", "ab", "abc"):
        reporting.edit(report.identifier, edited(text))
    reporting.flush()
    assert disk.saved[-1].sections == edited("abc")
    assert [each.revision for each in disk.saved] == sorted(each.revision for each in disk.saved)
    assert told[-1].saved_at is not None


def test_it_is_written_without_being_asked(reporting: Reporting, disk: Disk) -> None:
    report = reporting.open(task(), None)
    reporting.edit(report.identifier, edited("typed"))
    assert disk.written.wait(60)


def test_a_draft_is_found_again(reporting: Reporting, disk: Disk, templates: Templates) -> None:
    report = reporting.open(task(), None)
    reporting.edit(report.identifier, edited("before the crash"))
    reporting.flush()
    after = Reporting(disk, templates, utc_now)
    assert after.open(task(), None).section(SectionKind.FINDINGS).text == "before the crash"
    after.close()


def test_a_full_disk_is_told_and_the_text_is_written_when_there_is_room(
    reporting: Reporting, disk: Disk
) -> None:
    report = reporting.open(task(), None)
    disk.broken = True
    reporting.edit(report.identifier, edited("kept"))
    with pytest.raises(DiskFull):
        reporting.flush()
    assert reporting.problem(report.identifier) is not None
    disk.broken = False
    reporting.flush()
    assert disk.saved[-1].sections == edited("kept")
    assert reporting.problem(report.identifier) is None


def test_closing_writes_what_was_typed_last(disk: Disk, templates: Templates) -> None:
    reporting = Reporting(disk, templates, utc_now, delay_seconds=60)
    report = reporting.open(task(), None)
    reporting.edit(report.identifier, edited("last words"))
    reporting.close()
    assert disk.saved[-1].sections == edited("last words")


@pytest.mark.parametrize(
    ("procedure", "modality", "body_part", "name"),
    [
        ("CT head without contrast", "CT", "HEAD", "ct-head"),
        ("CT chest without contrast", "CT", "CHEST", "ct-chest"),
        ("CT abdomen and pelvis", "CT", "ABDOMEN", "ct-abdomen"),
        ("MR brain with contrast", "MR", "BRAIN", "mr-brain"),
        ("DX chest PA and lateral", "DX", "CHEST", "chest-radiograph"),
        ("Thorax", "CR", "", "chest-radiograph"),
        ("Wrist left", "DX", "WRIST", "radiograph"),
        ("US upper abdomen", "US", "ABDOMEN", "us-abdomen"),
        ("MG screening", "MG", "BREAST", "mammography"),
        ("PET/CT trunk", "PT", "", "pet-ct"),
        ("CT foot", "CT", "FOOT", "ct-extremity"),
        ("CT pulmonary angiography", "CT", "CHEST", "ct-pulmonary-angiography"),
        ("CT KUB", "CT", "ABDOMEN", "ct-kub"),
        ("CT lung cancer screening, low dose", "CT", "CHEST", "ct-lung-screening"),
        ("MR lumbar spine", "MR", "LSPINE", "mr-lumbar-spine"),
        ("MR left knee", "MR", "KNEE", "mr-knee"),
        ("US leg veins", "US", "", "us-leg-veins"),
        ("US thyroid", "US", "NECK", "us-thyroid"),
        ("Bone scintigraphy", "NM", "", "nm-bone-scan"),
        ("", "OT", "", "general"),
        ("", "XA", "", "angiography"),
        ("RF barium swallow", "RF", "", "fluoroscopy"),
        ("CT pancreas", "CT", "", "ct-abdomen"),
    ],
)
def test_the_template_fits_the_procedure(
    templates: Templates, procedure: str, modality: str, body_part: str, name: str
) -> None:
    assert templates.choose(task(procedure, modality, body_part)).name == name


@pytest.mark.parametrize(
    ("procedure", "modality", "sex", "born", "name"),
    [
        ("MR pelvis", "MR", Sex.FEMALE, date(1980, 1, 1), "mr-pelvis-female"),
        ("MR pelvis", "MR", Sex.MALE, date(1980, 1, 1), "mr-hip"),
        ("MR prostate", "MR", Sex.MALE, date(1960, 1, 1), "mr-prostate"),
        ("MR prostate", "MR", Sex.FEMALE, date(1960, 1, 1), "general"),
        ("DX chest", "DX", Sex.MALE, date(2020, 5, 1), "chest-radiograph-child"),
        ("DX chest", "DX", Sex.MALE, date(1990, 5, 1), "chest-radiograph"),
        ("DX chest", "DX", Sex.MALE, None, "chest-radiograph"),
        ("DX left wrist", "DX", Sex.FEMALE, date(2015, 5, 1), "radiograph-child"),
    ],
)
def test_the_template_fits_sex_and_age(
    templates: Templates, procedure: str, modality: str, sex: Sex, born: date | None, name: str
) -> None:
    patient = Patient("1", PersonName("A^B"), born, sex)
    held = ReadingTask("1.9", "a", "1.2", patient=patient, procedure=procedure, modality=modality)
    assert templates.choose(held, date(2026, 11, 24)).name == name


def test_there_are_templates_for_every_modality_and_each_field_of_a_list_exists(
    templates: Templates,
) -> None:
    held = templates.all()
    assert len(held) >= 40
    modalities = frozenset().union(*(each.modalities for each in held))
    assert modalities >= {"CT", "MR", "CR", "DX", "US", "MG", "NM", "PT"}
    for template in held:
        names = set(FIELD.findall(template.text))
        names |= {FIELDS[name][1].strip() for name in MERGE.findall(template.text)}
        for options in template.options.values():
            for option in options:
                names |= set(FIELD.findall(option))
        for name, options in template.options.items():
            assert f"[{name}]" in names, (template.name, name)
            assert len(options) == len(set(options)), (template.name, name)


def test_every_template_leaves_nothing_open_but_what_only_the_reader_knows(
    templates: Templates,
) -> None:
    """A normal examination: after the normal statements the findings keep only fields that ask for
    a number, a class or a technique."""
    values = merge_values(task(), None, date(2026, 11, 24), ())
    for template in templates.all():
        if template.name in {
            "general",
            "mr-rectum",
            "bone-age",
            "us-obstetric-early",
            "angiography",
        }:
            continue
        before = fill(template, values)
        after = fill_normal(template, before)
        open_before, open_after = (
            sum(len(FIELD.findall(s.text)) for s in held if s.kind is SectionKind.FINDINGS)
            for held in (before, after)
        )
        assert open_after <= max(3, open_before / 2), (template.name, open_before, open_after)


def test_a_damaged_template_of_the_reader_is_told_and_the_others_work(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("title = ", encoding="utf-8")
    (tmp_path / "ct-head.toml").write_text(
        'title = "My head"\nmodalities = ["CT"]\nprocedures = ["head"]\n[sections]\n'
        'findings = "[mine]"\n',
        encoding="utf-8",
    )
    held = Templates(resources() / "templates", tmp_path)
    assert [problem.happened.split(" cannot")[0] for problem in held.problems] == [
        "The report template mine.toml"
    ]
    assert held.choose(task("CT head", "CT", "HEAD")).title == "My head"


def test_every_template_fills_without_a_merge_field_left(templates: Templates) -> None:
    values = merge_values(task(), None, date(2026, 11, 24), ())
    for template in templates.all():
        for section in fill(template, values):
            assert "{{" not in section.text, template.name


@pytest.mark.parametrize(
    ("priors", "text"),
    [
        ((), "None available."),
        (None, "[comparison]"),
        (
            (
                PriorStudy("1.5", datetime(2026, 3, 12, tzinfo=UTC), ("MR",), "MR brain", 9),
                PriorStudy("1.6", datetime(2021, 11, 3, tzinfo=UTC), ("CT",), "CT head", 9),
            ),
            "[comparison]",
        ),
    ],
)
def test_an_earlier_study_that_was_not_shown_yet_is_not_named(
    templates: Templates, priors: tuple[PriorStudy, ...] | None, text: str
) -> None:
    values = merge_values(task(), None, date(2026, 11, 24), priors)
    sections = fill(templates.choose(task()), values)
    assert next(s.text for s in sections if s.kind is SectionKind.COMPARISON) == text


@pytest.mark.parametrize(
    ("birth", "sex", "words"),
    [
        (date(1965, 3, 2), Sex.FEMALE, "61-year-old woman"),
        (date(2016, 3, 2), Sex.MALE, "10-year-old boy"),
        (None, Sex.MALE, "Man, age unknown"),
        (date(1965, 3, 2), Sex.UNKNOWN, "61-year-old patient"),
        (date(1111, 1, 1), Sex.MALE, "Man, age implausible (born 1 Jan 1111)"),
    ],
)
def test_the_person_is_named_by_age_and_sex(birth: date | None, sex: Sex, words: str) -> None:
    case = ReadingTask("1.2.9", "a", "1.2", patient=Patient("1", PersonName("A"), birth, sex))
    assert merge_values(case, None, date(2026, 11, 24))["patient.person"] == words


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("Lungs: clear.\nBones: [bones]", "Lungs: clear."),
        ("Nodes: [short axis].\nHeart: normal.", "Heart: normal."),
        ("Nodule of [size] in the lobe.", "Nodule of in the lobe."),
        ("Ultrasound of the pelvis, [approach].", "Ultrasound of the pelvis."),
        ("[impression]", ""),
        ("No field.", "No field."),
        (
            "Nodule [series 4, image 112], as in [1, 2].",
            "Nodule [series 4, image 112], as in [1, 2].",
        ),
        ("Modic [type 1] change at [level].", "Modic [type 1] change at."),
        ("See [image ] and [series].", "See and."),
    ],
)
def test_open_fields_and_lines_of_nothing_else_are_left_out(text: str, signed: str) -> None:
    assert without_open_fields(text) == signed


def test_words_for_a_report_that_was_signed_meanwhile_are_refused_in_words(
    reporting: Reporting,
) -> None:
    report = reporting.open(task(), None)
    reporting.close_report(report.identifier)
    with pytest.raises(StateRefused, match="just been signed") as refused:
        reporting.edit(report.identifier, edited("Too late."))
    assert "addendum" in refused.value.remedy
