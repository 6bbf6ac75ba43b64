"""A reader whose program is killed just after a sentence was written: run by
test_killed_while_dictating.

    python -m tests.journey.killed_child WORK shown|written|before-written   says, and is killed
    python -m tests.journey.killed_child WORK look                           prints the findings
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.journey.speaking import scripted
from workstation.bootstrap.windows import Unhandled, application, window_on
from workstation.domain.report import SectionKind
from workstation.tour.demo_service import READER, demo_service
from workstation.tour.journey import Tour
from workstation.workflow.dictating import Dictating

SAID = "small effusion on the left period"


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(work: str, end: str) -> None:
    application()
    patch = pytest.MonkeyPatch()
    speaker = scripted(patch)
    with demo_service(Path(work) / "studies", Path(work) / "home") as demo:
        # As late as a draft may ever be written.
        demo.settings.set("report.autosave_seconds", 2)
        with window_on(
            demo.home, demo.settings, [demo.endpoint], reader=READER, unhandled=Unhandled()
        ) as (desk, bench):
            tour = Tour(desk, bench, None, demo.targets)
            tour.arrive()
            tour.open(tour.rows()[0])
            voice = speaker(SimpleNamespace(tour=tour))  # type: ignore[arg-type]
            voice.ready()
            editor = desk.panel.editor

            def findings() -> str:
                return next(
                    each.text for each in editor.sections() if each.kind is SectionKind.FINDINGS
                )

            if end == "look":
                tour.hands.wait(lambda: "effusion" in findings(), "the sentence is there")
                tour.hands.settle()
                sys.stdout.write(findings())
                return
            if end == "shown":
                editor.edited.connect(lambda: "effusion" in findings() and die())
            if end == "before-written":
                # The draft holds it; that it does is not noted yet.
                store = bench.dictating._store
                patch.setattr(store, "written", die)
            assert isinstance(bench.dictating, Dictating)
            voice.command("go to findings")
            voice.say(SAID)
            with sqlite3.connect(demo.home.database) as connection:
                tour.hands.wait(
                    lambda: connection.execute("SELECT min(written) FROM utterance").fetchone()[0],
                    "it is noted as written",
                )
            die()


if __name__ == "__main__":
    main(*sys.argv[1:])
