"""A blending state on planes that are cut through the volume below, and what is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from PySide6.QtCore import Qt

from tests.conformance.conforms import conforms
from tests.dicom import make, registrations, states
from tests.gui.opening import Opener
from tests.gui.test_fused_values import field_of_ct, field_of_pet, hu, suv
from tests.gui.test_fusion import MOVE, activate, lies_over, scene, warnings, words
from tests.gui.test_looks import blending
from tests.gui.test_reading_room import Open
from workstation.domain.geometry import Vector
from workstation.domain.view import Plane, SlabMode

FOCUS: Vector = (3.0, -7.0, 9.0)
BELOW, OVER = (200.0, 400.0), (12000.0, 24000.0)


def study(**changes: object) -> tuple[list[Dataset], list[Dataset], Dataset]:
    """CT, PET, and a state with a window for each, over what the devices stored."""
    below, over = field_of_ct(), field_of_pet()
    state = blending(below, over)
    for held, window in zip(state.BlendingSequence, (BELOW, OVER), strict=True):
        held.SoftcopyVOILUTSequence = states.window(*window)
    for keyword, value in changes.items():
        setattr(state, keyword, value)
    return below, over, state


@pytest.fixture
def opened(opener: Opener) -> Callable[..., Open]:
    return partial(opener.files, modality="PT")


def show(made: Open, plane: Plane, slab: float = 0.0) -> None:
    """The CT on a plane, without a fusion."""
    viewport = activate(made, "CT")
    made.room.verbs.show_plane(plane)
    made.room.images.move_focus(viewport, FOCUS)
    view = replace(viewport.view, slab_mm=slab, slab_mode=SlabMode.MEAN, fusion=None)
    made.room.images.change(viewport, view)
    made.volume_there()


def grey(value: float, window: tuple[float, float]) -> float:
    """LINEAR of PS3.3 C.11.2.1.2.1, 0 to 255."""
    center, width = window
    return float(np.clip(((value - (center - 0.5)) / (width - 1) + 0.5) * 255, 0, 255))


def expected(at: Vector, over: Vector | None = None) -> list[float]:
    """RGB at a place of the patient: the CT as it was stored, the PET through a ramp of red, half
    of each (PS3.4 N.2.4)."""
    below = grey(hu(at) + 100, BELOW)
    above = grey(suv(over or at) * 5000, OVER)
    return [(below + above) / 2, below / 2, below / 2]


def compare(made: Open, moved: Callable[[Vector], Vector] = lambda at: at) -> None:
    built = scene(made)
    assert built.plane is not None
    assert built.buffer is not None
    assert built.placement is not None
    column, row, _ = built.plane.to_image(FOCUS)
    for x, y in ((0, 0), (5, 3), (-6, 4), (2, -5), (-3, -2)):
        point = (round(column) + x, round(row) + y)
        place = built.plane.to_patient(point)
        across, down = built.placement.to_screen(point)
        found = built.buffer[round(down), round(across)].astype(float)
        assert found == pytest.approx(expected(place, moved(place)), abs=3.0)


@conforms("3 blending", "PS3.4 N.2.4 on an analytic linear field")
@pytest.mark.parametrize("slab", [0.0, 6.0])
@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL])
def test_a_blending_state_is_applied_to_every_plane(
    opened: Callable[..., Open], plane: Plane, slab: float
) -> None:
    below, over, state = study()
    made = opened(*below, *over, state)
    show(made, plane, slab)
    assert "State LOOK, not applied: Y" in words(made)
    made.key(Qt.Key.Key_Y)
    made.until(lambda: lies_over(made))
    compare(made)
    assert words(made)[-2:] == ["State LOOK", "S2  PET AC over it, 50 %, interpolated"]
    assert warnings(made) == []
    made.key(Qt.Key.Key_Y)
    assert scene(made).laid is None
    assert made.active.view.plane is plane


def test_the_state_goes_along_to_planes_and_back(opened: Callable[..., Open]) -> None:
    below, over, state = study()
    made = opened(*below, *over, state)
    show(made, Plane.ACQUIRED)
    made.key(Qt.Key.Key_Y)
    made.until(lambda: lies_over(made))
    for plane in (Plane.CORONAL, Plane.ACQUIRED, Plane.SAGITTAL):
        made.room.verbs.show_plane(plane)
        made.until(lambda: lies_over(made))
        assert "State LOOK" in words(made)
    made.key(Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    shown = made.room.images.grid.shown
    assert len(shown) == 4
    made.until(lambda: all(each.view.presentation for each in shown))


@conforms("3 blending", "the field moved by the inverse of the registration's matrix")
def test_a_state_with_a_registration_is_applied_to_planes(opened: Callable[..., Open]) -> None:
    below, over, state = study()
    other = f"{make.ROOT}.66"
    for each in over:
        each.FrameOfReferenceUID = other
    link = registrations.registration(
        below[0].FrameOfReferenceUID,
        registrations.member(registrations.matrix(MOVE), space=other),
    )
    state.ReferencedSpatialRegistrationSequence = Sequence([states.reference(link)])
    made = opened(*below, *over, state, link)
    show(made, Plane.CORONAL)
    made.key(Qt.Key.Key_Y)
    made.until(lambda: lies_over(made))

    def moved(at: Vector) -> Vector:
        x, y, z, _ = np.linalg.inv(MOVE) @ (*at, 1.0)
        return (float(x), float(y), float(z))

    compare(made, moved)
    assert words(made)[-1].endswith("registered, interpolated")


def said_by(made: Open) -> list[str]:
    said: list[str] = []
    made.room.images.said.connect(said.append)
    return said


def test_a_state_of_some_of_the_slices_below_is_refused_on_planes_and_says_of_which(
    opened: Callable[..., Open],
) -> None:
    below, over, state = study()
    series = state.BlendingSequence[0].ReferencedSeriesSequence[0]
    series.ReferencedImageSequence = Sequence([states.reference(each) for each in below[4:]])
    made = opened(*below, *over, state)
    said = said_by(made)
    show(made, Plane.CORONAL)
    made.key(Qt.Key.Key_Y)
    made.until(lambda: bool(said))
    assert said[0].startswith("The blending state is made for 20 of the 24 images below.")
    assert scene(made).laid is None


def test_windows_of_their_own_for_some_slices_are_refused_on_planes_alone(
    opened: Callable[..., Open],
) -> None:
    below, over, state = study()
    one, other = states.window(*BELOW)[0], states.window(100, 50)[0]
    one.ReferencedImageSequence = Sequence([states.reference(each) for each in below[:10]])
    other.ReferencedImageSequence = Sequence([states.reference(each) for each in below[10:]])
    state.BlendingSequence[0].SoftcopyVOILUTSequence = Sequence([one, other])
    made = opened(*below, *over, state)
    said = said_by(made)
    show(made, Plane.CORONAL)
    made.key(Qt.Key.Key_Y)
    made.until(lambda: bool(said))
    assert said[0].startswith("The blending state has a window of their own for some")
    made.room.verbs.show_plane(Plane.ACQUIRED)
    made.key(Qt.Key.Key_Y)
    made.until(lambda: lies_over(made))


@pytest.mark.parametrize("plane", [Plane.ACQUIRED, Plane.CORONAL])
def test_a_series_of_which_the_state_lays_only_a_part_over_is_not_laid(
    opened: Callable[..., Open], plane: Plane
) -> None:
    below, over, state = study()
    series = state.BlendingSequence[1].ReferencedSeriesSequence[0]
    series.ReferencedImageSequence = Sequence([states.reference(each) for each in over[:9]])
    made = opened(*below, *over, state)
    show(made, plane)
    made.key(Qt.Key.Key_Y)
    made.until(lambda: scene(made).laid is not None)
    assert "The state lays only 9 of 16 images of a series over it" in warnings(made)
    assert scene(made).laid.rgb is None  # type: ignore[union-attr]


def test_several_windows_for_what_lies_over_are_refused(opened: Callable[..., Open]) -> None:
    below, over, state = study()
    held = state.BlendingSequence[1]
    one, other = states.window(*OVER)[0], states.window(100, 50)[0]
    one.ReferencedImageSequence = Sequence([states.reference(over[0])])
    other.ReferencedImageSequence = Sequence([states.reference(each) for each in over[1:]])
    held.SoftcopyVOILUTSequence = Sequence([one, other])
    made = opened(*below, *over, state)
    said = said_by(made)
    show(made, Plane.ACQUIRED)
    made.key(Qt.Key.Key_Y)
    made.until(lambda: bool(said))
    assert said[0].startswith("The blending state has several windows")


def test_images_that_a_registration_takes_different_ways_are_not_laid(
    opened: Callable[..., Open],
) -> None:
    below, over, state = study()
    other = f"{make.ROOT}.66"
    for each in over:
        each.FrameOfReferenceUID = other
    whole = registrations.member(registrations.matrix(MOVE), space=other)
    part = registrations.member(registrations.matrix(np.eye(4)), images=over[:3])
    link = registrations.registration(below[0].FrameOfReferenceUID, part, whole)
    state.ReferencedSpatialRegistrationSequence = Sequence([states.reference(link)])
    made = opened(*below, *over, state, link)
    show(made, Plane.CORONAL)
    made.key(Qt.Key.Key_Y)
    made.until(lambda: scene(made).laid is not None)
    assert "The registration takes the images of one series different ways." in warnings(made)


def test_what_is_of_one_acquired_image_only_is_left_out_of_planes_by_its_name(
    opened: Callable[..., Open],
) -> None:
    below, over, state = study(
        ShutterShape="RECTANGULAR",
        ShutterLeftVerticalEdge=10,
        ShutterRightVerticalEdge=50,
        ShutterUpperHorizontalEdge=10,
        ShutterLowerHorizontalEdge=50,
        ShutterPresentationValue=0,
        ImageRotation=90,
        ImageHorizontalFlip="N",
    )
    made = opened(*below, *over, state)
    show(made, Plane.CORONAL)
    made.key(Qt.Key.Key_Y)
    made.until(lambda: lies_over(made))
    assert warnings(made) == ["State without a shutter, its turn of the image"]
    assert made.active.view.rotation == 0
    compare(made)


def test_a_greyscale_state_says_that_it_is_of_acquired_images(
    opened: Callable[..., Open],
) -> None:
    below = field_of_ct()
    made = opened(*below, states.state(below[12], SoftcopyVOILUTSequence=states.window(*BELOW)))
    said = said_by(made)
    viewport = made.active
    made.room.verbs.show_plane(Plane.ACQUIRED)
    made.room.images.go_to_step(viewport, 12)
    made.key(Qt.Key.Key_Y)
    made.until(lambda: bool(viewport.view.presentation))
    made.room.verbs.show_plane(Plane.CORONAL)
    made.until(lambda: bool(said))
    assert said[0].startswith("A greyscale presentation state is the look of images as they were")
    assert viewport.view.presentation == ""
