"""Presses the test of the page Dictation with a real microphone: run under virtual_microphone.sh.

    python -m tests.journey.speech_trial_child OUT.json WORK RECORDING.wav ...

One test for each recording; `-` is a test in which nobody speaks.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from workstation.bootstrap.speech import trial_parts
from workstation.bootstrap.windows import application
from workstation.settings import Home, Settings
from workstation.ui.job_bridge import JobBridge
from workstation.ui.settings.speech_trial import SpeechTrial
from workstation.workflow.jobs import Jobs
from workstation.workflow.trying_speech import TrialState, TryingSpeech


def wait(condition: Callable[[], bool], what: str, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        QTest.qWait(20)


def main(arguments: list[str]) -> int:
    out, work, *recordings = arguments
    application()
    defects: list[str] = []
    jobs = Jobs(lambda error: defects.append(repr(error)))
    bridge = JobBridge(jobs)
    trying = TryingSpeech(trial_parts(Home.at(Path(work)), Settings()))
    trial = SpeechTrial(trying, bridge, lambda: "")
    trial.resize(900, 320)
    trial.show()
    found = []
    for recording in recordings:
        QTest.mouseClick(trial.test_button, Qt.MouseButton.LeftButton)
        wait(lambda: trying.state is TrialState.READING, "the engine listens")
        wait(lambda: trying.recorded > 0.3, "the sound server wakes")
        if recording != "-":
            playing = subprocess.Popen(["paplay", "--device=mouth", recording])
            wait(lambda running=playing: running.poll() is not None, "it was played")
        QTest.qWait(1200)
        if trying.state is TrialState.READING:
            QTest.mouseClick(trial.test_button, Qt.MouseButton.LeftButton)
        wait(lambda: trial._result.isVisible() or trial.failure.isVisible(), "a verdict")
        found.append(
            {
                "verdict": trial.verdict.text(),
                "heard": trial.heard.text(),
                "numbers": trial.numbers.text(),
                "engine": trial.engine.text(),
            }
        )
    trial.close()
    jobs.close()
    bridge.close()
    trying.cancel()
    Path(out).write_text(json.dumps({"found": found, "defects": defects}), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
