"""The checks while a report is written: on a job thread, and never about another text."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QThread
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, asked, opened, task
from workstation.domain.report import CheckFinding, Report, SectionKind
from workstation.workflow.checking import CheckContext

Check = Callable[[Report, CheckContext], tuple[CheckFinding, ...]]


@pytest.fixture
def scene(report_scene: Scene) -> Scene:
    return report_scene


class Slow:
    """The real check, held back until the test lets it go."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self.go = threading.Event()
        self.begun = threading.Event()
        self.threads: set[QThread] = set()
        self.texts: list[str] = []

    def __call__(self, report: Report, context: CheckContext) -> tuple[CheckFinding, ...]:
        self.threads.add(QThread.currentThread())
        self.texts.append(report.section(SectionKind.IMPRESSION).text)
        self.begun.set()
        assert self.go.wait(300)
        return self._check(report, context)


@pytest.fixture
def slow(qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Slow:
    opened(qtbot, scene, task())
    signing = scene.panel._workbench.signing
    made = Slow(signing.check)
    monkeypatch.setattr(signing, "check", made)
    return made


def write(qtbot: QtBot, scene: Scene, words: str) -> None:
    scene.panel.editor.go_to_section(SectionKind.IMPRESSION)
    qtbot.keyClicks(scene.panel.editor, words)


def test_the_checks_never_run_on_the_thread_of_the_windows(
    qtbot: QtBot, scene: Scene, slow: Slow
) -> None:
    slow.go.set()
    write(qtbot, scene, " Left kidney.")
    with qtbot.waitSignal(scene.panel.signing.looked):
        scene.panel.signing.look()
    asked(qtbot, scene)
    assert slow.threads
    assert QThread.currentThread() not in slow.threads


def test_typing_goes_on_while_a_check_is_under_way_and_its_answer_is_not_shown_on_the_newer_text(
    qtbot: QtBot, scene: Scene, slow: Slow
) -> None:
    told: list[str] = []
    scene.panel.signing.looked.connect(
        lambda report, _: told.append(report.section(SectionKind.IMPRESSION).text)
    )
    write(qtbot, scene, " First")
    scene.panel.signing.look()
    qtbot.waitUntil(slow.begun.is_set)
    write(qtbot, scene, " second")
    slow.go.set()
    qtbot.waitUntil(lambda: bool(told))
    # only the newest text is told of, though the older one was checked first
    assert slow.texts[0].endswith(" First")
    assert all(each.endswith(" First second") for each in told)


def test_the_sign_panel_shows_the_text_as_it_is_by_the_time_it_opens(
    qtbot: QtBot, scene: Scene, slow: Slow
) -> None:
    write(qtbot, scene, " First")
    scene.panel.ask_to_sign()
    qtbot.waitUntil(slow.begun.is_set)
    write(qtbot, scene, " second")
    slow.go.set()
    qtbot.waitUntil(lambda: scene.panel.signing_now)
    assert "First second" in scene.panel.sign_panel._text.toPlainText()


def test_a_case_that_was_left_meanwhile_gets_no_answer(
    qtbot: QtBot, scene: Scene, slow: Slow
) -> None:
    told: list[int] = []
    scene.panel.signing.looked.connect(lambda _, count: told.append(count))
    scene.panel.ask_to_sign()
    scene.panel.signing.look()
    qtbot.waitUntil(slow.begun.is_set)
    scene.panel.leave()
    slow.go.set()
    opened(qtbot, scene, task("Holmberg^Erik"))
    with qtbot.waitSignal(scene.panel.signing.looked):
        scene.panel.signing.look()
    assert not scene.panel.signing_now


def test_words_that_come_while_the_signature_is_asked_for_are_shown_before_they_are_signed(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(qtbot, scene, task())
    signed: list[object] = []
    monkeypatch.setattr(
        scene.panel._workbench.signing, "sign", lambda report, *_, **__: signed.append(report)
    )
    write(qtbot, scene, " No nodule.")
    asked(qtbot, scene)
    # a sentence that was still being heard lands in the editor behind the sign panel
    scene.panel.editor.insert_words(" But an effusion.")
    with qtbot.waitSignal(scene.panel.signing.asked):
        scene.panel.sign_panel.sign.emit(True)
    assert signed == []
    panel = scene.panel.sign_panel
    assert "But an effusion." in panel._text.toPlainText()
    assert "has changed since it was shown" in panel._state.text()
    scene.panel.sign_panel.sign.emit(True)
    qtbot.waitUntil(lambda: bool(signed))


def test_two_hundred_thousand_letters_are_checked_without_holding_the_windows(
    qtbot: QtBot, scene: Scene
) -> None:
    """Keys are taken while the check of a long text is under way."""
    opened(qtbot, scene, task())
    signing = scene.panel._workbench.signing
    real, under_way, taken = signing.check, threading.Event(), threading.Event()

    def check(report: Report, context: CheckContext) -> tuple[CheckFinding, ...]:
        under_way.set()
        assert taken.wait(300)
        return real(report, context)

    signing.check = check  # type: ignore[method-assign]
    lines = (f"There is a {n % 29 + 1} mm nodule in segment {n} of the liver." for n in range(4000))
    write(qtbot, scene, " ")
    scene.panel.editor.insert_words("\n".join(lines))
    scene.panel.signing.look()
    qtbot.waitUntil(under_way.is_set)
    qtbot.keyClick(scene.panel.editor, Qt.Key.Key_X)
    assert scene.text.endswith("liver.x")
    with qtbot.waitSignal(scene.panel.signing.looked):
        taken.set()
