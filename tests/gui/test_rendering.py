"""A picture that is rendered when it is painted is the picture of its own scene."""

from __future__ import annotations

import weakref
from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from tests.gui.test_painting import Reader
from workstation.domain.image import Window
from workstation.domain.view import Plane
from workstation.imaging.blit import Blit
from workstation.ui.viewport.rendering import Rendering


def test_it_is_rendered_once_and_lets_go_of_what_it_was_made_of() -> None:
    frame, calls = np.arange(12, dtype=np.uint8).reshape(3, 4), []
    gone = weakref.ref(frame)

    def render(stored: np.ndarray) -> Blit:
        calls.append(1)
        return Blit(stored + 1, 2, 1, 9, 5)

    made = Rendering(lambda stored=frame: render(stored))  # type: ignore[misc]
    assert not calls
    first = made.buffer
    assert made.buffer is first
    assert calls == [1]
    del frame
    assert gone() is None
    assert np.array_equal(first[1:4, 2:6], np.arange(1, 13).reshape(3, 4))
    assert first.shape == (5, 9)
    assert first.sum() == 78


def test_a_part_of_it_is_the_part_of_its_buffer() -> None:
    part = np.arange(1, 13, dtype=np.uint8).reshape(3, 4)
    buffer = Blit(part, 2, 1, 9, 5).whole()
    for x0, y0, x1, y1 in ((2, 1, 6, 4), (3, 2, 5, 4), (0, 0, 9, 5), (1, 1, 6, 4), (5, 3, 9, 5)):
        made = Rendering(lambda: Blit(part, 2, 1, 9, 5))
        assert np.array_equal(made.cut((x0, y0, x1, y1)), buffer[y0:y1, x0:x1])
        assert np.array_equal(made.buffer, buffer)


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
