"""Between the signature and its answer nothing is written into the report, in no way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, asked, opened, task
from workstation.domain.dictation import Dictated, WrittenWord
from workstation.domain.errors import DiskFull
from workstation.domain.report import Report, SectionKind
from workstation.ui.dictation import marks, wording
from workstation.workflow.dictating import Phase

CORRECTED = Dictated("pleural effusion", (WrittenWord(0, 7, 0.5, "plural"),))

#: How words could get into a report, or out of it, while its sign panel is shown.
WAYS: dict[str, Callable[[Scene], object]] = {
    "normal statements": lambda scene: scene.panel.fill_normal(),
    "keys": lambda scene: QTest.keyClicks(scene.panel.editor, "x"),
    "words": lambda scene: scene.panel.editor.insert_words("x"),
    "measurement": lambda scene: scene.panel.insert_measurement(),
    "table": lambda scene: scene.panel.table.rows.insert("Lesion\tNow\nA\t7 mm"),
    "undo": lambda scene: scene.panel.editor.undo(),
    "correction": lambda scene: marks.revert(scene.panel.editor),
    "scratch": lambda scene: marks.remove(scene.panel.editor, "u1"),
    "capitals": lambda scene: wording.capitalise(scene.panel.editor),
    "comparison": lambda scene: scene.panel.templates.name_comparison("CT of 2 Mar 2026."),
    "read": lambda scene: scene.panel.editor.review.confirm(),
}


class Signature:
    """Is answered when the test says so."""

    def __init__(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.answer = threading.Event(), threading.Event()
        self.refuses = False
        self.signed: list[Report] = []

        def slowly(report: Report, *_: object, **__: object) -> None:
            self.asked.set()
            assert self.answer.wait(30)
            if self.refuses:
                raise DiskFull("The disk is full.", remedy="Free space on it.")
            # As signing does at its end, on its own thread, before the windows hear of it.
            scene.bench.reporting.close_report(report.identifier)
            self.signed.append(report)

        monkeypatch.setattr(scene.bench.signing, "sign", slowly)


@pytest.fixture
def scene(qtbot: QtBot, report_scene: Scene) -> Scene:
    opened(qtbot, report_scene, task())
    editor = report_scene.panel.editor
    editor.go_to_section(SectionKind.FINDINGS)
    cursor = editor.textCursor()
    with editor.review.writing():
        marks.insert(cursor, CORRECTED, "u1")
    editor.setTextCursor(cursor)
    asked(qtbot, report_scene)
    return report_scene


@pytest.fixture
def signature(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Signature]:
    made = Signature(scene, monkeypatch)
    yield made
    made.answer.set()


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_written_between_the_signature_and_its_answer(
    qtbot: QtBot, scene: Scene, signature: Signature, way: str
) -> None:
    panel = scene.panel
    panel.sign_panel.sign.emit(True)
    qtbot.waitUntil(signature.asked.is_set)
    before = panel.editor.sections()
    WAYS[way](scene)
    assert panel.editor.sections() == before
    with qtbot.waitSignal(panel.signed):
        signature.answer.set()
    WAYS[way](scene)
    assert panel.editor.sections() == before


def test_a_signature_that_was_refused_gives_the_report_back_to_its_writer(
    qtbot: QtBot, scene: Scene, signature: Signature
) -> None:
    panel = scene.panel
    signature.refuses = True
    panel.sign_panel.sign.emit(True)
    qtbot.waitUntil(signature.asked.is_set)
    assert not panel.editor.insert_words("x")
    signature.answer.set()
    qtbot.waitUntil(lambda: not panel.signing.busy)
    panel.back_to_report()
    panel.editor.go_to_section(SectionKind.IMPRESSION)
    assert panel.editor.insert_words("Written afterwards.")
    assert "Written afterwards." in panel.editor.toPlainText()


@pytest.mark.parametrize("phase", [Phase.LISTENING, Phase.WRITING])
def test_a_sentence_that_is_still_heard_is_waited_for_and_said_once(
    qtbot: QtBot, scene: Scene, signature: Signature, phase: Phase
) -> None:
    panel, dictation = scene.panel, scene.bench.dictating
    dictation.phase = phase
    panel.sign_panel.sign.emit(True)
    assert not panel.signing.busy
    assert dictation.phase is Phase.WRITING
    assert "still being heard" in panel.sign_panel._state.text()
    # An engine that never answers must not keep a report from being signed.
    panel.sign_panel.sign.emit(True)
    assert panel.signing.busy
    with qtbot.waitSignal(panel.signed):
        signature.answer.set()
    assert len(signature.signed) == 1
