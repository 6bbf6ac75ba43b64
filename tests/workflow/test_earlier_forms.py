"""An amendment is signed with the measurements and key images of the report that it follows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pydicom
import pytest

from tests.dicom.test_report_objects import IMAGE, length
from tests.workflow.test_signed_text import NOW, READER, Disk, study
from workstation.dicom.sr_reading import read_report
from workstation.domain.delivery import OutboxEntry
from workstation.domain.identity import Patient
from workstation.domain.image import FrameKey
from workstation.domain.measurement import KeyImage, Measurement
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import Report, ReportState, Section, SectionKind, Version
from workstation.domain.report_content import ReportContent
from workstation.domain.study import RetrievalProgress, RetrievalState, SeriesProgress
from workstation.storage.database import Database
from workstation.storage.outbox import Outbox
from workstation.storage.vault import OpenVault
from workstation.workflow import amending
from workstation.workflow.earlier_forms import earlier_forms
from workstation.workflow.signing import Signing

TASK = ReadingTask("1.9", "a", "1.2.3", patient=Patient("4471-20983"))
WHOLE = RetrievalProgress(
    "1.2.3", RetrievalState.COMPLETE, (SeriesProgress("1", "", "CT", 1, 1),), verified=True
)
NUMBERS, KEYS = "1.2.840.10008.5.1.4.1.1.88.34", "1.2.840.10008.5.1.4.1.1.88.59"


class Marked(Disk):
    """An image with one key image and the measurements that are told."""

    made: tuple[Measurement, ...] = (length(),)

    def measurements(self) -> tuple[Measurement, ...]:
        return self.made

    def key_images(self) -> tuple[KeyImage, ...]:
        key = FrameKey(IMAGE.sop_instance_uid)
        return (KeyImage(key, IMAGE.sop_class_uid, IMAGE.series_instance_uid, "S3/173"),)

    def flush(self, timeout: float = 10.0) -> None:
        """Nothing waits."""

    def close_report(self, identifier: str) -> None:
        """Nothing is held."""


class Signed:
    """Signs one version after the other into an outbox on the disk."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox, self.disk = outbox, Marked()
        disk: Any = self.disk
        self.desk = Signing(
            outbox,
            disk,
            disk,
            lease=lambda _: None,
            progress=lambda _: WHOLE,
            required=lambda _: frozenset(),
            clock=lambda: NOW,
            signed_content=self.content,
        )
        self.last: Report | None = None

    def content(self, uid: str) -> ReportContent:
        held = self.outbox.document(uid)
        assert held is not None
        return read_report(held).content

    def first(self, text: str) -> OutboxEntry:
        sections = (Section(SectionKind.FINDINGS, text), Section(SectionKind.IMPRESSION, "Nodule."))
        return self.sign(Report("r0", "1.2.3", "1.9", sections=sections))

    def amend(self, before: OutboxEntry, version: Version, words: str, number: int) -> OutboxEntry:
        assert self.last is not None
        made = amending.begin(
            f"r{number}", TASK, self.last, self.content(before.objects[0].sop_instance_uid), version
        )
        if version is Version.ADDENDUM:
            return self.sign(replace(made, sections=(Section(SectionKind.ADDENDUM, words),)))
        findings = Section(SectionKind.FINDINGS, words)
        others = tuple(each for each in made.sections if each.kind is not SectionKind.FINDINGS)
        return self.sign(replace(made, sections=(findings, *others), reason="Wrong."))

    def sign(self, report: Report) -> OutboxEntry:
        context = self.desk.context(TASK, study(), self.disk, ())
        entry = self.desk.sign(report, context, preliminary=False, reader=READER)
        self.last = replace(report, state=ReportState.FINAL, signed_at=NOW, signed_by=READER)
        return entry


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[Signed]:
    database = Database(tmp_path / "n.sqlite")
    yield Signed(Outbox(database, OpenVault()))
    database.close()


def form(entry: OutboxEntry, sop_class: str) -> pydicom.Dataset:
    (held,) = (each for each in entry.objects if each.sop_class_uid == sop_class)
    return pydicom.dcmread(io.BytesIO(held.content))


def predecessor(dataset: pydicom.Dataset) -> str:
    series = dataset.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
    return str(series.ReferencedSOPSequence[0].ReferencedSOPInstanceUID)


def values(dataset: pydicom.Dataset) -> list[float]:
    return [
        float(each.value[0].NumericValue)
        for each in dataset.iterall()
        if each.keyword == "MeasuredValueSequence"
    ]


def test_each_version_follows_on_the_forms_of_the_one_before(signed: Signed) -> None:
    first = signed.first("Nodule of {{m:a1}}.")
    addendum = signed.amend(first, Version.ADDENDUM, "Seen again.", 1)
    signed.disk.made = (replace(length(21.0), identifier="b2", number=2),)
    corrected = signed.amend(addendum, Version.CORRECTION, "Nodule of {{m:b2}}.", 2)
    was, added, now = (form(each, NUMBERS) for each in (first, addendum, corrected))
    assert predecessor(added) == was.SOPInstanceUID
    assert predecessor(now) == added.SOPInstanceUID
    assert values(was) == values(added) == pytest.approx([17.061])
    assert values(now) == pytest.approx([17.061, 21.0])
    # The coded numbers of the report and those of its measurements are the same.
    document = signed.content(corrected.objects[0].sop_instance_uid)
    assert [each.value for each in document.quantities] == pytest.approx(values(now))
    keys = form(corrected, KEYS)
    words = " ".join(str(each.get("TextValue", "")) for each in keys.ContentSequence)
    assert form(addendum, KEYS).SOPInstanceUID in words


def test_an_amendment_without_numbers_of_its_own_leads_on_to_those_before_it(
    signed: Signed,
) -> None:
    """As earlier versions of this program signed them."""
    first = signed.first("Nodule of {{m:a1}}.")
    addendum = signed.amend(first, Version.ADDENDUM, "Seen again.", 1)

    class WithoutNumbers:
        def signed_with(self, document_uid: str) -> tuple[Any, ...]:
            held = signed.outbox.signed_with(document_uid)
            bare = held and held[0].sop_instance_uid == addendum.objects[0].sop_instance_uid
            return held[:1] if bare else held

    found = earlier_forms(WithoutNumbers(), addendum.objects[0].sop_instance_uid, signed.content)
    assert found.measurements is not None
    uid = pydicom.dcmread(io.BytesIO(found.measurements)).SOPInstanceUID
    assert uid == form(first, NUMBERS).SOPInstanceUID


def test_nothing_is_known_of_a_report_that_was_signed_elsewhere(signed: Signed) -> None:
    found = earlier_forms(signed.outbox, "1.2.3.99", signed.content)
    assert (found.measurements, found.key_images) == (None, None)
