"""On which pictures a measurement lies: same frame of reference, within half a slice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.workflow import images
from workstation.domain.geometry import PlaneGeometry, VolumeGeometry, add
from workstation.domain.image import CalibrationSource
from workstation.domain.measurement import Measurement, MeasurementKind
from workstation.domain.shapes import squared, strokes
from workstation.domain.study import DisplaySet
from workstation.domain.view import Plane, SlabMode, ViewState
from workstation.imaging.planes import standard_plane
from workstation.imaging.statistics import measure
from workstation.ui.viewport import mark_labels, marks
from workstation.ui.viewport.scene import Scene
from workstation.workflow.viewing import Pane

K = MeasurementKind
ELLIPSE = squared(K.ROTATED_ELLIPSE, [(30, 30), (70, 50), (45, 55)])


def coronal(frame_of_reference: str = "2.25.9", spacing: float = 5.0) -> DisplaySet:
    """Another series: ten coronal slices, finer pixels, from y = 195 mm on."""
    first = PlaneGeometry(
        (95.0, 195.0, 340.0), (1, 0, 0), (0, 0, -1), (0.25, 0.4), 200, 160, frame_of_reference
    )
    base = images.display_set(slices=10)
    frames = tuple(
        replace(frame, plane=replace(first, origin=add(first.origin, first.normal, spacing * k)))
        for k, frame in enumerate(base.frames)
    )
    frames = tuple(
        replace(each, key=replace(each.key, sop_instance_uid=f"2.25.5.{k}"))
        for k, each in enumerate(frames)
    )
    step = tuple(spacing * part for part in first.normal)
    return replace(
        base,
        identifier="2.25.6/0",
        series_instance_uid="2.25.6",
        frames=frames,
        volume=VolumeGeometry(first, step, tuple(spacing * k for k in range(10))),  # type: ignore[arg-type]
    )


def made(kind: MeasurementKind, points: list[tuple[float, float]], index: int = 4) -> Measurement:
    shown = images.display_set()
    frame = shown.frames[index]
    assert frame.plane is not None
    held = squared(kind, points)
    return Measurement(
        "m", 1, kind, shown.identifier, shown.series_instance_uid, frame.key, f"S3/{index + 1}",
        held, measure(kind, held, images.pixels(index), frame),
        positions=tuple(frame.plane.to_patient(each) for each in held),
    )  # fmt: skip


def acquired(shown: DisplaySet, index: int) -> Scene:
    frame = shown.frames[index]
    return Scene(frame=frame, plane=frame.plane)


def shown_on(held: Measurement, shown: DisplaySet, study_sets: tuple[DisplaySet, ...]) -> list[int]:
    pane = Pane(images.study(*study_sets), shown)
    return [
        index
        for index in range(len(shown.frames))
        if marks.placed(held, pane, acquired(shown, index), ViewState()) is not None
    ]


def test_only_what_depends_on_the_scale_warns_of_none() -> None:
    length, angle = (
        made(K.LENGTH, [(20, 40), (60, 40)]),
        made(K.ANGLE, [(20, 40), (60, 40), (60, 9)]),
    )
    none = CalibrationSource.NONE
    for held, warns in ((length, True), (angle, False)):
        bare = replace(held, result=replace(held.result, calibration=none))
        assert mark_labels.badge_of(True, bare) == ("at no scale", warns)


def test_it_lies_on_its_own_image_alone_of_its_series() -> None:
    shown = images.display_set()
    assert shown_on(made(K.ROTATED_ELLIPSE, list(ELLIPSE)), shown, (shown,)) == [4]


def test_a_line_lies_on_the_slice_of_another_series_that_holds_all_of_it() -> None:
    axial, other = images.display_set(), coronal()
    # Row 40 is y = 220 mm: the coronal slices lie against the normal, 5 mm apart.
    along = made(K.LENGTH, [(20, 40), (60, 40)])
    (index,) = shown_on(along, other, (axial, other))
    plane = other.frames[index].plane
    assert plane is not None
    assert abs(plane.to_image(along.positions[0])[2]) <= 2.5
    across = made(K.LENGTH, [(20, 10), (60, 70)])
    assert shown_on(across, other, (axial, other)) == []


def test_another_frame_of_reference_is_another_place() -> None:
    axial, other = images.display_set(), coronal("2.25.99")
    assert shown_on(made(K.LENGTH, [(20, 40), (60, 40)]), other, (axial, other)) == []
    nowhere = coronal("")
    assert shown_on(made(K.LENGTH, [(20, 40), (60, 40)]), nowhere, (axial, nowhere)) == []


def test_a_slice_beside_a_gap_does_not_stand_for_what_is_missing() -> None:
    """Slices at 0, 2, 8, 10 mm …: what lies 4 mm up is on none of them."""
    gap = images.display_set(without=(2, 3))
    whole = images.display_set()
    lost = made(K.LENGTH, [(20, 40), (60, 40)], index=2)
    other = replace(gap, identifier="2.25.7/0", series_instance_uid="2.25.7")
    assert shown_on(lost, other, (whole, other)) == []
    near = made(K.LENGTH, [(20, 40), (60, 40)], index=4)
    assert shown_on(near, other, (whole, other)) == [2]


@pytest.mark.parametrize(("slab", "seen"), [(0.0, False), (10.0, True)])
def test_a_thick_slab_holds_what_lies_in_it(slab: float, seen: bool) -> None:
    shown = images.display_set()
    assert shown.volume is not None
    held = made(K.ROTATED_ELLIPSE, list(ELLIPSE))
    focus = add(held.positions[0], (0.0, 0.0, 1.0), 4.0)
    plane = standard_plane(shown.volume, Plane.AXIAL, focus)
    scene = Scene(plane=plane, values=np.zeros((plane.rows, plane.columns), np.float32))
    view = ViewState(plane=Plane.AXIAL, slab_mm=slab, slab_mode=SlabMode.MEAN)
    found = marks.placed(held, Pane(images.study(), shown), scene, view)
    assert (found is not None) == seen


def test_an_ellipse_keeps_its_shape_on_a_plane_with_turned_pixels() -> None:
    """The curve is mapped through the patient, not its box."""
    shown = images.display_set()
    held = made(K.ELLIPSE, [(20, 20), (60, 40)])
    source = shown.frames[4].plane
    assert source is not None
    turned = PlaneGeometry(
        source.to_patient((50, 40)), (0.6, 0.8, 0.0), (-0.8, 0.6, 0.0), (0.3, 0.7), 90, 90, "2.25.9"
    )
    scene = Scene(plane=turned, values=np.zeros((90, 90), np.float32))
    view = ViewState(plane=Plane.AXIAL)
    found = marks.placed(held, Pane(images.study(), shown), scene, view)
    assert found is not None
    assert not found.own
    there = [turned.to_patient(point) for point in found.strokes[0]]
    expected = [source.to_patient(point) for point in strokes(K.ELLIPSE, held.points)[0]]
    assert np.allclose(there, expected)
