"""Measurements of structured reports with their places: written by highdicom, read back."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import pydicom
import pytest
from highdicom import sr
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian

from tests.dicom import make, reports, seg
from tests.realdata import require
from workstation.dicom.decoding import open_pixels
from workstation.dicom.overlay_objects import PALETTE
from workstation.dicom.reading import read_object
from workstation.dicom.segmentations import read_segmentation
from workstation.dicom.sr_measurements import read_measurements
from workstation.domain.errors import OverlayRefused
from workstation.domain.image import FrameKey
from workstation.domain.overlays import MarkShape, OverlayKind, SRMeasurements
from workstation.imaging.overlay_layers import measurement_layers
from workstation.imaging.segment_volume import segment_volume_ml


def region(image: Dataset, kind: str, points: list[list[float]]) -> sr.ImageRegion:
    """A region on an image, in the coordinates of the standard."""
    return sr.ImageRegion(
        graphic_type=sr.GraphicTypeValues[kind],
        graphic_data=np.asarray(points),
        source_image=sr.SourceImageForRegion(image.SOPClassUID, image.SOPInstanceUID),
    )


def group(tracking: str, place: Any, value: float = 12.5) -> Any:
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(
            uid=f"{make.ROOT}.60.{len(tracking)}", identifier=tracking
        ),
        referenced_region=place,
        finding_type=codes.SCT.Mass,
        finding_sites=[sr.FindingSite(anatomic_location=codes.SCT.Liver)],
        measurements=[
            sr.Measurement(name=codes.SCT.Diameter, value=value, unit=codes.UCUM.Millimeter)
        ],
    )


def measured(images: list[Dataset], *groups: Any) -> bytes:
    """A TID 1500 report as Comprehensive 3D SR, Part 10."""
    person = sr.ObserverContext(
        observer_type=codes.DCM.Person,
        observer_identifying_attributes=sr.PersonObserverIdentifyingAttributes(name="Vidal^Ana"),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = sr.MeasurementReport(
            observation_context=sr.ObservationContext(observer_person_context=person),
            procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
            imaging_measurements=list(groups),
        )
        made = sr.Comprehensive3DSR(
            evidence=images,
            content=report,
            series_instance_uid=f"{make.ROOT}.61",
            series_number=12,
            sop_instance_uid=f"{make.ROOT}.62",
            instance_number=1,
            manufacturer="Test",
            transfer_syntax_uid=ExplicitVRLittleEndian,
        )
        made.SeriesDescription = "Tumour measurements"
        stream = io.BytesIO()
        made.save_as(stream)
    return stream.getvalue()


def read(content: bytes) -> SRMeasurements:
    return read_measurements(content, PALETTE)


def test_a_region_on_an_image_keeps_its_points_values_and_names() -> None:
    images = seg.series()
    points = [[10.5, 8.5], [20.5, 8.5], [20.5, 18.5], [10.5, 8.5]]
    content = measured(images, group("Lesion 1", region(images[3], "POLYLINE", points)))
    (held,) = read(content).measurements
    assert held.item.name == "Lesion 1"
    assert held.item.detail == "Mass, Liver"
    assert held.values == (("Diameter", "12.5 mm"),)
    (mark,) = held.marks
    assert mark.shape is MarkShape.POLYGON
    # The corner of the first pixel is 0, 0 in the standard, its centre 0, 0 here.
    assert mark.points == ((10.0, 8.0), (20.0, 8.0), (20.0, 18.0))
    assert mark.frame == FrameKey(images[3].SOPInstanceUID)


def test_a_report_is_listed_with_the_images_its_measurements_lie_on() -> None:
    images = seg.series()
    content = measured(images, group("Lesion 1", region(images[3], "POINT", [[10.5, 8.5]])))
    overlay = read_object(content).overlay
    assert overlay is not None
    assert overlay.kind is OverlayKind.MEASUREMENTS
    assert overlay.title == "Tumour measurements"
    assert overlay.referenced_images == {images[3].SOPInstanceUID}


def test_a_circle_and_an_ellipse_are_drawn_as_what_they_are() -> None:
    images = seg.series()
    circle = region(images[3], "CIRCLE", [[20.5, 20.5], [20.5, 25.5]])
    axes = [[10.5, 10.5], [30.5, 10.5], [20.5, 6.5], [20.5, 14.5]]
    ellipse = region(images[3], "ELLIPSE", axes)
    content = read(measured(images, group("Round", circle), group("Oval one", ellipse)))
    layers = measurement_layers(content, FrameKey(images[3].SOPInstanceUID), None, {1, 2})
    path, closes = layers[0].paths[0]
    assert closes
    assert np.hypot(*(path - (20.0, 20.0)).T) == pytest.approx(5.0)
    path, _ = layers[1].paths[0]
    x, y = (path - (20.0, 10.0)).T
    assert (x / 10) ** 2 + (y / 4) ** 2 == pytest.approx(1.0)
    assert layers[0].words == "Diameter 12.5 mm"


def test_a_measurement_is_drawn_on_its_own_image_alone() -> None:
    images = seg.series()
    content = read(measured(images, group("Lesion", region(images[3], "POINT", [[10.5, 8.5]]))))
    assert measurement_layers(content, FrameKey(images[3].SOPInstanceUID), None, {1})
    assert not measurement_layers(content, FrameKey(images[4].SOPInstanceUID), None, {1})
    assert not measurement_layers(content, FrameKey(images[3].SOPInstanceUID), None, set())


def test_a_region_in_space_is_drawn_where_its_plane_is() -> None:
    images = seg.series()
    plane = read_object(make.to_bytes(images[3])).frames[0].plane
    other = read_object(make.to_bytes(images[4])).frames[0].plane
    assert plane is not None
    assert other is not None
    corners = [plane.to_patient(point) for point in ((5, 5), (15, 5), (15, 12), (5, 5))]
    place = sr.ImageRegion3D(
        graphic_type=sr.GraphicTypeValues3D.POLYGON,
        graphic_data=np.asarray(corners),
        frame_of_reference_uid=images[3].FrameOfReferenceUID,
    )
    content = read(measured(images, group("Lesion", place)))
    (layer,) = measurement_layers(content, None, plane, {1})
    assert layer.paths[0][0] == pytest.approx(np.asarray([[5, 5], [15, 5], [15, 12]]))
    assert not measurement_layers(content, None, other, {1})


def test_a_finding_of_a_detection_program_has_its_centre_and_outline() -> None:
    """Mammography CAD (TID 4006): regions selected from an image that stands elsewhere too."""
    image = reports.image("2.25.7", sop_class="1.2.840.10008.5.1.4.1.1.1.2")
    image.RelationshipType = "SELECTED FROM"
    by_reference = Dataset()
    by_reference.RelationshipType = "SELECTED FROM"
    by_reference.ReferencedContentItemIdentifier = [1, 1]
    center = reports.item(
        "SCOORD",
        reports.code("111010", "DCM", "Center"),
        image,
        GraphicType="POINT",
        GraphicData=[30.5, 40.5],
    )
    outline = reports.item(
        "SCOORD",
        reports.code("111041", "DCM", "Outline"),
        by_reference,
        GraphicType="POLYLINE",
        GraphicData=[20.5, 30.5, 40.5, 30.5, 30.5, 50.5, 20.5, 30.5],
    )
    finding = reports.coded(
        reports.code("111059", "DCM", "Single Image Finding"),
        reports.code("4147007", "SCT", "Mass"),
    )
    finding.ContentSequence = [center, outline]
    library = reports.image("2.25.7", sop_class="1.2.840.10008.5.1.4.1.1.1.2")
    dataset = reports.report(
        "1.2.840.10008.5.1.4.1.1.88.50",
        reports.code("111036", "DCM", "Mammography CAD Report"),
        library,
        finding,
    )
    (held,) = read(make.to_bytes(dataset)).measurements
    assert held.item.name == "Single Image Finding: Mass"
    assert [mark.shape for mark in held.marks] == [MarkShape.POINT, MarkShape.POLYGON]
    assert {mark.frame for mark in held.marks} == {FrameKey("2.25.7")}
    (layer,) = measurement_layers(SRMeasurements((held,)), FrameKey("2.25.7"), None, {1})
    assert layer.points is not None
    assert layer.points.tolist() == [[30.0, 40.0]]


def _broken(kind: str, data: list[float]) -> bytes:
    place = reports.item("SCOORD", None, GraphicType=kind, GraphicData=data)
    length = reports.num(
        reports.code("410668003", "SCT", "Length"), "12", ("mm", "millimeter"), place
    )
    return make.to_bytes(
        reports.report(reports.COMPREHENSIVE, reports.code("126000", "DCM", "Report"), length)
    )


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("POLYLINE", [1.0, 2.0, 3.0], "no polyline"),
        ("ELLIPSE", [1.0, 2.0, 3.0, 4.0], "no ellipse"),
        ("SPIRAL", [1.0, 2.0], "no spiral"),
        ("POINT", [1.0, 2.0], "names no image"),
    ],
)
def test_a_broken_coordinate_is_refused_by_name_and_its_report_stays_readable(
    kind: str, data: list[float], words: str
) -> None:
    content = _broken(kind, data)
    with pytest.raises(OverlayRefused, match=words):
        read(content)
    received = read_object(content)
    assert received.document is not None
    assert "Length: 12 mm" in received.document.text
    assert received.overlay is not None


def test_a_report_without_measurements_draws_nothing() -> None:
    content = make.to_bytes(reports.key_objects("2.25.1"))
    assert read_object(content).overlay is None
    with pytest.raises(OverlayRefused, match="no measurement"):
        read(content)


def test_the_volume_of_a_real_segment_is_the_one_that_its_report_says() -> None:
    path = require("sr-tid1500-petseg/seg.dcm")
    (segment,) = read_segmentation(path, open_pixels(path).frame).segments
    assert segment.mask is not None
    (held,) = read_measurements(require("sr-tid1500-petseg/sr.dcm"), PALETTE).measurements
    volume = segment_volume_ml(segment.mask.inside(), segment.mask.grid.affine())
    said = dict(held.values)["Volume"]
    assert f"{volume:.4f} ml" == said
    assert held.item.name == "primary tumor"
    assert str(pydicom.dcmread(path).SOPInstanceUID) in held.sources
