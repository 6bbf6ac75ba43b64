"""The measurements of a report as a Measurement Report: TID 1500 (PS3.16), with their places.

Points on a frame become SCOORD in image coordinates; those on a reslice become SCOORD3D in patient
space. Both kinds fit into Comprehensive 3D SR (PS3.3 A.35.13). A number whose place names no image
names the one that it was measured on as its Source of Measurement (TID 300, TID 320); so does that
of the volume over a fused picture, which lies in one group with that of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from highdicom import sr
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code
from pydicom.uid import ExplicitVRLittleEndian
from pydicom.valuerep import DA, TM

from workstation import __version__
from workstation.dicom import attributes
from workstation.dicom.part10 import open_object
from workstation.dicom.report_objects import (
    derived_uid,
    evidence,
    finish,
    frame_numbers,
    head_of,
    in_zone_of,
    listed_evidence,
    long_string,
    predecessor,
    quiet,
)
from workstation.dicom.sr import observer
from workstation.dicom.sr_classes import COMPREHENSIVE_3D_SR
from workstation.domain.delivery import OutgoingObject
from workstation.domain.geometry import PlaneGeometry
from workstation.domain.measurement import Measurement
from workstation.domain.quantities import quantities_of
from workstation.domain.report import Version
from workstation.domain.report_content import (
    Coded,
    Quantity,
    Reference,
    ReportContent,
)
from workstation.domain.shapes import ellipse_frame, strokes

#: Procedures that a measurement report may be of; ours are named in the report itself.
_PROCEDURE = Code("363679005", "SCT", "Imaging procedure")
_FINDING = Code("121071", "DCM", "Finding")


def _code(held: Coded) -> Code:
    return Code(held.value, held.scheme, held.meaning)


def _outlines(measurement: Measurement) -> list[tuple[str, NDArray[np.float64]]]:
    """(graphic type, points as column and row from the centre of the first pixel) of each line."""
    kind, points = measurement.kind, measurement.points
    frame = ellipse_frame(kind, points)
    if frame is not None:
        middle, one, other = (np.array(each, np.float64) for each in frame)
        aspect = measurement.pixel_aspect
        long, short = one, other
        if math.hypot(one[0], one[1] * aspect) < math.hypot(other[0], other[1] * aspect):
            long, short = other, one
        # The ends of the long axis first, then those of the short one (PS3.3 C.18.6.1.2).
        ends = [middle - long, middle + long, middle - short, middle + short]
        return [("ELLIPSE", np.array(ends))]
    if len(points) == 1:
        return [("POINT", np.array(points, np.float64))]
    return [
        ("POLYLINE", np.array(line, np.float64))
        for line in strokes(kind, points, measurement.pixel_aspect)
    ]


_Place: TypeAlias = sr.CoordinatesForMeasurement | sr.CoordinatesForMeasurement3D


def _places(measurement: Measurement, images: dict[str, Reference]) -> list[_Place]:
    plane = measurement.plane
    image = images.get(measurement.frame.sop_instance_uid)
    found: list[_Place] = []
    for graphic, points in _outlines(measurement):
        if plane is not None:
            if plane.frame_of_reference_uid:
                found.append(_in_patient(graphic, points, plane))
        elif image is not None:
            number = measurement.frame.frame_number
            found.append(
                sr.CoordinatesForMeasurement(
                    graphic_type=graphic,
                    # The corner of the first pixel is 0,0 there, its centre ours
                    # (PS3.3 C.18.6.1.1).
                    graphic_data=points + 0.5,
                    source_image=sr.SourceImageForRegion(
                        image.sop_class_uid,
                        image.sop_instance_uid,
                        frame_numbers(image, number),
                    ),
                )
            )
    return found


def _in_patient(
    graphic: str, points: NDArray[np.float64], plane: PlaneGeometry
) -> sr.CoordinatesForMeasurement3D:
    there = np.array([plane.to_patient((column, row)) for column, row in points])
    if graphic == "POLYLINE" and len(there) > 2 and bool(np.allclose(there[0], there[-1])):
        graphic = "POLYGON"
    return sr.CoordinatesForMeasurement3D(
        graphic_type=graphic,
        graphic_data=there,
        frame_of_reference_uid=plane.frame_of_reference_uid,
    )


def _number(
    held: Quantity, measurement: Measurement, places: list[_Place], images: dict[str, Reference]
) -> sr.Measurement:
    key = measurement.frame
    own = (held.sop_instance_uid, held.frame) == (key.sop_instance_uid, key.frame_number)
    # Coordinates on an image are those of its own pixels: a number of another image, that lies
    # over it, would pass for one of them.
    placed = places if own or measurement.plane is not None else []
    image = images.get(held.sop_instance_uid)
    named = own and bool(places) and measurement.plane is None
    sources = []
    if image is not None and not named:
        sources = [
            sr.SourceImageForMeasurement(
                image.sop_class_uid, image.sop_instance_uid, frame_numbers(image, held.frame)
            )
        ]
    return sr.Measurement(
        name=_code(held.name),
        value=float(held.number),
        unit=_code(held.unit),
        referenced_images=sources or None,
        referenced_coordinates=placed or None,
    )


def _tracked(measurement: Measurement) -> str:
    """Its number, the name that the reader gave it, and where it was made."""
    named = (f"M{measurement.number}", measurement.label.strip(), measurement.frame_label)
    return " ".join(each for each in named if each)


def _group(
    measurement: Measurement, images: dict[str, Reference]
) -> sr.MeasurementsAndQualitativeEvaluations:
    places = _places(measurement, images)
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(
            uid=_tracking(measurement),
            identifier=_tracked(measurement),
        ),
        finding_type=_FINDING,
        measurements=[
            _number(each, measurement, places, images) for each in quantities_of(measurement)
        ],
    )


def _tracking(measurement: Measurement) -> str:
    """The Tracking Unique Identifier of a measurement (TID 1501)."""
    return derived_uid("nocturne measurement", measurement.identifier)


def _carried(
    earlier: Dataset, again: Sequence[Measurement]
) -> list[sr.MeasurementsAndQualitativeEvaluations]:
    """The groups of an earlier measurement report, but for those of what was measured again."""
    new = {_tracking(each) for each in again}
    with quiet():
        held = sr.MeasurementReport.from_sequence([earlier]).get_image_measurement_groups()
    return [each for each in held if each.tracking_uid not in new]


def build_measurements(
    sop_instance_uid: str,
    study_instance: bytes,
    references: Sequence[Reference],
    content: ReportContent,
    measurements: Sequence[Measurement],
    before: bytes | None = None,
) -> OutgoingObject | None:
    """The measurement report of a signed report, or None where no number has a code.

    `before` is the one that went out with the report that this follows: it is named as the
    predecessor (PS3.3 C.17.2), and an addendum or a correction, being a whole document, holds its
    measurements too, but for those that were measured again.
    """
    coded = [each for each in measurements if quantities_of(each)]
    earlier = None if before is None else open_object(before).dataset
    carried: list[sr.MeasurementsAndQualitativeEvaluations] = []
    if earlier is not None and content.version is not Version.ORIGINAL:
        carried = _carried(earlier, coded)
    if not coded and not carried:
        return None
    head = head_of(study_instance)
    head.AccessionNumber = content.study.accession_number
    images = {each.sop_instance_uid: each for each in references}
    if earlier is not None:
        images = listed_evidence(earlier) | images
    reader, final = content.reader, not content.preliminary
    with quiet():
        tree = sr.MeasurementReport(
            observation_context=sr.ObservationContext(observer_person_context=observer(reader)),
            procedure_reported=_PROCEDURE,
            imaging_measurements=[*carried, *(_group(each, images) for each in coded)],
            title=Code("126000", "DCM", "Imaging Measurement Report"),
        )
        document = sr.Comprehensive3DSR(
            evidence=evidence(head, tuple(images.values())),
            content=tree[0],
            series_instance_uid=derived_uid(
                "nocturne measurements", str(head.StudyInstanceUID), reader.code
            ),
            series_number=9004,
            sop_instance_uid=sop_instance_uid,
            instance_number=1,
            manufacturer="Nocturne",
            is_complete=True,
            is_final=final,
            is_verified=final,
            verifying_observer_name=reader.name.to_dicom() if final else None,
            verifying_organization=long_string(reader.organization or "unknown") if final else None,
            transfer_syntax_uid=ExplicitVRLittleEndian,
            manufacturer_model_name="Nocturne",
            software_versions=__version__,
        )
    moment = in_zone_of(head, content.signed_at)
    document.ContentDate, document.ContentTime = DA(moment.date()), TM(moment.time())
    if final:
        document.VerifyingObserverSequence[0].VerificationDateTime = f"{moment:%Y%m%d%H%M%S%z}"
    document.SeriesDescription = "Measurements"
    if earlier is not None:
        document.PredecessorDocumentsSequence = predecessor(
            head,
            Reference(
                attributes.text(earlier, "SOPClassUID"),
                attributes.text(earlier, "SOPInstanceUID"),
                attributes.text(earlier, "SeriesInstanceUID"),
            ),
        )
    count = len(carried) + len(coded)
    return OutgoingObject(
        sop_instance_uid,
        COMPREHENSIVE_3D_SR,
        f"{count} measurement{'s' if count > 1 else ''} (SR)",
        finish(document, head, moment),
    )
