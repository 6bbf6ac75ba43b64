"""Segmentations: binary, fractional, label map, overlapping; refused by name."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.dicom import make, seg
from tests.realdata import require
from workstation.dicom.decoding import open_pixels
from workstation.dicom.reading import read_object
from workstation.dicom.segmentations import read_segmentation
from workstation.domain.errors import OverlayRefused
from workstation.domain.image import FrameKey
from workstation.domain.overlays import OverlayKind, Segmentation
from workstation.imaging.mask_cut import cut
from workstation.imaging.overlay_layers import segment_layers
from workstation.imaging.segment_volume import segment_volume_ml

CENTER, RADIUS = (8.0, 20.0, 1.0), 6.0


def read(content: bytes) -> Segmentation:
    return read_segmentation(content, open_pixels(content).frame)


def volumes(content: Segmentation) -> list[float]:
    return [
        segment_volume_ml(held.mask.inside(), held.mask.grid.affine())
        for held in content.segments
        if held.mask is not None
    ]


def test_a_binary_segment_keeps_every_voxel_place_and_volume() -> None:
    images, mask = seg.series(), seg.sphere(CENTER, RADIUS)
    segment = read(seg.written(images, mask)).segments[0]
    assert segment.item.name == "Lesion"
    assert segment.item.detail == "Liver"
    held = segment.mask
    assert held is not None
    assert int(held.voxels.sum()) == int(mask.sum())
    for index, image in enumerate(images):
        plane = read_object(make.to_bytes(image)).frames[0].plane
        assert plane is not None
        taken = cut(held, plane)
        found = np.zeros((seg.ROWS, seg.COLUMNS), np.uint8)
        if taken is not None:
            high, wide = taken.values.shape
            found[taken.row : taken.row + high, taken.column : taken.column + wide] = taken.values
        assert np.array_equal(found, mask[index])
    ball = 4 / 3 * np.pi * RADIUS**3 / 1000
    assert segment_volume_ml(held.inside(), held.grid.affine()) == pytest.approx(ball, rel=0.05)


def test_overlapping_segments_keep_what_they_share() -> None:
    both = np.stack([seg.sphere(CENTER, 6.0), seg.sphere((12.0, 20.0, 1.0), 6.0)], axis=-1)
    content = read(seg.written(seg.series(), both, labels=("One", "Other")))
    counts = [int(held.mask.voxels.sum()) for held in content.segments if held.mask is not None]
    assert counts == [int(both[..., 0].sum()), int(both[..., 1].sum())]
    assert (both[..., 0] & both[..., 1]).any()


def test_a_fraction_belongs_to_the_segment_from_half_of_its_maximum_on() -> None:
    values = np.zeros((seg.SLICES, seg.ROWS, seg.COLUMNS))
    values[4, 10, 10:13] = (0.25, 0.5, 1.0)
    held = read(seg.written(seg.series(), values, "FRACTIONAL")).segments[0].mask
    assert held is not None
    assert held.maximum == 200
    assert held.voxels[held.voxels > 0].tolist() == [50, 100, 200]
    assert int(held.inside().sum()) == 2


def test_a_label_map_parts_into_its_segments() -> None:
    labels = np.zeros((seg.SLICES, seg.ROWS, seg.COLUMNS), np.uint8)
    labels[seg.sphere(CENTER, 6.0)] = 1
    labels[seg.sphere((20.0, 20.0, 1.0), 4.0)] = 2
    content = read(seg.written(seg.series(), labels, "LABELMAP", ("One", "Other")))
    counts = {
        held.item.name: int(held.mask.voxels.sum())
        for held in content.segments
        if held.mask is not None
    }
    assert counts == {"One": int((labels == 1).sum()), "Other": int((labels == 2).sum())}


def projection() -> Dataset:
    """A radiograph, which has no place in the patient."""
    made = make.image(
        np.full((seg.ROWS, seg.COLUMNS), 900, np.uint16),
        SOPClassUID="1.2.840.10008.5.1.4.1.1.1.1",
        Modality="DX",
        ImagerPixelSpacing=[0.2, 0.2],
        StudyDate="20261124",
        StudyTime="031200",
        AccessionNumber="",
        StudyID="1",
        ReferringPhysicianName="",
        PatientBirthDate="",
        PatientSex="F",
    )
    return pydicom.dcmread(io.BytesIO(make.to_bytes(made)))


def test_a_segment_of_a_radiograph_lies_on_the_image_it_was_made_from() -> None:
    image = projection()
    mask = np.zeros((1, seg.ROWS, seg.COLUMNS), np.bool_)
    mask[0, 5:15, 8:30] = True
    content = seg.written([image], mask)
    (segment,) = read(content).segments
    assert segment.mask is None
    (flat,) = segment.flat
    assert flat.frame == FrameKey(image.SOPInstanceUID)
    assert (flat.row, flat.column, flat.values.shape) == (5, 8, (10, 22))
    assert flat.values.all()
    overlay = read_object(content).overlay
    assert overlay is not None
    assert overlay.referenced_images == {image.SOPInstanceUID}
    frame = read_object(make.to_bytes(image)).frames[0]
    (layer,) = segment_layers(read(content), frame, None, {1})
    assert layer.fill is not None
    assert layer.anchor == (7.5, 4.5)
    other = replace(frame, key=FrameKey("2.25.404"))
    assert segment_layers(read(content), other, None, {1}) == []


def test_the_header_lists_the_segments_and_the_images_they_belong_to() -> None:
    images = seg.series()
    received = read_object(seg.written(images, seg.sphere(CENTER, RADIUS)))
    overlay = received.overlay
    assert overlay is not None
    assert overlay.kind is OverlayKind.SEGMENTATION
    assert overlay.title == "Lesions"
    assert overlay.frame_of_reference_uids == (f"{make.ROOT}.5",)
    assert {image.SOPInstanceUID for image in images} >= overlay.referenced_images
    assert overlay.referenced_images


def _no_position(held: Dataset) -> None:
    del held.PerFrameFunctionalGroupsSequence[1].PlanePositionSequence


def _with_segment_number(held: Dataset) -> Dataset:
    """The functional groups that name the segment: shared where there is one alone."""
    shared = held.SharedFunctionalGroupsSequence[0]
    if "SegmentIdentificationSequence" in shared:
        return shared
    return held.PerFrameFunctionalGroupsSequence[0]


def _foreign_segment(held: Dataset) -> None:
    item = _with_segment_number(held).SegmentIdentificationSequence[0]
    item.ReferencedSegmentNumber = 9


def _no_segment_number(held: Dataset) -> None:
    del _with_segment_number(held).SegmentIdentificationSequence


def _nothing_listed(held: Dataset) -> None:
    held.SegmentSequence = []


def _no_pixels(held: Dataset) -> None:
    del held.PixelData


def _sideways(held: Dataset) -> None:
    position = held.PerFrameFunctionalGroupsSequence[1].PlanePositionSequence[0]
    position.ImagePositionPatient = [40.0, 5.0, -5.0]


def _twice(held: Dataset) -> None:
    groups = held.PerFrameFunctionalGroupsSequence
    position = groups[0].PlanePositionSequence[0].ImagePositionPatient
    groups[1].PlanePositionSequence[0].ImagePositionPatient = position


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_twice, "has several frames at one place"),
        (_no_position, "Frame 2 of the segmentation has no position"),
        (_foreign_segment, "belongs to segment 9, which is not listed"),
        (_no_segment_number, "does not say to which segment"),
        (_nothing_listed, "lists no segment"),
        (_no_pixels, "no pixel data"),
        (_sideways, "do not lie above one another"),
    ],
)
def test_a_broken_segmentation_is_refused_by_name(
    spoil: Callable[[Dataset], None], words: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        held = pydicom.dcmread(io.BytesIO(seg.written(seg.series(), seg.sphere(CENTER, RADIUS))))
        spoil(held)
        stream = io.BytesIO()
        held.save_as(stream)
    content = stream.getvalue()
    frame_of = open_pixels(content).frame if "PixelData" in held else lambda _: np.zeros((1, 1))
    with pytest.raises(OverlayRefused, match=re.escape(words)):
        read_segmentation(content, frame_of)


def test_another_object_is_no_segmentation() -> None:
    content = make.to_bytes(make.image())
    with pytest.raises(OverlayRefused, match="no segmentation"):
        read_segmentation(content, open_pixels(content).frame)


def test_voxels_of_a_real_segmentation_are_those_that_were_counted_elsewhere() -> None:
    path = require("pet-wb-qin-headneck-0024/seg/tumor_User1_Manual_Trial1.dcm")
    content = read_segmentation(path, open_pixels(path).frame)
    counted = []
    with require("EXPECTED.tsv").open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("pet-wb-qin-headneck-0024/seg\tsegment"):
                found = re.search(r"n=(\d+)", line)
                assert found is not None
                counted.append(int(found[1]))
    assert counted
    held = [int(each.mask.inside().sum()) for each in content.segments if each.mask is not None]
    assert held == counted


def test_a_real_object_whose_segments_overlap_gives_each_of_them() -> None:
    path = require("seg-ct-liver/partial_overlaps.dcm")
    content = read_segmentation(path, open_pixels(path).frame)
    names = [held.item.name for held in content.segments]
    assert names == ["GREEN", "ORANGE", "PURPLE", "LIGHT_BLUE", "DARK_BLUE"]
    pixels = pydicom.dcmread(path).pixel_array
    assert sum(int(held.mask.voxels.sum()) for held in content.segments if held.mask) == int(
        pixels.sum()
    )
