"""Labelled extracts of reports: what each check finds, misses and wrongly warns of."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from workstation.domain.identity import Patient, PersonName, Sex
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import Report, Section, SectionKind
from workstation.settings.home import resources
from workstation.workflow.check_context import CheckContext, Surroundings
from workstation.workflow.checks import words
from workstation.workflow.critical import proposals
from workstation.workflow.merge_fields import fill
from workstation.workflow.normal_statements import fill_normal
from workstation.workflow.templates import Templates

CORPUS = Path(__file__).with_name("corpus.tsv")
SEX = {"F": Sex.FEMALE, "M": Sex.MALE, "O": Sex.OTHER}


@dataclass(frozen=True)
class Extract:
    check: str
    wrong: bool
    sex: str
    procedure: str
    comparison: str
    findings: str
    impression: str
    why: str

    @property
    def report(self) -> Report:
        return Report(
            "r",
            "1.2",
            "1.3",
            sections=(
                Section(SectionKind.COMPARISON, self.comparison),
                Section(SectionKind.FINDINGS, self.findings),
                Section(SectionKind.IMPRESSION, self.impression),
            ),
        )

    @property
    def context(self) -> CheckContext:
        patient = Patient("P1", PersonName("A^B"), None, SEX[self.sex])
        task = ReadingTask("1.3", "a", "1.2", patient=patient, procedure=self.procedure)
        return CheckContext(task, None, None, (), {}, frozenset(), around=Surroundings())


def extracts() -> Iterator[Extract]:
    with CORPUS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            flag = row.pop("flag")
            yield Extract(wrong={"1": True, "0": False}[flag], **row)


def warned(extract: Extract, key: str) -> bool:
    (check,) = [each for each in words.CHECKS if each.key == key]
    return bool(check.run(extract.report, extract.context))


@pytest.mark.parametrize("key", ["laterality", "sex", "contradiction", "comparison", "size"])
def test_each_check_finds_most_slips_and_seldom_warns_of_what_is_right(key: str) -> None:
    held = [each for each in extracts() if each.check == key]
    wrong = [each for each in held if each.wrong]
    right = [each for each in held if not each.wrong]
    missed = [each for each in wrong if not warned(each, key)]
    false = [each for each in right if warned(each, key)]
    told = "\n".join(
        f"{each.wrong}: {each.findings} // {each.impression}" for each in missed + false
    )
    assert len(wrong) >= 15
    assert len(right) >= 15
    assert len(missed) <= len(wrong) * 0.10, told
    assert len(false) <= len(right) * 0.02, told


def test_no_check_warns_of_what_another_check_is_meant_for() -> None:
    """Every extract was written for one check: the others have nothing to say about it, but for
    sides and contradictions, which may describe one slip in two ways."""
    pairs = {"laterality", "contradiction"}
    told = [
        f"{check.key}: {each.findings} // {each.impression}"
        for each in extracts()
        for check in words.CHECKS
        if check.key != each.check and not {check.key, each.check} <= pairs
        if check.run(each.report, each.context)
    ]
    assert not told, "\n".join(told)


def test_the_templates_raise_no_warning_open_or_with_their_normal_statements() -> None:
    for template in Templates(resources() / "templates").all():
        for sex in Sex:
            patient = Patient("P1", PersonName("A^B"), None, sex)
            values = {"patient.person": "52-year-old", "prior.comparison": "None available."}
            merged = fill(template, values)
            normal = fill_normal(template, merged)
            task = ReadingTask("1.3", "a", "1.2", patient=patient, procedure=template.title)
            context = CheckContext(task, None, None, (), {}, frozenset())
            found = [
                finding.title
                for sections in (merged, normal)
                for check in words.CHECKS
                if check.key != "sex" or not template.sexes or sex in template.sexes
                for finding in check.run(Report("r", "1.2", "1.3", sections=sections), context)
            ]
            assert not found, (template.name, found)
            for sections in (merged, normal):
                told = proposals(Report("r", "1.2", "1.3", sections=sections), ())
                assert not told, (template.name, told)


def test_no_macro_is_told_of_or_taken_for_a_critical_disc() -> None:
    """A macro asserts what it was made for: of the checks none but that of open fields speaks."""
    held = tomllib.loads((resources() / "macros" / "macros.toml").read_text(encoding="utf-8"))
    (macros,) = held.values()
    assert len(macros) >= 50
    patient = Patient("P1", PersonName("A^B"), None, Sex.OTHER)
    context = CheckContext(
        ReadingTask("1.3", "a", "1.2", patient=patient), None, None, (), {}, frozenset()
    )
    for macro in macros:
        sections = (
            Section(SectionKind.COMPARISON, "CT of 2 November 2025."),
            Section(SectionKind.FINDINGS, macro["text"]),
        )
        made = Report("r", "1.2", "1.3", sections=sections)
        found = [each.title for check in words.CHECKS for each in check.run(made, context)]
        assert not found, (macro, found)
        critical = {each.name for each in proposals(made, ())}
        assert "herniation" not in critical, macro
