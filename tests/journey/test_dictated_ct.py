"""A CT read by voice and keys alone, from the worklist to the delivered report."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from tests.journey.conftest import Sit
from tests.journey.speaking import scripted
from tests.journey.test_first_read import read_back, task_state, words
from workstation.domain.delivery import DeliveryState
from workstation.phantoms import write_all

_MOUSE = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
)


class Watch(QObject):
    """Counts what the mouse does anywhere in the program."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.moved = 0
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.moved += event.type() in _MOUSE
        return False


def test_a_dictated_ct_takes_no_mouse_and_at_most_fourteen_keys(
    sit_down: Sit, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = scripted(monkeypatch)
    write_all(tmp_path / "served", only=("ct-chest",))
    desk = sit_down(tmp_path / "served")
    tour, window, bench = desk.tour, desk.tour.desk, desk.tour.bench
    voice, mouse = speaker(desk), Watch(qapp)
    pressed: list[str] = []

    def press(key: str) -> None:
        pressed.append(key)
        tour.hands.press(key)

    def say(text: str) -> None:
        pressed.append("F4")
        voice.say(text)

    def command(text: str) -> None:
        pressed.append("Shift+F4")
        voice.command(text)

    row = tour.row(lambda each: each.task.modality == "CT", "the CT")
    study = row.task.study_instance_uid
    # its images are here before it is opened, as on every night
    tour.hands.wait(
        lambda: (held := bench.signing.arrival(study)) is not None and held.verified,
        "the images are fetched ahead",
        180,
    )
    press("Return")
    tour.hands.wait(lambda: window.pages.currentWidget() is window.room, "the case opens")
    tour.hands.wait(lambda: window.panel.editor.isEnabled(), "the report opens")
    tour.see_images()
    voice.ready()
    hands = tour.hands.focus()

    say("solid nodule of seven millimeters in the right upper lobe period")
    command("insert normal")
    press("PgDown")
    tour.see_images()
    press("PgDown")
    tour.see_images()
    # the keyboard never left the images
    assert tour.hands.focus() in window.room.images.grid.viewports
    assert hands in window.room.images.grid.viewports
    command("go to technique")
    say("without contrast")
    command("next field")
    say("five hundred milligray centimeters")
    command("go to impression")
    say("solid nodule of seven millimeters in the right upper lobe period")
    press("Shift+F8")
    tour.saved()
    press("Ctrl+Return")
    tour.hands.wait(lambda: window.panel.signing_now, "the sign panel opens")
    told = [each.title for each in window.panel.sign_panel.open_findings]
    press("Ctrl+Return")
    tour.hands.wait(
        lambda: any(e.state is DeliveryState.DELIVERED for e in bench.delivering.entries()),
        "the report is delivered",
    )
    assert told == []
    assert mouse.moved == 0
    assert len(pressed) <= 14, pressed
    entry = bench.delivering.entries()[0]
    assert task_state(desk, entry)[0] == "COMPLETED"
    signed = words(read_back(desk, entry))
    assert signed.count("olid nodule of 7 mm in the right upper lobe.") == 2
    assert "CT of the chest without contrast" in signed
    assert "[" not in signed
