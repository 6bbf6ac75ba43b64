"""The signed object says exactly what the sign panel shows."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pydicom
import pytest

from tests.dicom.test_report_objects import IMAGE, instance, length
from workstation.domain.delivery import OutboxEntry
from workstation.domain.errors import SigningRefused
from workstation.domain.identity import Patient, PersonName, Reader, Role
from workstation.domain.image import FrameDescription, FrameKey, PixelFormat
from workstation.domain.measurement import KeyImage, Measurement
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import Report, Section, SectionKind
from workstation.domain.study import (
    DisplaySet,
    DisplaySetKind,
    RetrievalProgress,
    RetrievalState,
    Series,
    SeriesProgress,
    Study,
)
from workstation.workflow.signing import Signing

NOW = datetime(2026, 11, 24, 3, 2, tzinfo=UTC)
READER = Reader("R1", PersonName("Vidal^Ana"))


class Disk:
    """Holds one image, and what was signed."""

    def __init__(self) -> None:
        self.entry: OutboxEntry | None = None

    def measurements(self) -> tuple[Measurement, ...]:
        return (length(),)

    def key_images(self) -> tuple[KeyImage, ...]:
        return ()

    def uids(self, study_uid: str) -> Mapping[str, str]:
        return {IMAGE.sop_instance_uid: IMAGE.series_instance_uid}

    def read(self, sop_uid: str) -> bytes:
        return instance()

    def manifest(self, study_uid: str) -> tuple[()]:
        return ()

    def signed_with(self, document_uid: str) -> tuple[()]:
        return ()

    def sign(self, report: Report, entry: OutboxEntry) -> None:
        self.entry = entry

    def flush(self, timeout: float = 10.0) -> None: ...

    def close_report(self, identifier: str) -> None: ...


def study() -> Study:
    form = PixelFormat(8, 8, 1, 1, "MONOCHROME2", 16, 12, 11, False, 0, "1.2.840.10008.1.2.1")
    frame = FrameDescription(
        key=FrameKey(IMAGE.sop_instance_uid),
        sop_class_uid=IMAGE.sop_class_uid,
        pixel_format=form,
        modality="CT",
    )
    shown = DisplaySet(
        "s/0",
        DisplaySetKind.IMAGE,
        IMAGE.series_instance_uid,
        1,
        "",
        "CT",
        frames=(frame,),
        sop_instance_uids=(IMAGE.sop_instance_uid,),
    )
    series = Series(IMAGE.series_instance_uid, "CT", "", 1, (shown,))
    return Study("1.2.3", Patient("4471-20983"), series=(series,), received=1)


@pytest.mark.parametrize("preliminary", [False, True])
def test_open_fields_are_in_no_signed_object_and_links_are_words(preliminary: bool) -> None:
    disk: Any = Disk()
    whole = RetrievalProgress(
        "1.2.3", RetrievalState.COMPLETE, (SeriesProgress("1", "", "CT", 1, 1),), verified=True
    )
    desk = Signing(
        disk,
        disk,
        disk,
        lease=lambda _: None,
        progress=lambda _: whole,
        required=lambda _: frozenset(),
        clock=lambda: NOW,
    )
    task = ReadingTask("1.9", "a", "1.2.3", patient=Patient("4471-20983"))
    text = "Lungs: nodule of {{m:a1}}.\nBones: [bones]"
    report = Report(
        "r",
        "1.2.3",
        "1.9",
        sections=(Section(SectionKind.FINDINGS, text), Section(SectionKind.IMPRESSION, "Nodule.")),
    )
    context = desk.context(task, study(), disk, ())
    entry = desk.sign(report, context, preliminary=preliminary, reader=READER)
    sent = pydicom.dcmread(io.BytesIO(entry.objects[0].content))
    words = [str(each.value) for each in sent.iterall() if each.keyword == "TextValue"]
    assert words.pop() == entry.digest
    assert words == ["Lungs: nodule of 17.1 mm.", "Nodule."]
    shown = [each.text for each in desk.final_sections(report, context)]
    assert shown == words


def test_a_resident_signs_no_final_report() -> None:
    disk: Any = Disk()
    whole = RetrievalProgress(
        "1.2.3", RetrievalState.COMPLETE, (SeriesProgress("1", "", "CT", 1, 1),), verified=True
    )
    desk = Signing(
        disk,
        disk,
        disk,
        lease=lambda _: None,
        progress=lambda _: whole,
        required=lambda _: frozenset(),
        clock=lambda: NOW,
    )
    task = ReadingTask("1.9", "a", "1.2.3", patient=Patient("4471-20983"))
    report = Report("r", "1.2.3", "1.9", sections=(Section(SectionKind.IMPRESSION, "Normal."),))
    context = desk.context(task, study(), disk, ())
    resident = replace(READER, role=Role.RESIDENT)
    with pytest.raises(SigningRefused, match="preliminary"):
        desk.sign(report, context, preliminary=False, reader=resident)
    assert disk.entry is None
    assert desk.sign(report, context, preliminary=True, reader=resident).preliminary


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("检查正常 לא נמצא 이상 없음", ""),
        ("龘 safe \u202etext", "No PDF: its type has no letters for 龘 U+202E."),
        ("กขคฆงจฉชซฌ", "No PDF: its type has no letters for ก ข ค ฆ ง จ ฉ ช and 2 more."),
    ],
)
def test_what_the_pages_have_no_letters_for_is_named_before_the_signature(
    text: str, said: str
) -> None:
    disk: Any = Disk()
    desk = Signing(
        disk,
        disk,
        disk,
        lease=lambda _: None,
        progress=lambda _: None,
        required=lambda _: frozenset(),
        clock=lambda: NOW,
    )
    assert desk.left_out((Section(SectionKind.FINDINGS, text),)) == said
