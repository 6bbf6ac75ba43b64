"""A reader who dictates at the real window: run under virtual_microphone.sh by test_dictation.

    python -m tests.journey.dictation_child WORK OUT.json [--picture F.png] RECORDING.wav ...

Each recording is one press of F4. Leaves what stood in the report, what was signed and what the
service gives back.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pydicom
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from workstation.bootstrap.windows import Unhandled, application, window_on
from workstation.domain.report import SectionKind
from workstation.phantoms import write_all
from workstation.services.service import ReadingService
from workstation.tour.demo_service import READER, demo_service
from workstation.tour.journey import Tour
from workstation.workflow.dictating import EventKind, Phase


def play(path: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["paplay", "--device=mouth", path])


def findings_of(desk: Any) -> str:
    held = {section.kind: section.text for section in desk.panel.editor.sections()}
    return str(held[SectionKind.FINDINGS])


def text_of(dataset: pydicom.Dataset) -> str:
    return "\n".join(str(e.value) for e in dataset.iterall() if e.keyword == "TextValue")


def dictate(tour: Tour, desk: Any, path: str, picture: str) -> tuple[str, float]:
    """Hold F4, play, let go when all was played; the new words and the delay after the end."""
    hands, dictating = tour.hands, desk.dictation._dictating
    before = findings_of(desk)
    QTest.keyPress(hands.focus(), Qt.Key.Key_F4)
    hands.wait(lambda: dictating.phase is Phase.LISTENING, "the microphone listens")
    # The first hundredths of a second of a fresh stream are lost, as with any microphone.
    QTest.qWait(150)
    playing = play(path)
    partial = desk._dictation_line.partial
    hands.wait(lambda: playing.poll() is not None or bool(partial.text()), "partial words", 60)
    if picture:
        desk.grab().save(picture)
    hands.wait(lambda: playing.poll() is not None, "the recording ends", 60)
    QTest.qWait(400)
    ended = time.monotonic()
    QTest.keyRelease(hands.focus(), Qt.Key.Key_F4)
    hands.wait(lambda: dictating.phase is Phase.IDLE, "the sentence is written", 120)
    hands.settle()
    return findings_of(desk)[len(before) :], time.monotonic() - ended


def main(arguments: list[str]) -> int:
    work, out, *rest = arguments
    picture = ""
    if rest[0] == "--picture":
        picture, rest = rest[1], rest[2:]
    write_all(Path(work) / "studies", only=["dx-chest"])
    defects = Unhandled()
    found: dict[str, Any] = {"said": [], "notes": [], "delays": []}
    application()
    with (
        demo_service(Path(work) / "studies", Path(work) / "home") as demo,
        window_on(demo.home, demo.settings, [demo.endpoint], reader=READER, unhandled=defects) as (
            desk,
            bench,
        ),
    ):
        desk.resize(1920, 1080)
        ready: list[str] = []
        bench.dictating.listen(
            lambda event: (
                ready.append(event.text)
                if event.kind is EventKind.READY
                else found["notes"].append(str(event.error or event.text))
                if event.kind in (EventKind.NOTE, EventKind.ERROR)
                else None
            )
        )
        tour = Tour(desk, bench, None, demo.targets)
        tour.arrive()
        tour.open(tour.rows()[0])
        tour.see_images()
        desk.panel.editor.go_to_section(SectionKind.FINDINGS)
        # A first press without a word: the engine loads, and silence is told in words.
        tour.hands.press("F2")
        tour.hands.wait(lambda: bench.dictating._scribe is not None, "the phrases are learnt")
        tour.hands.press("F4")
        tour.hands.wait(lambda: bool(ready), "the engine is ready", 120)
        QTest.qWait(700)
        tour.hands.press("F4")
        tour.hands.wait(lambda: bench.dictating.phase is Phase.IDLE, "silence ends", 120)
        for number, path in enumerate(rest):
            words, delay = dictate(tour, desk, path, picture if number == 1 else "")
            found["said"].append(words)
            found["delays"].append(round(delay, 2))
        if picture:
            desk.grab().save(picture.replace(".png", "-written.png"))
        found["ready"] = ready
        study = tour.rows()[0].task.study_instance_uid
        found["draft"] = findings_of(desk)
        tour.write(SectionKind.IMPRESSION, "As dictated.")
        tour.saved()
        count = "SELECT count(*) FROM utterance"
        import sqlite3

        with sqlite3.connect(demo.home.database) as connection:
            found["kept_before"] = connection.execute(count).fetchone()[0]
        entry = tour.sign()
        with sqlite3.connect(demo.home.database) as connection:
            found["kept_after"] = connection.execute(count).fetchone()[0]
        client = ReadingService(demo.endpoint)
        try:
            signed = client.read_back(study, entry.objects[0])
        finally:
            client.close()
        found["signed"] = text_of(pydicom.dcmread(io.BytesIO(signed)))
    found["defects"] = [repr(each) for each in defects.seen]
    Path(out).write_text(json.dumps(found, indent=2, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
