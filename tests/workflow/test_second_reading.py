"""Which preliminary report an attending's draft begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.dicom.test_report_objects import NOW, content
from workstation.domain.errors import NotDicom
from workstation.domain.identity import Patient, PersonName, Reader, Role
from workstation.domain.report import BODY, Report
from workstation.domain.report_content import Reference, ReportContent
from workstation.domain.study import DisplaySet, DisplaySetKind, Document, Series, Study
from workstation.workflow import second_reading
from workstation.workflow.second_reading import preliminary_of

READER = Reader("R1", PersonName("Vidal^Ana"))
RESIDENT = Reader("R2", PersonName("Resident^Rae"), role=Role.RESIDENT)


def wrote(
    uid: str, *, by: Reader = RESIDENT, minutes: int = 0, final: bool = False
) -> ReportContent:
    held = content(f"Words of {uid}.", preliminary=not final)
    return replace(held, document_uid=uid, reader=by, signed_at=NOW + timedelta(minutes=minutes))


def study(*uids: str) -> Study:
    shown = tuple(
        DisplaySet(
            f"s/{uid}", DisplaySetKind.DOCUMENT, "1.2.7", 1, "", "SR",
            documents=(Document(uid, "Report", "text/plain"),),
        )
        for uid in uids
    )  # fmt: skip
    return Study("1.2.3", Patient("4471"), series=(Series("1.2.7", "SR", "", 1, shown),))


def chosen(*held: ReportContent) -> str:
    known = {each.document_uid: each for each in held}

    def read(uid: str) -> ReportContent:
        if uid not in known:
            raise NotDicom("A dose report.")
        return known[uid]

    found = preliminary_of(study("1.9.99", *known), READER, read)
    return "" if found is None else found.content.document_uid


def test_the_newest_preliminary_report_of_somebody_else_is_chosen() -> None:
    assert chosen(wrote("1.9.1"), wrote("1.9.2", minutes=5)) == "1.9.2"


def test_a_final_report_and_ones_own_preliminary_are_not() -> None:
    assert chosen(wrote("1.9.1", final=True), wrote("1.9.2", by=READER)) == ""
    assert chosen() == ""


def test_a_preliminary_report_that_a_later_one_follows_is_not() -> None:
    before = Reference("1.2.840.10008.5.1.4.1.1.88.22", "1.9.1", "1.2.7")
    final = replace(wrote("1.9.2", final=True, minutes=9), predecessor=before)
    assert chosen(wrote("1.9.1"), final) == ""


def test_the_draft_takes_over_the_words_and_names_whose_they_are() -> None:
    held = second_reading.Preliminary(wrote("1.9.1"), "1.2.7")
    draft = second_reading.begin(Report("r", "1.2.3", "1.9"), held)
    assert [each.kind for each in draft.sections] == list(BODY)
    assert {each.text for each in draft.sections} == {"Words of 1.9.1."}
    assert draft.author == RESIDENT.name
    assert draft.predecessor_sop_instance_uid == "1.9.1"
    assert draft.predecessor_series_instance_uid == "1.2.7"
    other = second_reading.again(Report("r", "1.2.3", "1.9", template="general"), draft)
    assert (other.template, other.author, other.base) == ("general", draft.author, draft.base)
