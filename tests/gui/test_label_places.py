"""Labels of measurements: off what was measured and off one another, at every size and zoom."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPolygonF
from PySide6.QtTest import QTest

from tests.gui.test_measuring_tools import at, measured, opened
from tests.gui.test_reading_room import Open
from tests.gui.text_sizes import apply
from workstation.domain.image import CalibrationSource
from workstation.domain.measurement import MeasurementKind
from workstation.ui.viewport.mark_labels import label_rows
from workstation.ui.viewport.marks import Mark

__all__ = ["opened"]

K = MeasurementKind


def _length(made: Open) -> None:
    made.key(Qt.Key.Key_L)
    made.drag(at(made, (46, 40)), at(made, (58, 40)))
    assert [each.kind for each in measured(made)] == [K.LENGTH]


def _drawn(made: Open) -> None:
    """A length and an ellipse on the same small place, as a nodule is measured."""
    _length(made)
    made.key(Qt.Key.Key_E)
    made.drag(at(made, (46, 35)), at(made, (58, 45)))
    assert len(measured(made)) == 2


def _marks(made: Open) -> list[Mark]:
    made.pictures_there()
    return made.active.marks()


def _clear(found: list[Mark]) -> bool:
    """Whether no label lies over a measurement or over another label."""
    boxes = [QPolygonF([p for line in each.strokes for p in line]).boundingRect() for each in found]
    labels = [each.label for each in found]
    return not any(
        one.intersects(other) for one, other in itertools.combinations(labels, 2)
    ) and not any(label.intersects(box) for label in labels for box in boxes)


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("size", [(1200, 700), (700, 460), (480, 400)])
def test_labels_cover_no_measurement_and_no_label_when_the_window_shrinks(
    opened: Callable[..., Open], size: tuple[int, int], scale: float
) -> None:
    made = opened()
    _drawn(made)
    assert _clear(_marks(made))
    apply(scale)
    made.room.resize(round(size[0] * scale), round(size[1] * scale))
    made.until(lambda: len(_marks(made)) == 2 and _clear(_marks(made)))


def test_labels_stay_clear_of_what_was_measured_at_each_zoom(opened: Callable[..., Open]) -> None:
    made = opened()
    _drawn(made)
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Plus, *[Qt.Key.Key_Minus] * 5):
        made.key(key)
        assert len(_marks(made)) == 2
        assert _clear(_marks(made))


def test_a_label_stays_on_its_side_while_there_is_room(opened: Callable[..., Open]) -> None:
    made = opened()
    _length(made)

    def side() -> tuple[bool, bool]:
        (mark,) = _marks(made)
        middle = QPolygonF([*mark.strokes[0]]).boundingRect().center()
        return mark.label.center().x() > middle.x() + 1, mark.label.center().y() > middle.y() + 1

    before = side()
    made.key(Qt.Key.Key_Minus)
    assert side() == before


def test_a_label_that_was_moved_stays_where_it_was_put(opened: Callable[..., Open]) -> None:
    made = opened()
    _length(made)
    (mark,) = _marks(made)
    grip = mark.label.center().toPoint()
    onto = at(made, (52, 40))
    QTest.mousePress(made.active, Qt.MouseButton.LeftButton, pos=grip)
    QTest.mouseMove(made.active, grip + QPoint(3, 3))
    QTest.mouseMove(made.active, onto)
    QTest.mouseRelease(made.active, Qt.MouseButton.LeftButton, pos=onto)
    made.until(lambda: (_marks(made)[0].label.center().toPoint() - onto).manhattanLength() < 6)


def test_in_a_small_viewport_a_label_at_rest_tells_the_value_alone(
    opened: Callable[..., Open],
) -> None:
    made = opened()
    _drawn(made)
    made.room.resize(480, 400)
    chosen = made.active.chosen
    made.until(lambda: any(each.brief for each in _marks(made)))
    for each in _marks(made):
        assert each.brief == (each.measurement.identifier != chosen)
    made.key(Qt.Key.Key_Escape)
    made.active.chosen = ""
    made.until(lambda: all(each.brief for each in _marks(made)))
    for each in _marks(made):
        rows = label_rows(each.measurement, each.own, brief=True)
        assert [row.head for row in rows] == [True]
        assert rows[0].badge == ""


def test_a_brief_label_keeps_what_warns(opened: Callable[..., Open]) -> None:
    """A length on a detector is another one in the patient, also where there is little room."""
    made = opened()
    _length(made)
    (held,) = measured(made)
    bare = replace(held.result, calibration=CalibrationSource.DETECTOR, note="Beyond the image.")
    rows = label_rows(replace(held, result=bare), True, brief=True)
    assert rows[0].badge == "at detector"
    assert [row.text for row in rows[1:]] == ["Beyond the image."]
