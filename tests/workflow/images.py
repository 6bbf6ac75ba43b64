"""Small synthetic series with unmistakable axes, and a store that holds them in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.decoding import open_pixels
from workstation.dicom.folder import files
from workstation.dicom.reading import read_object
from workstation.domain.errors import NotDicom, NotFoundOnService, UndecodablePixels
from workstation.domain.geometry import PlaneGeometry, VolumeGeometry
from workstation.domain.identity import Patient, PersonName, Sex
from workstation.domain.image import (
    Calibration,
    CalibrationSource,
    FrameDescription,
    FrameKey,
    ModalityTransform,
    PixelFormat,
    Window,
)
from workstation.domain.measurement import StudyMarks
from workstation.domain.study import DisplaySet, DisplaySetKind, Series, Study

ROWS, COLUMNS, SLICES = 80, 100, 12
SPACING = (2.0, 0.5, 0.5)
ORIGIN = (100.0, 200.0, 300.0)
STUDY_UID = "2.25.1"
SERIES_UID = "2.25.2"


def plane(index: int) -> PlaneGeometry:
    return PlaneGeometry(
        (ORIGIN[0], ORIGIN[1], ORIGIN[2] + SPACING[0] * index),
        (1.0, 0.0, 0.0),
        (0.0, 1.0, 0.0),
        (SPACING[1], SPACING[2]),
        ROWS,
        COLUMNS,
        "2.25.9",
    )


def frame(index: int) -> FrameDescription:
    return FrameDescription(
        FrameKey(f"2.25.3.{index + 1}"),
        "1.2.840.10008.5.1.4.1.1.2",
        PixelFormat(ROWS, COLUMNS, 1, 1, "MONOCHROME2", 16, 16, 15, True, 0, "1.2.840.10008.1.2.1"),
        "CT",
        ModalityTransform(1.0, -1000.0, unit="HU"),
        (Window(40, 400),),
        plane=plane(index),
        calibration=Calibration(CalibrationSource.PATIENT, (SPACING[1], SPACING[2])),
        instance_number=index + 1,
    )


def pixels(index: int) -> NDArray[np.int16]:
    """Stored value = 1000 + 3 column + 2 row + 10 slice."""
    rows, columns = np.mgrid[:ROWS, :COLUMNS]
    return (1000 + 3 * columns + 2 * rows + 10 * index).astype(np.int16)


def display_set(slices: int = SLICES, without: tuple[int, ...] = ()) -> DisplaySet:
    held = tuple(frame(index) for index in range(slices) if index not in without)
    positions = tuple(SPACING[0] * i for i in range(slices) if i not in without)
    start = positions[0]
    return DisplaySet(
        identifier=f"{SERIES_UID}/0",
        kind=DisplaySetKind.VOLUME,
        series_instance_uid=SERIES_UID,
        series_number=3,
        description="Soft 2.0",
        modality="CT",
        body_part="CHEST",
        frames=held,
        sop_instance_uids=tuple(each.key.sop_instance_uid for each in held),
        volume=VolumeGeometry(
            held[0].plane or plane(0),
            (0.0, 0.0, (positions[-1] - start) / (len(positions) - 1)),
            tuple(each - start for each in positions),
        ),
        missing_slices=len(without),
        missing_positions_mm=tuple(SPACING[0] * each - start for each in without),
    )


def study(*sets: DisplaySet) -> Study:
    held = sets or (display_set(),)
    return Study(
        STUDY_UID,
        Patient("4471-20983", PersonName("Ackermann^Lena"), None, Sex.FEMALE),
        "CT chest",
        series=tuple(
            Series(s.series_instance_uid, s.modality, s.description, s.series_number, (s,))
            for s in held
        ),
        received=sum(len(s.sop_instance_uids) for s in held),
    )


class Memory:
    """A study store and a decoder of the synthetic series. `holds` are the slices that arrived."""

    def __init__(self, holds: int = SLICES, broken: tuple[int, ...] = ()) -> None:
        self.holds, self.broken = holds, broken
        self.decoded: list[int] = []

    def read(self, sop_uid: str) -> bytes:
        return sop_uid.encode()

    def decode(self, source: bytes | Path, frame: int, *, token: object = None) -> NDArray[Any]:
        index = int(bytes(source).decode().rsplit(".", 1)[1]) - 1  # type: ignore[arg-type]
        self.decoded.append(index)
        if index in self.broken:
            raise UndecodablePixels("Broken pixel data: the file ends after 61 %.")
        return pixels(index)


class Folder:
    """A study store over a folder of real files, decoding in this process."""

    def __init__(self, path: Path) -> None:
        self.paths: dict[str, Path] = {}
        self.series: dict[str, dict[str, str]] = {}
        for each in files(path):
            try:
                received = read_object(each)
            except NotDicom:
                continue
            self.paths[received.sop_instance_uid] = each
            held = self.series.setdefault(received.study_instance_uid, {})
            held[received.sop_instance_uid] = received.series_instance_uid

    def uids(self, study_uid: str) -> Mapping[str, str]:
        return self.series.get(study_uid, {})

    def read(self, sop_uid: str) -> bytes:
        if sop_uid not in self.paths:
            raise NotFoundOnService("This image is not on this disk.")
        return self.paths[sop_uid].read_bytes()

    def decode(self, source: bytes | Path, frame: int, *, token: object = None) -> NDArray[Any]:
        return open_pixels(source).frame(frame)


class Marks:
    """Keeps marks in memory."""

    def __init__(self) -> None:
        self.held: dict[str, StudyMarks] = {}

    def load(self, study_uid: str) -> StudyMarks:
        return self.held.get(study_uid, StudyMarks())

    def save(self, study_uid: str, marks: StudyMarks) -> None:
        self.held[study_uid] = marks
