"""PET over CT on the viewport: the same place of the patient in both, with real keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conformance import pet
from tests.conformance.conforms import conforms
from tests.dicom import make, registrations, states
from tests.dicom.test_rt_objects import contour, square, structure_set
from tests.gui.opening import Opener
from tests.gui.test_looks import blending
from tests.gui.test_reading_room import Open
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.geometry import Vector
from workstation.domain.view import Plane
from workstation.ui.viewport import composing, overlay
from workstation.ui.viewport.overlay import Arrival
from workstation.ui.viewport.scene import Scene
from workstation.ui.viewport.viewport import Viewport

UID = f"{make.ROOT}.2"
#: A sphere of 8 mm radius in the patient, LPS mm.
CENTER: Vector = (21.0, -13.0, 9.0)
RADIUS = 8.0


def ball(center: Vector, origin: Vector, spacing: Vector, shape: tuple[int, int, int]) -> Any:
    """1 inside of the sphere, (slices, rows, columns); `spacing` in the order of the axes."""
    z, y, x = (origin[2 - axis] + spacing[axis] * np.arange(shape[axis]) for axis in range(3))
    away = (
        (z[:, None, None] - center[2]) ** 2
        + (y[None, :, None] - center[1]) ** 2
        + (x[None, None, :] - center[0]) ** 2
    )
    return away <= RADIUS**2


def series(number: int, pixels: NDArray[Any], origin: Vector, spacing: Vector, **values: Any):  # type: ignore[no-untyped-def]
    """Axial slices of integer pixels."""
    made = []
    for index, each in enumerate(pixels):
        one = make.slice_of(
            index,
            0.0,
            pixels=each,
            ImagePositionPatient=[origin[0], origin[1], origin[2] + spacing[0] * index],
            PixelSpacing=[spacing[1], spacing[2]],
            SOPInstanceUID=f"{make.ROOT}.4.{number}.{index}",
            SeriesInstanceUID=f"{make.ROOT}.3.{number}",
            SeriesNumber=number,
            **values,
        )
        made.append(one)
    return made


def ct() -> list[Dataset]:
    """2 mm pixels, slices of 3 mm."""
    origin, spacing, shape = (-64.0, -64.0, -30.0), (3.0, 2.0, 2.0), (24, 64, 64)
    pixels = np.where(ball(CENTER, origin, spacing, shape), 200, 0).astype(np.int16)
    return series(1, pixels, origin, spacing, Modality="CT", SeriesDescription="CT")


def pt(center: Vector = CENTER, **values: Any) -> list[Dataset]:
    """4.1 mm pixels on another grid, slices of 5 mm: SUVbw 5 in the sphere, none around it."""
    origin, spacing, shape = (-81.3, -77.7, -33.0), (5.0, 4.1, 4.1), (16, 40, 40)
    pixels = np.where(ball(center, origin, spacing, shape), 25000, 0).astype(np.int16)
    held: dict[str, Any] = {
        "SOPClassUID": pet.PET,
        "Modality": "PT",
        "SeriesDescription": "PET AC",
        "Units": "BQML",
        "CorrectedImage": ["ATTN", "DECY"],
        "DecayCorrection": "START",
        "PatientWeight": pet.WEIGHT_KG,
        "SeriesDate": "20250101",
        "SeriesTime": "110000",
        "AcquisitionDate": "20250101",
        "AcquisitionTime": "110000",
        "RescaleSlope": f"{pet.ONE / 5000:.10g}",
        "RescaleIntercept": 0,
    }
    made: list[Dataset] = series(2, pixels, origin, spacing, **{**held, **values})
    for each in made:
        each.RadiopharmaceuticalInformationSequence = Sequence([pet.tracer()])
    return made


@pytest.fixture
def opened(opener: Opener) -> Callable[..., Open]:
    return partial(opener.files, modality="PT")


def scene(made: Open) -> Scene:
    built = made.active.built()
    assert built is not None
    return built


def words(made: Open) -> list[str]:
    viewport = made.active
    assert viewport.pane is not None
    return overlay.look_words(viewport.pane, viewport.view, scene(made))


def activate(made: Open, modality: str, *, fused: bool = False) -> Viewport:
    viewport = next(
        each
        for each in made.room.images.grid.shown
        if each.pane is not None
        and each.pane.shown.modality == modality
        and (each.view.fusion is not None) is fused
    )
    made.room.images.activate(viewport)
    return viewport


def lies_over(made: Open) -> bool:
    made.active.grab()
    laid = scene(made).laid
    return laid is not None and laid.rgb is not None


def middle_of(made: Open, where: Callable[[NDArray[Any]], NDArray[np.bool_]]) -> Vector:
    """The place in the patient of the middle of what `where` finds in the picture."""
    built = scene(made)
    assert built.buffer is not None
    assert built.placement is not None
    assert built.plane is not None
    rows, columns = np.nonzero(where(built.buffer))
    assert rows.size
    point = built.placement.to_image((float(columns.mean()), float(rows.mean())))
    return built.plane.to_patient(point)


def coloured(buffer: NDArray[Any]) -> NDArray[np.bool_]:
    held = buffer.astype(int)
    return np.asarray(held.max(axis=-1) - held.min(axis=-1) > 40)


@conforms("3 fusion", "the centre of an analytic sphere, on three planes")
@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL, Plane.ACQUIRED])
def test_what_is_hot_lies_where_it_is_in_the_patient(
    opened: Callable[..., Open], plane: Plane
) -> None:
    made = opened(*ct(), *pt())
    activate(made, "CT")
    made.room.verbs.show_plane(plane)
    made.room.images.move_focus(made.active, CENTER)
    made.key(Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    made.until(lambda: lies_over(made))
    # Without the CT below, only the colours of the PET are left: their rim is told by hue.
    made.room.images.change_over(made.active, opacity=1.0)
    built = scene(made)
    assert built.plane is not None
    found = np.asarray(middle_of(made, lambda buffer: buffer.max(axis=-1) > 60))
    away = found - np.asarray(CENTER)
    normal = np.asarray(built.plane.normal)
    aside = away - (away @ normal) * normal
    # Half a voxel of the PET, which is what a sphere of such voxels may be off.
    assert np.linalg.norm(aside) < 2.0
    made.room.images.change_over(made.active, opacity=0.0)
    found = np.asarray(middle_of(made, lambda buffer: buffer.max(axis=-1) > 200))
    away = found - np.asarray(CENTER)
    assert np.linalg.norm(away - (away @ normal) * normal) < 1.0


def test_the_stage_of_pet_and_ct_opens_with_a_fusion_and_says_its_scale(
    opened: Callable[..., Open],
) -> None:
    made = opened(*ct(), *pt())
    activate(made, "CT", fused=True)
    made.until(lambda: lies_over(made))
    assert words(made) == [
        "S2  PET AC over it, 50 %, interpolated",
        "SUVbw 0 to 5  Hot iron",
    ]
    assert "fusion bar" in [piece.name for piece in made.active.pieces()]


def test_keys_the_wheel_and_a_drag_change_what_lies_over_in_all_its_viewports(
    opened: Callable[..., Open],
) -> None:
    made = opened(*ct(), *pt())
    made.key(Qt.Key.Key_Period)
    viewport = activate(made, "CT", fused=True)
    made.until(lambda: lies_over(made))
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    made.key(Qt.Key.Key_BracketRight, control)
    assert viewport.view.fusion is not None
    assert viewport.view.fusion.opacity == 0.6
    made.key(Qt.Key.Key_BracketLeft, control)
    made.key(Qt.Key.Key_BracketLeft, control)
    assert viewport.view.fusion.opacity == 0.4
    at = QPointF(viewport.rect().center())
    wheel = QWheelEvent(
        at,
        QPointF(viewport.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        shift,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    before = viewport.view.focus
    QApplication.sendEvent(viewport, wheel)
    assert viewport.view.fusion.opacity == pytest.approx(0.6)
    assert viewport.view.focus == before
    made.key(Qt.Key.Key_J, shift)
    assert words(made)[1] == "SUVbw 0 to 7  Hot iron"
    made.key(Qt.Key.Key_J)
    assert words(made)[1] == "SUVbw 0 to 7  PET"
    own = viewport.view.voi
    a, b = viewport.rect().center(), viewport.rect().center() + QPoint(60, 0)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, control, a)
    QTest.mouseMove(viewport, b)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, control, b)
    assert viewport.view.voi == own
    assert viewport.view.fusion.voi_name == ""
    assert "W " in words(made)[1]


def test_the_key_takes_it_off_again_and_brings_the_pet_back(opened: Callable[..., Open]) -> None:
    made = opened(*ct(), *pt())
    viewport = activate(made, "PT")
    before = viewport.view
    made.key(Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    made.until(lambda: lies_over(made))
    assert viewport.pane is not None
    assert viewport.pane.shown.modality == "CT"
    assert viewport.view.plane is before.plane
    made.key(Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    assert viewport.pane.shown.modality == "PT"
    assert viewport.view.fusion is None
    assert viewport.view.inverted


def test_why_there_is_no_fusion_is_said(opened: Callable[..., Open]) -> None:
    made = opened(*ct(), *pt(FrameOfReferenceUID=f"{make.ROOT}.66"))
    activate(made, "CT")
    said: list[str] = []
    made.room.images.said.connect(said.append)
    made.key(Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    made.key(Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ControlModifier)
    assert "different spaces (Frame of Reference UID)" in said[0]
    assert said[1].startswith("Nothing lies over this image")
    assert all(each.view.fusion is None for each in made.room.images.grid.shown)


MOVE = registrations.turned(25, (12.0, -7.0, 6.0))


def registered(sop_class: str = registrations.SPATIAL) -> tuple[list[Dataset], list[Dataset]]:
    """(series, state and registration): the PET lies in a space of its own, where the sphere is
    elsewhere; the registration takes it to that of the CT."""
    away = np.linalg.inv(MOVE) @ (*CENTER, 1.0)
    other = f"{make.ROOT}.66"
    over = pt((float(away[0]), float(away[1]), float(away[2])), FrameOfReferenceUID=other)
    below = ct()
    state = blending(below, over)
    for held in state.BlendingSequence:
        if held.BlendingPosition == "SUPERIMPOSED":
            # As the device stored it: the state's own Modality LUT, and a window over its values.
            held.SoftcopyVOILUTSequence = states.window(12500, 25000)
    link = registrations.registration(
        below[0].FrameOfReferenceUID,
        registrations.member(registrations.matrix(MOVE), space=other),
        sop_class=sop_class,
    )
    state.ReferencedSpatialRegistrationSequence = Sequence([states.reference(link)])
    state.RelativeOpacity = 1.0
    return [*below, *over], [state, link]


def apply_state(made: Open) -> Viewport:
    viewport = activate(made, "CT")
    made.room.verbs.show_plane(Plane.ACQUIRED)
    made.room.images.move_focus(viewport, CENTER)
    made.room.images.linked = True
    made.room.images.move_focus(viewport, CENTER)
    assert viewport.pane is not None
    index = round((CENTER[2] + 30.0) / 3.0)
    made.room.images.go_to_step(viewport, index)
    made.key(Qt.Key.Key_Y)
    return viewport


@conforms("3 registration", "an analytic sphere moved by the inverse of the matrix")
def test_a_blending_state_with_a_registration_lays_the_sphere_where_it_is(
    opened: Callable[..., Open],
) -> None:
    held, objects = registered()
    made = opened(*held, *objects)
    apply_state(made)
    made.until(lambda: lies_over(made))
    found = np.asarray(middle_of(made, lambda buffer: buffer[..., 0] > 60))
    assert np.linalg.norm((found - np.asarray(CENTER))[:2]) < 2.0
    assert words(made)[-1] == "S2  PET AC over it, 100 %, registered, interpolated"


@conforms("3 unregistered", "PS3.3 C.20.3: the object's own SOP class")
def test_a_deformable_registration_is_refused_by_name(opened: Callable[..., Open]) -> None:
    held, objects = registered(registrations.DEFORMABLE)
    made = opened(*held, *objects)
    said: list[str] = []
    made.room.images.said.connect(said.append)
    apply_state(made)
    made.until(lambda: bool(said))
    assert said[0].startswith("The registration is not applied: it is deformable.")
    assert scene(made).laid is None


def test_a_registration_that_did_not_come_is_named(opened: Callable[..., Open]) -> None:
    held, objects = registered()
    made = opened(*held, objects[0])
    said: list[str] = []
    made.room.images.said.connect(said.append)
    apply_state(made)
    made.until(lambda: bool(said))
    assert "registration" in said[0]
    assert scene(made).laid is None


def warnings(made: Open) -> list[str]:
    viewport = made.active
    assert viewport.pane is not None
    return overlay.corners(viewport.pane, viewport.view, scene(made), Arrival(1), 600).warnings


def test_slices_of_the_pet_that_are_missing_or_broken_are_said(opened: Callable[..., Open]) -> None:
    over = pt()
    del over[10]
    over[4].PixelData = b"\0\0"
    made = opened(*ct(), *over)
    activate(made, "CT", fused=True)
    made.until(lambda: lies_over(made))
    (sentence,) = (each for each in warnings(made) if each.startswith("Of what lies over"))
    # The one that did not come, and the one whose pixels end too early: at -33 + 4 x 5 mm.
    assert sentence == "Of what lies over, 2 slices missing, the first at −13 mm, left blank"


def test_three_planes_of_a_fused_viewport_are_fused(opened: Callable[..., Open]) -> None:
    made = opened(*ct(), *pt())
    activate(made, "CT", fused=True)
    made.key(Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    shown = made.room.images.grid.shown
    assert len(shown) == 4
    assert all(each.view.fusion is not None for each in shown)


def test_a_registration_stands_in_the_list_of_what_is_not_shown_with_what_it_is_for() -> None:
    for sop_class, words in (
        (registrations.SPATIAL, "applied where a blending state names it"),
        (registrations.DEFORMABLE, "which is not applied"),
    ):
        _, (_, link) = registered(sop_class)
        (study,) = build_studies([read_object(make.to_bytes(link))])
        (held,) = study.not_shown
        assert words in held.reason


def test_the_menu_ticks_what_lies_over_its_window_and_its_colours(
    opened: Callable[..., Open],
) -> None:
    made = opened(*ct(), *pt())
    activate(made, "CT", fused=True)
    sections = dict(made.room.verbs.choices())
    assert [each.title for each in sections["Fusion"] if each.chosen] == [
        "PET AC over it",
        "SUV 0 to 5",
    ]
    colours = sections["Colours of what lies over"]
    assert [each.title for each in colours if each.chosen] == ["Hot iron"]
    assert "Grey" not in [each.title for each in colours]
    next(each for each in colours if each.title == "Fall").run()
    next(each for each in sections["Fusion"] if each.title == "SUV 0 to 20").run()
    made.until(lambda: lies_over(made))
    assert words(made)[1] == "SUVbw 0 to 20  Fall"
    next(each for each in sections["Fusion"] if each.title == "Nothing over it").run()
    assert made.active.view.fusion is None


@conforms("3 registration", "an analytic sphere moved by the inverse of the matrix")
@pytest.mark.parametrize(("plane", "slab"), [(Plane.AXIAL, 0.0), (Plane.CORONAL, 10.0)])
def test_a_registration_of_the_study_links_pet_and_ct_of_two_spaces(
    opened: Callable[..., Open], plane: Plane, slab: float
) -> None:
    held, (_, link) = registered()
    made = opened(*held, link)
    viewport = activate(made, "CT")
    made.room.verbs.show_plane(plane)
    made.room.images.move_focus(viewport, CENTER)
    made.room.images.change(viewport, replace(viewport.view, slab_mm=slab, fusion=None))
    made.key(Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    made.until(lambda: lies_over(made))
    made.room.images.change_over(viewport, opacity=1.0)
    built = scene(made)
    assert built.plane is not None
    # Its rim is red and yellow; where the turned PET does not reach, the CT is grey.
    found = np.asarray(middle_of(made, coloured))
    away = found - np.asarray(CENTER)
    normal = np.asarray(built.plane.normal)
    assert np.linalg.norm(away - (away @ normal) * normal) < 2.5
    assert words(made)[0] == "S2  PET AC over it, 100 %, registered, interpolated"


def test_why_a_registration_does_not_link_them_is_said(opened: Callable[..., Open]) -> None:
    held, (_, link) = registered(registrations.DEFORMABLE)
    made = opened(*held, link)
    activate(made, "CT")
    said: list[str] = []
    made.room.images.said.connect(said.append)
    made.key(Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    assert "The registration is not applied: it is deformable." in said[0]
    assert made.active.view.fusion is None


def test_no_slab_goes_through_a_registration_that_changes_lengths(
    opened: Callable[..., Open],
) -> None:
    held, (_, link) = registered()
    scaled = registrations.matrix(np.diag([1.1, 1.0, 1.0, 1.0]), "AFFINE")
    link.RegistrationSequence[0].MatrixRegistrationSequence[0].MatrixSequence = Sequence([scaled])
    made = opened(*held, link)
    viewport = activate(made, "CT")
    made.room.verbs.show_plane(Plane.CORONAL)
    made.room.images.change(viewport, replace(viewport.view, slab_mm=10.0, fusion=None))
    made.key(Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    made.until(lambda: scene(made).laid is not None)
    assert "A slab is not laid through a registration that is not rigid" in warnings(made)


def test_the_colours_stand_at_the_edge_where_outlines_are_shown_too(
    opened: Callable[..., Open],
) -> None:
    outlines = structure_set(contour(square(1.0, 6.0, 14.0)))
    made = opened(*ct(), *pt(), outlines)
    viewport = activate(made, "CT", fused=True)
    made.until(lambda: lies_over(made))
    made.key(Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    made.until(lambda: made.room.images.overlaying.board.shown)

    def at_the_edge() -> bool:
        viewport.grab()
        drawn = composing.graphic_pieces(viewport, made.room.images, scene(made), None)
        bars = [each for each in drawn if each.name == "fusion bar"]
        edge = viewport.picture_area().right()
        return bool(bars) and edge - 12 < bars[0].area.right() <= edge

    made.until(at_the_edge)
