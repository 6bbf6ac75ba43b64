"""A microphone that is pulled out while it listens: run under virtual_microphone.sh.

python -m tests.journey.microphone_child OUT.json
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest

from workstation.bootstrap.windows import application
from workstation.domain.errors import ReaderError
from workstation.ui.dictation.microphone import Microphone


def wait(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        QTest.qWait(20)
    return condition()


def main(arguments: list[str]) -> int:
    application()
    microphone = Microphone()
    heard: list[int] = []
    failed: list[str] = []
    microphone.heard.connect(lambda samples, _: heard.append(len(samples)))
    microphone.failed.connect(lambda error: failed.append(error.happened))
    found: dict[str, list[str]] = {"before": list(Microphone.names())}
    try:
        microphone.start("SpeechMike")
        found["absent"] = []
    except ReaderError as error:
        found["absent"] = [error.happened]
    microphone.start()
    assert wait(lambda: sum(heard) > 8000), "it listens"
    # Both, or the sound server would move the stream to what is left.
    for module in ("module-remap-source", "module-null-sink"):
        subprocess.run(["pactl", "unload-module", module], check=True)
    wait(lambda: bool(failed))
    QTest.qWait(500)
    found["pulled"] = failed
    Path(arguments[0]).write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
