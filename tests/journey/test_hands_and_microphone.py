"""The hand and the microphone at the real window: pedals, a mouse button, and a plug pulled out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.journey.conftest import Desk, Sit
from tests.journey.speaking import Speaker, Voice, caption_of, scripted
from workstation.domain.dictation import SoundRefused
from workstation.domain.hand_devices import DeviceKey, DevicePress
from workstation.domain.report import SectionKind
from workstation.phantoms import write_all
from workstation.workflow.dictating import Phase

HERE = Path(__file__).parent


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch) -> Speaker:
    return scripted(monkeypatch)


@pytest.fixture
def reading(speaker: Speaker, sit_down: Sit, tmp_path: Path) -> tuple[Desk, Voice]:
    """A chest radiograph, open, the keyboard in the report."""
    write_all(tmp_path / "served", only=("dx-chest",))
    desk = sit_down(tmp_path / "served")
    desk.tour.open(desk.tour.row(lambda row: row.task.modality in ("DX", "CR"), "the chest"))
    desk.tour.see_images()
    voice = speaker(desk)
    voice.ready()
    return desk, voice


def findings(desk: Desk) -> str:
    held = {each.kind: each.text for each in desk.tour.desk.panel.editor.sections()}
    return held[SectionKind.FINDINGS]


def go_to_findings(desk: Desk) -> None:
    desk.tour.desk.panel.editor.setFocus()
    desk.tour.desk.spoken.go_to_section(SectionKind.FINDINGS.value)


def idle(voice: Voice) -> None:
    voice.hands.wait(lambda: voice.bench.dictating.phase is Phase.IDLE, "it is written")
    voice.hands.settle()


def listening(voice: Voice) -> None:
    voice.hands.wait(lambda: voice.bench.dictating.phase is Phase.LISTENING, "it listens")


def test_a_mouse_button_held_over_the_images_dictates_and_a_tap_goes_on(
    reading: tuple[Desk, Voice],
) -> None:
    desk, voice = reading
    window = voice.window
    go_to_findings(desk)
    window._bench.settings.set("dictation.mouse_button", "back")
    voice.hands.settle()
    handle, place = window.windowHandle(), QPoint(400, 400)
    none = Qt.KeyboardModifier.NoModifier
    voice.engine.next = ["there is a nodule"]
    QTest.mousePress(handle, Qt.MouseButton.BackButton, none, place)
    listening(voice)
    window.dictation._pressed_at -= 1.0  # longer than a tap
    QTest.mouseRelease(handle, Qt.MouseButton.BackButton, none, place)
    idle(voice)
    assert "here is a nodule" in findings(desk)
    # A tap goes on listening until the next press.
    voice.engine.next = ["no effusion"]
    QTest.mouseClick(handle, Qt.MouseButton.BackButton, none, place)
    listening(voice)
    voice.hands.settle()
    assert voice.bench.dictating.phase is Phase.LISTENING
    QTest.mouseClick(handle, Qt.MouseButton.BackButton, none, place)
    idle(voice)
    assert "o effusion" in findings(desk)


def test_a_pedal_talks_and_its_neighbours_go_through_the_fields(
    reading: tuple[Desk, Voice],
) -> None:
    desk, voice = reading
    hands = voice.bench.hands
    go_to_findings(desk)

    def pedal(key: DeviceKey, down: bool) -> None:
        hands._pressed(DevicePress("Philips pedal", key, down))

    voice.engine.next = ["there is a nodule"]
    pedal(DeviceKey.TALK, True)
    listening(voice)
    voice.window.dictation._pressed_at -= 1.0
    pedal(DeviceKey.TALK, False)
    idle(voice)
    assert "here is a nodule" in findings(desk)
    before = voice.window.panel.editor.textCursor().position()
    pedal(DeviceKey.NEXT, True)
    pedal(DeviceKey.NEXT, False)
    voice.hands.settle()
    assert voice.window.panel.editor.textCursor().position() != before


def test_a_microphone_pulled_out_in_mid_sentence_is_told_and_what_was_said_is_written(
    reading: tuple[Desk, Voice],
) -> None:
    desk, voice = reading
    go_to_findings(desk)
    voice.engine.next = ["there is a nodule"]
    QTest.keyPress(voice.hands.focus(), Qt.Key.Key_F4)
    listening(voice)
    voice.window.dictation.microphone.failed.emit(
        SoundRefused("The microphone is gone.", means="What was said until then is written.")
    )
    idle(voice)
    assert "here is a nodule" in findings(desk)
    assert "The microphone is gone." in caption_of(voice.window)
    # The key still goes up afterwards, and the next sentence is heard as ever.
    QTest.keyRelease(voice.hands.focus(), Qt.Key.Key_F4)
    voice.say("no effusion")
    assert "o effusion" in findings(desk)


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What a child told about a real microphone that is pulled out, and about none."""
    if not all(map(shutil.which, ("pulseaudio", "paplay", "pactl"))):
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    out = tmp_path_factory.mktemp("devices") / "out.json"
    command = ["sh", str(HERE / "virtual_microphone.sh"), sys.executable, "-m"]
    done = subprocess.run(
        [*command, "tests.journey.microphone_child", str(out)],
        cwd=HERE.parents[1],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    held: dict[str, list[str]] = json.loads(out.read_text(encoding="utf-8"))
    return held


def test_a_real_microphone_that_goes_away_says_so_once(devices: dict[str, list[str]]) -> None:
    assert devices["before"]
    assert devices["pulled"] == ["The microphone is gone."]


def test_one_that_is_not_there_is_refused_by_its_name(devices: dict[str, list[str]]) -> None:
    assert devices["absent"] == ["The microphone SpeechMike is not plugged in."]
