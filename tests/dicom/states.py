"""Presentation states for tests, written with pydicom."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.dicom import make

GREYSCALE = "1.2.840.10008.5.1.4.1.1.11.1"
COLOUR = "1.2.840.10008.5.1.4.1.1.11.2"
PSEUDO_COLOUR = "1.2.840.10008.5.1.4.1.1.11.3"


def item(**values: Any) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def reference(image: Dataset, frames: list[int] | None = None) -> Dataset:
    made = item(
        ReferencedSOPClassUID=image.SOPClassUID, ReferencedSOPInstanceUID=image.SOPInstanceUID
    )
    if frames is not None:
        made.ReferencedFrameNumber = frames
    return made


def area(image: Dataset, **values: Any) -> Dataset:
    own: dict[str, Any] = {
        "DisplayedAreaTopLeftHandCorner": [1, 1],
        "DisplayedAreaBottomRightHandCorner": [int(image.Columns), int(image.Rows)],
        "PresentationSizeMode": "SCALE TO FIT",
        "PresentationPixelAspectRatio": [1, 1],
    }
    return item(**{**own, **values})


def state(image: Dataset, sop_class: str = GREYSCALE, **values: Any) -> Dataset:
    """A state for an image of `make.image`, with all that DCMTK asks of one."""
    made = item(
        SOPClassUID=sop_class,
        SOPInstanceUID=f"{make.ROOT}.9",
        StudyInstanceUID=image.StudyInstanceUID,
        SeriesInstanceUID=f"{make.ROOT}.8",
        StudyDate="",
        StudyTime="",
        AccessionNumber="",
        ReferringPhysicianName="",
        StudyID="1",
        SeriesNumber=9,
        InstanceNumber=1,
        Modality="PR",
        Manufacturer="Test",
        PatientID=image.PatientID,
        PatientName=image.PatientName,
        PatientBirthDate="",
        PatientSex="",
        PresentationCreationDate="20260101",
        PresentationCreationTime="120000",
        ContentLabel="LOOK",
        ContentDescription="as the test wants it",
        ContentCreatorName="Test^Reader",
    )
    series = item(
        SeriesInstanceUID=image.SeriesInstanceUID,
        ReferencedImageSequence=Sequence([reference(image)]),
    )
    made.ReferencedSeriesSequence = Sequence([series])
    made.DisplayedAreaSelectionSequence = Sequence([area(image)])
    if sop_class == GREYSCALE:
        made.PresentationLUTShape = "IDENTITY"
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def window(center: float, width: float, **values: Any) -> Sequence:
    """A Softcopy VOI LUT Sequence of one window."""
    return Sequence([item(WindowCenter=center, WindowWidth=width, **values)])


def layer(name: str = "MARKS", order: int = 1, **values: Any) -> Dataset:
    return item(GraphicLayer=name, GraphicLayerOrder=order, **values)


def graphic(kind: str, data: list[float], units: str = "PIXEL", filled: str = "N") -> Dataset:
    return item(
        GraphicAnnotationUnits=units,
        GraphicDimensions=2,
        NumberOfGraphicPoints=len(data) // 2,
        GraphicData=data,
        GraphicType=kind,
        GraphicFilled=filled,
    )
