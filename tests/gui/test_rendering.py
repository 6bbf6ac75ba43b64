"""A picture that is rendered when it is painted is the picture of its own scene."""

from __future__ import annotations

import weakref
from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from tests.gui.test_painting import Reader
from workstation.domain.image import Window
from workstation.domain.view import Plane
from workstation.ui.viewport.rendering import Rendering


def test_it_is_rendered_once_and_lets_go_of_what_it_was_made_of() -> None:
    frame, calls = np.arange(12, dtype=np.uint8).reshape(3, 4), []
    gone = weakref.ref(frame)

    def render(stored: np.ndarray) -> np.ndarray:
        calls.append(1)
        return stored + 1

    made = Rendering(lambda stored=frame: render(stored))  # type: ignore[misc]
    assert not calls
    first = made.buffer
    assert made.buffer is first
    assert calls == [1]
    del frame
    assert gone() is None
    assert first[2, 3] == 12


def test_what_is_looked_at_next_does_not_change_a_picture_that_was_not_painted_yet(
    qtbot: QtBot,
) -> None:
    reader = Reader(qtbot)
    viewport = reader.room.images.active
    pane = viewport.pane
    assert pane is not None
    maker, plain = viewport.maker, replace(viewport.view, voi=Window(1000, 300))
    views = [
        plain,
        replace(plain, frame_index=plain.frame_index + 1),
        replace(plain, voi=Window(1300, 900)),
        replace(plain, inverted=True, rotation=90),
        replace(plain, zoom=0.37),
        replace(plain, colour_map="hotiron"),
        replace(plain, plane=Plane.CORONAL),
    ]
    # In another size each time, as the reader may change the layout as well.
    sizes = [(300 + 7 * index, 200 + 5 * index) for index in range(len(views))]
    at_once = []
    for view, size in zip(views, sizes, strict=True):
        buffer = maker.make(pane, view, *size).buffer
        assert buffer is not None
        at_once.append(buffer)
    maker.forget()
    later = [maker.make(pane, view, *size) for view, size in zip(views, sizes, strict=True)]
    for scene, wanted in zip(reversed(later), reversed(at_once), strict=True):
        assert scene.buffer is not None
        assert np.array_equal(scene.buffer, wanted)
    reader.bench.close(reader.room)
