"""Dictation while cases change: what was said to one never lands in the report of another."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.workflow.test_dictating import NOW, Bench
from workstation.domain.dictation import Heard, HeardWord, Utterance
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import Section, SectionKind
from workstation.ui.dictation.controller import DictationController
from workstation.ui.dictation.line import DictationLine
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.links import LinkText
from workstation.workflow.jobs import Jobs

FIRST, SECOND = ReadingTask("2.25.1", "night", "1.2"), ReadingTask("2.25.2", "night", "1.9")


class Desk:
    """The controller on a real editor and an engine of the test."""

    def __init__(self, qtbot: QtBot) -> None:
        self.bench, self.qtbot = Bench(), qtbot
        self.jobs = Jobs(self._defect)
        self.bridge = JobBridge(self.jobs)
        self.editor = ReportEditor(lambda _: LinkText("ruler", "7 mm"))
        qtbot.addWidget(self.editor)
        self.line = DictationLine()
        qtbot.addWidget(self.line)
        self.controller = DictationController(
            self.bench.dictating, self.bridge, self.editor, self.line, lambda: ""
        )
        self.defects: list[BaseException] = []

    def _defect(self, error: BaseException) -> None:
        self.defects.append(error)

    def open(self, task: ReadingTask) -> None:
        self.controller.leave()
        self.editor.load([Section(SectionKind.FINDINGS, "")])
        self.editor.go_to_section(SectionKind.FINDINGS)
        self.controller.show_task(task, ["template"])

    @property
    def findings(self) -> str:
        return self.editor.sections()[0].text

    def ready(self) -> None:
        self.qtbot.waitUntil(lambda: self.bench.dictating._scribe is not None)

    def unwritten(self, task: ReadingTask, words: str) -> None:
        heard = Heard(tuple(HeardWord(each, 0.9) for each in words.split()), 1.0, "test")
        kept = Utterance(f"u-{words}", task.study_instance_uid, heard, NOW)
        self.bench.store.keep(kept, b"")


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(qtbot)
    yield made
    made.controller.close()
    made.bridge.close()
    made.jobs.close()
    assert made.defects == []


def test_what_was_never_written_comes_back_with_its_case(desk: Desk) -> None:
    desk.unwritten(FIRST, "effusion")
    desk.open(FIRST)
    desk.qtbot.waitUntil(lambda: desk.findings == "effusion")


def test_what_was_never_written_does_not_come_into_the_case_that_was_opened_since(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.unwritten(FIRST, "effusion")
    unwritten, reading, answer = desk.bench.store.unwritten, threading.Event(), threading.Event()
    finished = threading.Event()

    def slowly(study_uid: str) -> tuple[Utterance, ...]:
        found = unwritten(study_uid)
        if study_uid == FIRST.study_instance_uid:
            reading.set()
            assert answer.wait(30)
            finished.set()
        return found

    monkeypatch.setattr(desk.bench.store, "unwritten", slowly)
    desk.open(FIRST)
    desk.qtbot.waitUntil(reading.is_set)
    desk.open(SECOND)
    desk.ready()
    seen: list[str] = []
    desk.controller.message.connect(seen.append)
    answer.set()
    desk.qtbot.waitUntil(finished.is_set)
    # What is posted behind it has run: so has the answer.
    done: list[bool] = []
    desk.bridge.submit(lambda _: None, on_done=lambda _: done.append(True))
    desk.qtbot.waitUntil(lambda: bool(done))
    QApplication.processEvents()
    assert desk.findings == ""
    assert seen == []
    assert "u-effusion" in desk.bench.store.held


def test_a_sentence_on_its_way_to_the_window_does_not_land_in_the_next_report(desk: Desk) -> None:
    desk.open(FIRST)
    desk.ready()
    assert desk.bench.dictating.press()
    told = threading.Thread(target=desk.bench.engine.says, args=("effusion",))
    told.start()
    told.join()
    # The event is posted; before the loop runs again another case is opened.
    desk.open(SECOND)
    desk.ready()
    QApplication.processEvents()
    assert desk.findings == ""
    assert [u.heard.text for u, _ in desk.bench.store.held.values()] == ["effusion"]
