"""What follows on a final report: begun, refused, dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.dicom.test_report_objects import content
from workstation.domain.clock import utc_now
from workstation.domain.errors import StateRefused
from workstation.domain.identity import PersonName, Reader
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import BODY, Report, ReportState, Section, SectionKind, Version
from workstation.domain.report_content import ReportContent
from workstation.settings import resources
from workstation.storage.database import Database
from workstation.storage.journal import Drafts
from workstation.storage.vault import OpenVault
from workstation.workflow import amending
from workstation.workflow.reporting import Reporting
from workstation.workflow.templates import Templates

NOW = datetime(2026, 11, 24, 3, 2, tzinfo=UTC)
READER = Reader("R1", PersonName("Vidal^Ana"))
TASK = ReadingTask("1.9", "a", "1.2.3")


class Signed(Drafts):
    """Drafts on the disk beside one signed report that is told."""

    state: ReportState | None = ReportState.FINAL

    def signed(self, study_uid: str) -> tuple[Report, ...]:
        if self.state is None:
            return ()
        held = Report(
            "r", "1.2.3", "1.9", state=self.state, signed_at=NOW, signed_by=READER, title="CT"
        )
        return (held,)

    def last_document(self, study_uid: str) -> str:
        return "1.5.1"


def before(sop_instance_uid: str) -> ReportContent:
    assert sop_instance_uid == "1.5.1"
    return content("Words as signed.")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Reporting, Signed]]:
    database = Database(tmp_path / "n.sqlite")
    drafts = Signed(database, OpenVault())
    reporting = Reporting(
        drafts, Templates(resources() / "templates"), utc_now, signed_content=before
    )
    yield reporting, drafts
    reporting.close()
    database.close()


def test_an_addendum_begins_empty_and_a_correction_with_the_words_as_signed(
    desk: tuple[Reporting, Signed],
) -> None:
    reporting, _ = desk
    addendum = reporting.amend(TASK, Version.ADDENDUM)
    assert addendum.sections == (Section(SectionKind.ADDENDUM),)
    assert {each.text for each in addendum.base} == {"Words as signed."}
    assert reporting.open(TASK, None) == addendum
    corrected = reporting.amend(TASK, Version.CORRECTION)
    assert [each.kind for each in corrected.sections] == list(BODY)
    assert {each.text for each in corrected.sections} == {"Words as signed."}
    assert reporting.open(TASK, None) == corrected


def test_a_correction_goes_on_with_the_tables_in_cells_and_has_them_as_they_were_signed() -> None:
    signed_text = "Two.\n| Lesion | Now     |\n| Node   | 17.1 mm |"
    last = Report("r", "1.2.3", "1.9", state=ReportState.FINAL, signed_at=NOW, signed_by=READER)
    made = amending.begin("c", TASK, last, content(signed_text), Version.CORRECTION)
    assert {each.text for each in made.sections} == {"Two.\nLesion\tNow\nNode\t17.1 mm"}
    assert {each.text for each in made.base} == {signed_text}


@pytest.mark.parametrize("state", [None, ReportState.PRELIMINARY])
def test_only_a_final_report_is_amended(
    desk: tuple[Reporting, Signed], state: ReportState | None
) -> None:
    reporting, drafts = desk
    drafts.state = state
    with pytest.raises(StateRefused, match="no final report"):
        reporting.amend(TASK, Version.ADDENDUM)


def test_a_draft_that_was_begun_is_gone_on_with_and_not_replaced_by_another_kind(
    desk: tuple[Reporting, Signed],
) -> None:
    reporting, drafts = desk
    begun = reporting.amend(TASK, Version.ADDENDUM)
    reporting.edit(begun.identifier, (Section(SectionKind.ADDENDUM, "Typed."),))
    reporting.flush()
    again = reporting.amend(TASK, Version.ADDENDUM)
    assert again.section(SectionKind.ADDENDUM).text == "Typed."
    with pytest.raises(StateRefused, match="an addendum"):
        reporting.amend(TASK, Version.CORRECTION)
    reporting.discard(begun.identifier)
    assert drafts.load("1.2.3") is None
    assert reporting.amend(TASK, Version.CORRECTION).version is Version.CORRECTION


def test_a_later_addendum_keeps_those_before_it(desk: tuple[Reporting, Signed]) -> None:
    reporting, _ = desk
    draft = reporting.amend(TASK, Version.ADDENDUM)
    first = Section(SectionKind.ADDENDUM, "First.", "Vidal^Ana", NOW)
    draft = replace(
        draft, base=(*draft.base, first), sections=(Section(SectionKind.ADDENDUM, "Second."),)
    )
    final = amending.signed_sections(draft, amending.final_sections(draft, {}, ()), READER, NOW)
    assert [each for each in final if each.kind is SectionKind.ADDENDUM] == [
        first,
        Section(SectionKind.ADDENDUM, "Second.", "Vidal^Ana", NOW),
    ]
