"""What probe and regions read on a fused picture: the CT and the PET, each by its own name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conformance import pet
from tests.conformance.conforms import conforms
from tests.dicom import make, registrations
from tests.gui.opening import Opener
from tests.gui.test_fusion import MOVE, activate, lies_over, pt, scene, series
from tests.gui.test_reading_room import Open
from workstation.domain.geometry import PlaneGeometry, Vector
from workstation.domain.measurement import Measurement, MeasurementKind
from workstation.domain.view import Plane
from workstation.domain.wording import report_text
from workstation.storage.records import dump, load
from workstation.ui.viewport.mark_labels import Row, label_rows

K = MeasurementKind
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CT_AT, CT_STEP = (-64.0, -64.0, -30.0), (3.0, 2.0, 2.0)
#: origin in LPS mm, steps of slices, rows and columns
PT_AT, PT_STEP = (-81.3, -77.7, -33.0), (5.0, 4.1, 4.1)
#: The tools that read values: key, modifiers, kind.
TOOLS = [
    (Qt.Key.Key_P, NONE, K.PROBE),
    (Qt.Key.Key_E, NONE, K.ELLIPSE),
    (Qt.Key.Key_T, NONE, K.RECTANGLE),
    (Qt.Key.Key_N, SHIFT, K.POLYGON),
    (Qt.Key.Key_F, SHIFT, K.FREEHAND),
]


def hu(at: Vector) -> float:
    """A field that runs straight through the patient."""
    x, y, z = ((value - origin) for value, origin in zip(at, CT_AT, strict=True))
    return 2 * x / 2 + 3 * y / 2 + 5 * z / 3 - 100


def suv(at: Vector) -> float:
    """Another one, steepest where the CT is not."""
    x, y, z = ((value - origin) for value, origin in zip(at, PT_AT, strict=True))
    return (70 * x / 4.1 + 210 * y / 4.1 + 900 * z / 5) / 5000


def field_of_ct() -> list[Dataset]:
    k, j, i = np.indices((24, 64, 64))
    pixels = (2 * i + 3 * j + 5 * k).astype(np.int16)
    values = {"RescaleSlope": 1, "RescaleIntercept": -100, "SeriesDescription": "CT"}
    return series(1, pixels, CT_AT, CT_STEP, Modality="CT", **values)


def stored_pet() -> NDArray[np.int16]:
    k, j, i = np.indices((16, 40, 40))
    return (70 * i + 210 * j + 900 * k).astype(np.int16)


def field_of_pet(**values: Any) -> list[Dataset]:
    made = pt(**values)
    for each, pixels in zip(made, stored_pet(), strict=True):
        each.PixelData = pixels.tobytes()
    return made


@pytest.fixture
def opened(opener: Opener) -> Callable[..., Open]:
    return partial(opener.files, modality="PT")


def fuse(made: Open, plane: Plane, focus: Vector = (3.0, -7.0, 9.0)) -> None:
    """The CT with the PET over it, alone on the screen, through a point."""
    activate(made, "CT")
    made.room.images.toggle_maximised(made.active)
    made.room.verbs.show_plane(plane)
    made.room.images.move_focus(made.active, focus)
    if made.active.view.fusion is None:
        made.key(Qt.Key.Key_U, SHIFT)
    made.until(lambda: lies_over(made))
    made.volume_there()


def draw(made: Open, key: Qt.Key, modifiers: Qt.KeyboardModifier, kind: MeasurementKind) -> None:
    """Around the middle of the viewport, with the mouse."""
    viewport = made.active
    middle = viewport.rect().center()

    def at(x: float, y: float) -> QPoint:
        return middle + QPoint(round(x), round(y))

    made.key(key, modifiers)
    if kind is K.PROBE:
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at(13, 8))
    elif kind is K.POLYGON:
        for corner in (at(-60, -40), at(70, -50), at(55, 60), at(-35, 45)):
            QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=corner)
        made.key(Qt.Key.Key_Return)
    elif kind is K.FREEHAND:
        path = [at(55 * np.cos(t), 40 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 40)]
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=path[0])
        for point in path[1:]:
            QTest.mouseMove(viewport, point)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=path[-1])
    else:
        made.drag(at(-62, -41), at(58, 47))
    QApplication.processEvents()


def measured(made: Open) -> Measurement:
    pane = made.active.pane
    assert pane is not None
    return made.room.images.measuring(pane.study.study_instance_uid).measurements()[-1]


def plane_of(made: Open) -> PlaneGeometry:
    plane = scene(made).plane
    assert plane is not None
    return plane


def pixels_of(held: Measurement, plane: PlaneGeometry) -> list[tuple[int, int]]:
    """(column, row) of the pixels that a shape holds, by the mathematics of the shape."""
    xs, ys = [x for x, _ in held.points], [y for _, y in held.points]
    found = []
    for row in range(plane.rows):
        for column in range(plane.columns):
            if held.kind is K.RECTANGLE:
                inside = min(xs) <= column <= max(xs) and min(ys) <= row <= max(ys)
            elif held.kind is K.ELLIPSE:
                a, b = (max(xs) - min(xs)) / 2, (max(ys) - min(ys)) / 2
                x, y = column - (max(xs) + min(xs)) / 2, row - (max(ys) + min(ys)) / 2
                inside = (x / a) ** 2 + (y / b) ** 2 <= 1
            else:
                # Winding number by the angles of the corners.
                angles = np.arctan2(np.asarray(ys) - row, np.asarray(xs) - column)
                turns = np.diff(np.append(angles, angles[0]))
                turns = (turns + np.pi) % (2 * np.pi) - np.pi
                inside = bool(abs(turns.sum()) > np.pi)
            if inside:
                found.append((column, row))
    return found


def by_simpleitk(places: list[Vector]) -> NDArray[np.float64]:
    """The PET at places of the patient, sampled by SimpleITK."""
    image = sitk.GetImageFromArray(stored_pet().astype(np.float64) / 5000)
    image.SetOrigin(PT_AT)
    image.SetSpacing(PT_STEP[::-1])
    linear = sitk.sitkLinear
    return np.asarray([image.EvaluateAtPhysicalPoint(place, linear) for place in places])


@conforms("11 layer", "SimpleITK in the patient, and an analytic linear field")
@pytest.mark.parametrize("plane", [Plane.ACQUIRED, Plane.CORONAL])
@pytest.mark.parametrize(("key", "modifiers", "kind"), TOOLS, ids=lambda v: str(v))
def test_each_tool_reads_the_ct_and_the_pet_of_a_fused_picture(
    opened: Callable[..., Open],
    plane: Plane,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    kind: MeasurementKind,
) -> None:
    slices = field_of_pet()
    made = opened(*field_of_ct(), *slices)
    fuse(made, plane)
    draw(made, key, modifiers, kind)
    held, cut = measured(made), plane_of(made)
    assert held.kind is kind
    layer = held.result.layer
    assert layer is not None
    assert (held.result.unit, layer.unit) == ("HU", "SUVbw")
    assert layer.interpolated
    assert not layer.registered
    _, _, z = cut.to_patient(tuple(np.mean(held.points, axis=0)))
    nearest = slices[round((z - PT_AT[2]) / PT_STEP[0])]
    assert layer.frame is not None
    assert layer.frame.sop_instance_uid == nearest.SOPInstanceUID
    if kind is K.PROBE:
        ((column, row),) = held.points
        place = cut.to_patient((round(column), round(row)))
        assert held.result.value == pytest.approx(hu(place), abs=1e-3)
        assert layer.value == pytest.approx(suv(place), rel=1e-4)
        assert layer.value == pytest.approx(by_simpleitk([place])[0], rel=1e-4)
        assert layer.statistics is None
        return
    places = [cut.to_patient(each) for each in pixels_of(held, cut)]
    own, over = held.result.statistics, layer.statistics
    assert own is not None
    assert over is not None
    assert own.n == over.n == len(places) > 20
    below = np.asarray([hu(place) for place in places])
    assert own.mean == pytest.approx(below.mean(), abs=1e-3)
    above = by_simpleitk(places)
    assert above == pytest.approx(np.asarray([suv(place) for place in places]), rel=1e-6)
    assert layer.value == over.mean == pytest.approx(above.mean(), rel=1e-4)
    assert over.sd == pytest.approx(above.std(), rel=1e-3)
    assert (over.minimum, over.maximum) == pytest.approx((above.min(), above.max()), rel=1e-4)
    assert over.median == pytest.approx(np.median(above), rel=1e-4)


def test_each_value_stands_with_its_unit_and_its_series_on_the_picture_and_in_the_report(
    opened: Callable[..., Open],
) -> None:
    made = opened(*field_of_ct(), *field_of_pet())
    fuse(made, Plane.ACQUIRED)
    draw(made, *TOOLS[0])
    held = measured(made)
    layer = held.result.layer
    assert layer is not None
    said = f"{layer.value:.2f} SUVbw"
    assert label_rows(held, True) == [
        Row(f"{held.result.value:.0f} HU".replace("-", "−"), badge="S1  CT"),
        Row(said, badge="S2  PET AC, interpolated"),
    ]
    words = f"{held.result.value:.0f} HU (CT S1), {said} (PT S2, interpolated)"
    assert report_text(held) == words.replace("-", "−")
    draw(made, *TOOLS[1])
    held = measured(made)
    own, over = held.result.statistics, held.result.layer.statistics  # type: ignore[union-attr]
    assert own is not None
    assert over is not None
    assert report_text(held).replace("−", "-") == (
        f"{own.mean:.0f} ± {own.sd:.0f} HU (CT S1), "
        f"{over.mean:.2f} ± {over.sd:.2f} SUVbw, max {over.maximum:.2f} (PT S2, interpolated)"
    )
    assert label_rows(held, True)[-1].text == f"min {over.minimum:.2f}   n {over.n}"


def test_a_moved_region_reads_what_lies_over_it_then(opened: Callable[..., Open]) -> None:
    made = opened(*field_of_ct(), *field_of_pet())
    fuse(made, Plane.ACQUIRED)
    draw(made, *TOOLS[0])
    first = measured(made)
    made.key(Qt.Key.Key_Escape)
    point = made.active.to_screen(first.points[0]).toPoint()
    made.drag(point, point + QPoint(-70, 50))
    moved = measured(made)
    assert moved.identifier == first.identifier
    place = plane_of(made).to_patient((round(moved.points[0][0]), round(moved.points[0][1])))
    layer = moved.result.layer
    assert layer is not None
    assert layer.value == pytest.approx(suv(place), rel=1e-4)
    # With nothing over it any more, the link names no uptake that nobody sees.
    made.key(Qt.Key.Key_U, SHIFT)
    made.until(lambda: scene(made).laid is None)
    point = made.active.to_screen(moved.points[0]).toPoint()
    made.drag(point, point + QPoint(40, 10))
    last = measured(made)
    assert last.result.layer is None
    assert "SUV" not in report_text(last)


def test_a_pet_without_suv_is_read_in_its_own_unit_and_says_why(
    opened: Callable[..., Open],
) -> None:
    over = field_of_pet()
    for each in over:
        del each.PatientWeight
    made = opened(*field_of_ct(), *over)
    fuse(made, Plane.ACQUIRED)
    draw(made, *TOOLS[0])
    held = measured(made)
    layer = held.result.layer
    assert layer is not None
    ((column, row),) = held.points
    place = plane_of(made).to_patient((round(column), round(row)))
    assert layer.unit == "BQML"
    assert layer.value == pytest.approx(suv(place) * pet.ONE, rel=1e-4)
    assert "Weight" in layer.note
    assert "Weight" in label_rows(held, True)[-1].text
    assert "Bq/ml (PT S2, interpolated)" in report_text(held)


def test_beyond_the_pet_the_reason_stands_and_the_report_names_no_uptake(
    opened: Callable[..., Open],
) -> None:
    """The PET covers less of the patient than the CT: slices from -33 to -8 mm."""
    made = opened(*field_of_ct(), *field_of_pet()[:6])
    fuse(made, Plane.ACQUIRED, focus=(3.0, -7.0, 30.0))
    draw(made, *TOOLS[1])
    held = measured(made)
    layer = held.result.layer
    assert held.result.statistics is not None
    assert layer is not None
    assert layer.value is None
    assert layer.why_none
    head, why = label_rows(held, True)[-2:]
    assert (head.text, head.badge, why.text) == ("no value", "S2  PET AC", layer.why_none)
    assert report_text(held).endswith("HU (CT S1)")


@conforms("11 layer", "the field moved by the inverse of the registration's matrix")
def test_through_a_registration_the_pet_is_read_where_it_lies(
    opened: Callable[..., Open],
) -> None:
    over = field_of_pet(FrameOfReferenceUID=f"{make.ROOT}.66")
    below = field_of_ct()
    link = registrations.registration(
        below[0].FrameOfReferenceUID,
        registrations.member(registrations.matrix(MOVE), space=f"{make.ROOT}.66"),
    )
    made = opened(*below, *over, link)
    fuse(made, Plane.ACQUIRED)
    draw(made, *TOOLS[0])
    held = measured(made)
    ((column, row),) = held.points
    place = plane_of(made).to_patient((round(column), round(row)))
    x, y, z, _ = np.linalg.inv(MOVE) @ (*place, 1.0)
    layer = held.result.layer
    assert layer is not None
    assert layer.registered
    _, _, depth, _ = np.linalg.inv(MOVE) @ (*plane_of(made).to_patient((column, row)), 1.0)
    nearest = over[round((depth - PT_AT[2]) / PT_STEP[0])]
    assert layer.frame is not None
    assert layer.frame.sop_instance_uid == nearest.SOPInstanceUID
    assert layer.value == pytest.approx(suv((x, y, z)), rel=1e-4)
    assert label_rows(held, True)[-1].badge == "S2  PET AC, registered, interpolated"


def test_both_values_are_on_the_disk_and_come_back(opened: Callable[..., Open]) -> None:
    made = opened(*field_of_ct(), *field_of_pet())
    fuse(made, Plane.ACQUIRED)
    draw(made, *TOOLS[1])
    held = measured(made)
    pane = made.active.pane
    assert pane is not None
    uid = pane.study.study_instance_uid
    made.until(lambda: made.bench.measuring_for(uid).measurements() == (held,))
    assert load(Measurement, dump(held)) == held
